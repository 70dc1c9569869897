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

/* Flags that say what may be opened, each against each kind of file. */
void open_kinds(void)
{
    put("file", "text");
    CHECK(mkdir("folder", 0755) == 0 && symlink("file", "link") == 0, "a link");
    CHECK(symlink("folder", "way") == 0 && symlink("missing", "dangling") == 0, "more links");
    CHECK(open("link", O_RDWR) >= 0 && open("way", O_RDONLY | O_DIRECTORY) >= 0, "followed");
    CHECK(open("file", O_RDONLY | O_NOFOLLOW) >= 0, "no link, nothing to follow");
    CHECK(open("way/", O_RDONLY | O_NOFOLLOW) >= 0, "a slash follows");
    FAILS(open("link", O_RDONLY | O_NOFOLLOW), ELOOP);
    FAILS(open("way", O_RDONLY | O_NOFOLLOW), ELOOP);
    FAILS(open("link", O_RDWR | O_CREAT | O_NOFOLLOW, 0644), ELOOP);
    FAILS(open("way", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
    FAILS(open("link", O_RDONLY | O_DIRECTORY), ENOTDIR);
    FAILS(open("link", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    FAILS(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
    FAILS(open("dangling", O_RDONLY), ENOENT);
    CHECK(!exists("missing") && open("dangling", O_RDWR | O_CREAT, 0644) >= 0, "made at its end");
    CHECK(exists("missing") && has("file", "text"), "there it is");
    int appending = open("file", O_WRONLY | O_APPEND | O_TRUNC);
    CHECK(has("file", "") && pwrite(appending, "ab", 2, 100) == 2 && has("file", "ab"), "append");
    CHECK(open("file", O_RDONLY | O_TRUNC) >= 0 && has("file", ""), "emptied by a reader");
    put("file", "text");
    int neither = open("file", O_ACCMODE);
    FAILS(read(neither, &(char){0}, 1), EBADF);
    FAILS(write(neither, "x", 1), EBADF);
    CHECK(has("file", "text"), "a mode that allows nothing");
    if (test_on_quire()) /* Linux before 6.4 makes a file */
        FAILS(open("new", O_RDWR | O_CREAT | O_DIRECTORY, 0644), EINVAL);
}

/* O_PATH: a place in the tree of names, whose file is not open. */
void open_places(void)
{
    char byte;
    struct stat status;
    struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    put("file", "text");
    CHECK(symlink("file", "link") == 0 && mkdir("folder", 0755) == 0, "a link and a folder");
    int fd = open("file", O_PATH | O_RDWR | O_TRUNC | O_CREAT, 0644);
    CHECK(fd >= 0 && has("file", "text"), "the other flags count for nothing");
    FAILS(open("missing", O_PATH | O_CREAT, 0644), ENOENT);
    FAILS(read(fd, &byte, 1), EBADF);
    FAILS(write(fd, "x", 1), EBADF);
    FAILS(lseek(fd, 0, SEEK_SET), EBADF);
    FAILS(ftruncate(fd, 0), EBADF);
    FAILS(fsync(fd), EBADF);
    FAILS(fchmod(fd, 0600), EBADF);
    FAILS(fchown(fd, 0, 0), EBADF);
    FAILS(futimens(fd, now), EBADF);
    FAILS(fallocate(fd, 0, 0, 1), EBADF);
    FAILS(fcntl(fd, F_SETFL, O_APPEND), EBADF);
    CHECK(fcntl(fd, F_GETFL) & O_PATH && dup(fd) >= 0, "what asks the descriptor works");
    CHECK(fstat(fd, &status) == 0 && S_ISREG(status.st_mode), "its status");
    int link_fd = open("link", O_PATH | O_NOFOLLOW);
    CHECK(fstat(link_fd, &status) == 0 && S_ISLNK(status.st_mode), "a link itself");
    int folder = open("folder", O_PATH | O_DIRECTORY);
    CHECK(openat(folder, "inner", O_RDWR | O_CREAT, 0644) >= 0, "a folder to start from");
    CHECK(fchdir(folder) == 0 && exists("inner") && chdir("..") == 0, "and to go to");
    FAILS(open("file", O_PATH | O_DIRECTORY), ENOTDIR);
    CHECK(has("file", "text"), "the file is as it was");
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

void owners(void)
{
    struct stat status;
    uid_t uid = getuid() == 0 ? 1234 : getuid();
    gid_t gid = getuid() == 0 ? 5678 : getgid();
    put("owned", "x");
    CHECK(symlink("owned", "link") == 0 && chmod("owned", 06755) == 0, "a link");
    CHECK(chown("owned", uid, (gid_t)-1) == 0 && stat("owned", &status) == 0, "chown");
    CHECK(status.st_uid == uid && status.st_gid == getgid(), "one of two");
    CHECK((status.st_mode & 07777) == 0755, "it runs as nobody else: %o", status.st_mode);
    int fd = open("owned", O_RDWR);
    CHECK(fchown(fd, (uid_t)-1, gid) == 0 && fstat(fd, &status) == 0, "fchown");
    CHECK(status.st_uid == uid && status.st_gid == gid, "and the other");
    CHECK(lchown("link", uid, gid) == 0 && lstat("link", &status) == 0, "lchown");
    CHECK(status.st_uid == uid && status.st_gid == gid, "the link itself");
    CHECK(fchownat(fd, "", getuid(), getgid(), AT_EMPTY_PATH) == 0, "of a descriptor");
    CHECK(fsync(fd) == 0, "fsync");
    drop_caches();
    CHECK(stat("link", &status) == 0 && status.st_uid == getuid(), "back");
    FAILS(chown("missing", uid, gid), ENOENT);
    FAILS(fchown(999, uid, gid), EBADF);
    FAILS(fchownat(AT_FDCWD, "owned", uid, gid, 1 << 30), EINVAL);
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
    FAILS(open("many", O_RDWR | O_TRUNC), EMFILE);
    CHECK(!exists("new"), "no file is made without a descriptor");
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
