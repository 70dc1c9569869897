/* Files of memory: memfd_create. */
#include "tests.h"

static int make_memory(void)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    MUST(fd >= 0, "memfd_create");
    return fd;
}

void memory_file(void)
{
    struct stat status, other;
    int fd = make_memory();
    CHECK(fstat(fd, &status) == 0 && S_ISREG(status.st_mode), "a regular file");
    CHECK(status.st_size == 0 && status.st_blocks == 0, "an empty one");
    write_pattern(fd, 50000, 1);
    CHECK(file_size(fd) == 50000 && file_holds(fd, 50000, 0, 1), "write and read");
    CHECK(lseek(fd, 10, SEEK_SET) == 10 && write(fd, "abc", 3) == 3, "in the middle");
    CHECK(file_byte(fd, 12) == 'c' && lseek(fd, 0, SEEK_END) == 50000, "positions");
    CHECK(pwrite(fd, "far", 3, 1 << 20) == 3 && file_byte(fd, 500000) == 0, "a hole");
    CHECK(fstat(fd, &status) == 0 && status.st_blocks >= 13 * 8, "it has memory");
    CHECK(status.st_blocks < 1 << 10, "for what was written");
    CHECK(fstat(make_memory(), &other) == 0 && other.st_ino != status.st_ino, "another one");
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0 && fchmod(fd, 0600) == 0, "fsync, fchmod");
    CHECK(fallocate(fd, 0, 0, 2 << 20) == 0 && file_size(fd) == 2 << 20, "fallocate");
    CHECK((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR && fcntl(fd, F_GETFD) == FD_CLOEXEC, "flags");
    int copy = dup(fd), plain = memfd_create("", 0);
    CHECK(close(fd) == 0 && file_byte(copy, 12) == 'c', "a duplicate keeps it");
    CHECK(plain >= 0 && fcntl(plain, F_GETFD) == 0, "not closed on exec");
    drop_caches();
    CHECK(file_byte(copy, 12) == 'c', "it is no cache");
}

void memory_file_lengths(void)
{
    static uint8_t bytes[30000];
    int fd = make_memory();
    write_pattern(fd, 20000, 1);
    CHECK(ftruncate(fd, 5000) == 0 && file_size(fd) == 5000, "down");
    CHECK(ftruncate(fd, 30000) == 0 && file_size(fd) == 30000, "and up");
    CHECK(pread(fd, bytes, 30000, 0) == 30000 && holds(bytes, 5000, 0, 1), "what was left");
    CHECK(is_zero(bytes + 5000, 25000), "and zeros");
    FAILS(ftruncate(fd, -1), EINVAL);
    CHECK(ftruncate(fd, 0) == 0 && read(fd, bytes, 1) == 0, "empty");
}

static void touches(void *at)
{
    store(at, 'x');
}

void memory_file_mapped(void)
{
    int fd = make_memory();
    CHECK(ftruncate(fd, 4 * (off_t)PAGE) == 0, "four pages");
    uint8_t *one = map(4 * PAGE, RW, MAP_SHARED, fd, 0), *two = map(PAGE, RW, MAP_SHARED, fd, PAGE);
    uint8_t *own = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    store(one + PAGE, 'a');
    CHECK(load(two) == 'a' && file_byte(fd, PAGE) == 'a' && load(own + PAGE) == 'a', "one truth");
    CHECK(pwrite(fd, "b", 1, (off_t)PAGE) == 1 && load(two) == 'b', "written to");
    CHECK(finish(start(touches, two)) && file_byte(fd, PAGE) == 'x', "by a child");
    store(own + PAGE, 'p');
    CHECK(file_byte(fd, PAGE) == 'x', "a private copy is private");
    CHECK(ftruncate(fd, (off_t)PAGE) == 0, "cut off");
    CHECK(signal_of(touches, two) == SIGBUS && signal_of(touches, one + PAGE) == SIGBUS, "SIGBUS");
    CHECK(signal_of(touches, own + PAGE) == SIGBUS, "for the private copy too");
    CHECK(ftruncate(fd, 2 * (off_t)PAGE) == 0 && load(two) == 0, "zeros when it is longer again");
    store(two, 'z');
    CHECK(file_byte(fd, PAGE) == 'z' && close(fd) == 0, "and live");
    CHECK(load(one + PAGE) == 'z' && finish(start(touches, two)), "without a descriptor");
    CHECK(load(one + PAGE) == 'x', "in the last mappings");
}

void memory_file_errors(void)
{
    static char name[300];
    char *volatile nowhere = (char *)8;
    memset(name, 'n', 249);
    CHECK(memfd_create(name, 0) >= 0, "the longest name");
    name[249] = 'n';
    FAILS(memfd_create(name, 0), EINVAL);
    FAILS(memfd_create("x", 1U << 20), EINVAL);
    FAILS(memfd_create(nowhere, 0), EFAULT);
    int fd = make_memory();
    FAILS(linkat(fd, "", AT_FDCWD, "name", AT_EMPTY_PATH), EXDEV);
    FAILS(openat(fd, "x", O_RDONLY), ENOTDIR);
    FAILS(fchdir(fd), ENOTDIR);
    FAILS(mmap(NULL, 0, RW, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0, EINVAL);
    CHECK(!exists("name"), "it has no name");
}

/* 64 MiB in all, one after the other: the memory comes back each time. */
void memory_file_gone(void)
{
    for (int i = 0; i < 16; i++) {
        int fd = make_memory();
        CHECK(ftruncate(fd, 4 << 20) == 0, "ftruncate");
        uint8_t *at = map(4 << 20, RW, MAP_SHARED, fd, 0);
        memset(at, i, 4 << 20);
        CHECK(close(fd) == 0 && load(at + (3 << 20)) == i, "number %d", i);
        CHECK(munmap(at, 4 << 20) == 0, "munmap");
    }
}
