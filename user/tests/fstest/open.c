/* Opening files, and what a descriptor allows. */
#include "tests.h"

void open_flags(void)
{
    int fd = open("flags", O_WRONLY | O_CREAT | O_EXCL, 0640);
    CHECK(fd >= 0 && write(fd, "text", 4) == 4, "a new file");
    FAILS(open("flags", O_WRONLY | O_CREAT | O_EXCL, 0640), EEXIST);
    CHECK(open("flags", O_RDONLY | O_CREAT, 0644) >= 0 && has("flags", "text"), "an old one");
    CHECK(open("flags", O_RDWR) >= 0 && has("flags", "text"), "for both");
    CHECK(open("flags", O_WRONLY | O_CREAT | O_TRUNC, 0644) >= 0 && has("flags", ""), "emptied");
    CHECK(open(".", O_RDONLY | O_DIRECTORY) >= 0 && open(".", O_RDONLY) >= 0, "folders");
    CHECK(open("/", O_RDONLY | O_DIRECTORY) >= 0 && open("..", O_RDONLY) >= 0, "other folders");
    int folder = open("..", O_RDONLY);
    fd = openat(folder, "flags.that.is.not", O_RDONLY);
    CHECK(fd == -1 && errno == ENOENT, "relative to a folder");
    CHECK(mkdir("sub", 0755) == 0, "mkdir");
    folder = open("sub", O_RDONLY);
    CHECK(openat(folder, "inner", O_WRONLY | O_CREAT, 0644) >= 0 && exists("sub/inner"), "openat");
    int first = open("flags", O_RDONLY);
    close(first);
    CHECK(open("flags", O_RDONLY) == first, "the lowest free number is taken");
}

void open_errors(void)
{
    put("file", "x");
    CHECK(mkdir("folder", 0755) == 0, "mkdir");
    int fd = open("file", O_RDONLY);
    FAILS(open("missing", O_RDONLY), ENOENT);
    FAILS(open("missing/file", O_RDONLY | O_CREAT, 0644), ENOENT);
    FAILS(open("", O_RDONLY), ENOENT);
    FAILS(open("", O_RDWR | O_CREAT, 0644), ENOENT);
    FAILS(open("file/below", O_RDONLY), ENOTDIR);
    FAILS(open("file/", O_RDONLY), ENOTDIR);
    FAILS(open("file/..", O_RDONLY), ENOTDIR);
    FAILS(open("file", O_RDONLY | O_DIRECTORY), ENOTDIR);
    FAILS(open("folder", O_WRONLY), EISDIR);
    FAILS(open("folder", O_RDWR), EISDIR);
    FAILS(open("folder", O_RDONLY | O_TRUNC), EISDIR);
    FAILS(open("folder", O_RDWR | O_CREAT, 0644), EISDIR);
    FAILS(open("folder", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    FAILS(open("new/", O_RDWR | O_CREAT, 0644), EISDIR);
    FAILS(openat(999, "file", O_RDONLY), EBADF);
    FAILS(openat(fd, "file", O_RDONLY), ENOTDIR);
    CHECK(openat(999, "/", O_RDONLY) >= 0, "an absolute path needs no folder");
    CHECK(has("file", "x"), "the file is as it was");
}

void wrong_mode(void)
{
    char byte = 'x';
    put("mode", "abc");
    int readable = open("mode", O_RDONLY), writable = open("mode", O_WRONLY);
    int folder = open(".", O_RDONLY);
    FAILS(write(readable, &byte, 1), EBADF);
    FAILS(pwrite(readable, &byte, 1, 0), EBADF);
    FAILS(read(writable, &byte, 1), EBADF);
    FAILS(pread(writable, &byte, 1, 0), EBADF);
    FAILS(read(folder, &byte, 1), EISDIR);
    FAILS(write(folder, &byte, 1), EBADF);
    FAILS(read(-1, &byte, 1), EBADF);
    FAILS(write(999, &byte, 1), EBADF);
    FAILS(close(999), EBADF);
    CHECK(close(readable) == 0, "close");
    FAILS(close(readable), EBADF);
    FAILS(read(readable, &byte, 1), EBADF);
    CHECK(has("mode", "abc"), "the file is as it was");
}

void descriptor_flags(void)
{
    put("flags", "abc");
    int fd = open("flags", O_RDWR | O_CLOEXEC), plain = open("flags", O_RDONLY);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(plain, F_GETFD) == 0, "close on exec");
    CHECK(fcntl(plain, F_SETFD, FD_CLOEXEC) == 0 && fcntl(plain, F_GETFD) == FD_CLOEXEC, "set");
    int copy = dup(fd), high = fcntl(fd, F_DUPFD, 50), closing = fcntl(fd, F_DUPFD_CLOEXEC, 50);
    CHECK(copy >= 0 && fcntl(copy, F_GETFD) == 0, "a duplicate has it not");
    CHECK(high >= 50 && fcntl(high, F_GETFD) == 0, "nor this one: %d", high);
    CHECK(closing > high && fcntl(closing, F_GETFD) == FD_CLOEXEC, "this one has: %d", closing);
    CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR, "access of the one");
    CHECK((fcntl(plain, F_GETFL) & O_ACCMODE) == O_RDONLY, "and of the other");
    FAILS(fcntl(999, F_GETFD), EBADF);
    FAILS(fcntl(fd, 12345), EINVAL);
    FAILS(fcntl(fd, F_DUPFD, -1), EINVAL);
}

void status_of_files(void)
{
    struct stat file, folder, by_fd;
    put("status", "twelve bytes");
    int fd = open("status", O_RDONLY);
    CHECK(stat("status", &file) == 0 && fstat(fd, &by_fd) == 0 && stat(".", &folder) == 0, "stat");
    CHECK(S_ISREG(file.st_mode) && S_ISDIR(folder.st_mode), "kinds");
    CHECK(file.st_size == 12 && file.st_nlink == 1, "size and links");
    CHECK(file.st_ino != 0 && file.st_ino == by_fd.st_ino && file.st_dev == by_fd.st_dev, "number");
    CHECK(file.st_ino != folder.st_ino && file.st_dev == folder.st_dev, "another number");
    CHECK(file.st_blksize == 4096, "a block of %ld", (long)file.st_blksize);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CHECK(file.st_mtime <= now.tv_sec && file.st_mtime > now.tv_sec - 1000, "just written");
    FAILS(stat("missing", &file), ENOENT);
    FAILS(stat("status/x", &file), ENOTDIR);
    FAILS(stat("", &file), ENOENT);
    FAILS(fstat(999, &file), EBADF);
}

/* --- Numbers --- */

/* DEFECTS of tables: every number is taken, then all is given back. */
void too_many_descriptors(void)
{
    enum { LIMIT = 1100 };
    static int fds[LIMIT];
    int count = 0, ends[2];
    put("many", "x");
    while (count < LIMIT && (fds[count] = open("many", O_RDONLY)) >= 0)
        count++;
    CHECK(count == LIMIT || errno == EMFILE, "refused after %d", count);
    if (count == LIMIT)
        SKIP("this system allows more");
    CHECK(!test_on_quire() || fds[count - 1] == 1023, "the last number is %d", fds[count - 1]);
    FAILS(open("many", O_RDONLY), EMFILE);
    FAILS(open("new", O_RDWR | O_CREAT, 0644), EMFILE);
    FAILS(dup(0), EMFILE);
    FAILS(pipe(ends), EMFILE);
    FAILS(fcntl(0, F_DUPFD, 0), EMFILE);
    close(fds[count - 1]);
    FAILS(pipe(ends), EMFILE);
    CHECK(open("many", O_RDONLY) == fds[count - 1], "the one that is free again");
    CHECK(dup2(fds[0], fds[1]) == fds[1], "dup2 needs none");
    for (int i = 0; i < count; i++)
        CHECK(close(fds[i]) == 0, "close number %d", i);
    CHECK(pipe(ends) == 0 && has("many", "x"), "all is well again");
}

void descriptor_numbers(void)
{
    put("numbers", "x");
    int fd = open("numbers", O_RDONLY);
    FAILS(dup2(fd, -1), EBADF);
    FAILS(dup2(999, 5), EBADF);
    FAILS(dup(999), EBADF);
    FAILS(dup2(fd, 1 << 30), EBADF);
    FAILS(dup3(fd, 100, 1 << 30), EINVAL);
    if (test_on_quire()) {
        CHECK(dup2(fd, 1023) == 1023 && file_byte(1023, 0) == 'x', "the last number");
        FAILS(dup2(fd, 1024), EBADF);
        FAILS(fcntl(fd, F_DUPFD, 1024), EINVAL);
    }
    CHECK(dup3(fd, 100, O_CLOEXEC) == 100 && fcntl(100, F_GETFD) == FD_CLOEXEC, "dup3");
    int ends[2];
    CHECK(pipe2(ends, O_CLOEXEC) == 0 && fcntl(ends[1], F_GETFD) == FD_CLOEXEC, "pipe2");
    CHECK(dup2(ends[1], 100) == 100 && fcntl(100, F_GETFD) == 0, "over one that was open");
    close(ends[1]);
    CHECK(write(100, "y", 1) == 1 && file_byte(fd, 0) == 'x', "it is the pipe now");
}
