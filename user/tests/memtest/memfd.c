/* memfd_create: files without a name or a disk. */
#include "tests.h"

#define NAME_LONGEST 249

static int make_memfd(const char *name, unsigned flags)
{
    int fd = memfd_create(name, flags);
    MUST(fd >= 0, "memfd_create \"%s\"", name);
    return fd;
}

void memfd_is_a_file(void)
{
    NEEDS_MEMFD();
    int fd = make_memfd("memory", 0);
    struct stat status;
    CHECK(fstat(fd, &status) == 0 && S_ISREG(status.st_mode), "a plain file");
    CHECK(status.st_size == 0 && status.st_nlink == 0, "empty, without a name");
    CHECK(fcntl(fd, F_GETFL) >= 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR, "read and write");
    CHECK(!(fcntl(fd, F_GETFD) & FD_CLOEXEC), "kept by exec");
    CHECK(fcntl(make_memfd("cloexec", MFD_CLOEXEC), F_GETFD) & FD_CLOEXEC, "MFD_CLOEXEC");
    write_pattern(fd, 5 * PAGE + 100, 1);
    CHECK(file_size(fd) == (long)(5 * PAGE + 100) && file_holds(fd, 5 * PAGE, 0, 1), "contents");
    CHECK(lseek(fd, 0, SEEK_END) == (off_t)(5 * PAGE + 100), "seek");
    CHECK(write(fd, "end", 3) == 3 && file_byte(fd, 5 * PAGE + 102) == 'd', "write at the end");
    CHECK(pwrite(fd, "far", 3, 100 * PAGE) == 3 && file_byte(fd, 50 * PAGE) == 0, "a hole");
    CHECK(ftruncate(fd, 10) == 0 && file_byte(fd, 10) == -1, "shorter");
    CHECK(ftruncate(fd, 2 * PAGE) == 0 && file_byte(fd, 10) == 0, "longer, with zeros");
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0, "nothing to write back");
    int twin = make_memfd("memory", 0);
    CHECK(file_size(twin) == 0, "one of the same name is another");
}

void memfd_maps(void)
{
    NEEDS_MEMFD();
    int fd = make_memfd("maps", 0);
    MUST(ftruncate(fd, 4 * PAGE) == 0, "a length");
    uint8_t *shared = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(is_zero(shared, 4 * PAGE), "zero");
    fill(shared, 4 * PAGE, 0, 1);
    CHECK(file_holds(fd, 4 * PAGE, 0, 1) && holds(private, 4 * PAGE, 0, 1), "one truth");
    write_pattern(fd, 2 * PAGE, 2);
    CHECK(holds(shared, 2 * PAGE, 0, 2), "both ways");
    fill(private, PAGE, 0, 3);
    CHECK(holds(shared, 2 * PAGE, 0, 2), "private stores stay private");
    CHECK(load_signal(shared + 4 * PAGE) == SIGBUS, "behind the end");
    CHECK(ftruncate(fd, PAGE) == 0 && load_signal(shared + PAGE) == SIGBUS, "a new end");
    CHECK(ftruncate(fd, 8 * PAGE) == 0 && is_zero(shared + PAGE, 7 * PAGE), "and another");
    fill(shared, 8 * PAGE, 0, 4);
    CHECK(close(fd) == 0 && holds(shared, 8 * PAGE, 0, 4), "it outlives its descriptor");
    check_audit();
}

static void child_fills(void *argument)
{
    int fd = *(int *)argument;
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(holds(at, 4 * PAGE, 0, 1), "the parent's bytes");
    fill(at, 4 * PAGE, 0, 2);
}

void memfd_over_fork(void)
{
    NEEDS_MEMFD();
    int fd = make_memfd("fork", 0), copy = dup(fd);
    write_pattern(fd, 4 * PAGE, 1);
    CHECK(finish(start(child_fills, &fd)), "the child");
    CHECK(file_holds(copy, 4 * PAGE, 0, 2), "its stores are seen");
    CHECK(lseek(fd, PAGE, SEEK_SET) == PAGE && lseek(copy, 0, SEEK_CUR) == PAGE, "one position");
    check_audit();
}

/* Its memory comes back with the last use of it. */
void memfd_gives_back(void)
{
    NEEDS_MEMFD();
    struct census census = take_census();
    uint64_t before = memory_now().pages[PAGE_CACHE];
    for (int round = 0; round < 5; round++) {
        int fd = make_memfd("back", 0);
        write_pattern(fd, 256 * PAGE, 1);
        uint8_t *at = map(256 * PAGE, RW, MAP_SHARED, fd, 0);
        close(fd);
        CHECK(holds(at, 256 * PAGE, 0, 1), "round %d", round);
        munmap(at, 256 * PAGE);
    }
    uint64_t after = memory_now().pages[PAGE_CACHE];
    CHECK(!census.alone || !is_alone() || after < before + 256, "%lu pages of files more",
          (unsigned long)(after - before));
    check_audit();
}

void memfd_errors(void)
{
    NEEDS_MEMFD();
    char name[NAME_LONGEST + 2];
    memset(name, 'n', sizeof(name));
    name[NAME_LONGEST] = '\0';
    close(make_memfd(name, 0));
    close(make_memfd("", 0));
    close(make_memfd("with/a/slash", MFD_CLOEXEC));
    name[NAME_LONGEST] = 'n';
    name[NAME_LONGEST + 1] = '\0';
    CHECK(memfd_create(name, 0) == -1 && errno == EINVAL, "EINVAL: a long name");
    CHECK(memfd_create("flags", 0x80) == -1 && errno == EINVAL, "EINVAL: an unknown flag");
    CHECK(memfd_create("flags", ~0u) == -1 && errno == EINVAL, "EINVAL: all flags");
    const char *nowhere = (const char *)8;
    __asm__("" : "+r"(nowhere)); /* so that the compiler does not know */
    CHECK(memfd_create(nowhere, 0) == -1 && errno == EFAULT, "EFAULT: no name");
    CHECK(memfd_create((const char *)KERNEL, 0) == -1 && errno == EFAULT, "EFAULT: the kernel's");
    int next = open("/dev/null", O_RDONLY);
    close(next);
    struct rlimit limit = {(rlim_t)next, (rlim_t)next};
    NEEDS_PRLIMIT();
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0, "no more descriptors");
    CHECK(memfd_create("many", 0) == -1 && errno == EMFILE, "EMFILE: none is left");
}
