/* The times of a file that is mapped: stores change mtime and ctime, reading changes atime. */
#include "tests.h"

#define OLD 1000000000 /* seconds; long before any test runs */

static void make_old(int fd)
{
    struct timespec times[2] = {{.tv_sec = OLD}, {.tv_sec = OLD}};
    MUST(futimens(fd, times) == 0, "set the times back");
}

static bool is_old(struct timespec time)
{
    return time.tv_sec == OLD;
}

static struct stat status_of(int fd)
{
    struct stat status;
    MUST(fstat(fd, &status) == 0, "fstat");
    return status;
}

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* Long enough for every clock by which files are stamped to have moved on. */
static void wait_a_little(void)
{
    struct timespec nap = {.tv_nsec = 20000000};
    nanosleep(&nap, NULL);
}

void times_after_stores(void)
{
    NEEDS_MSYNC();
    int fd = make_file("stores", 2 * PAGE, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    for (int round = 0; round < 3; round++) {
        CHECK(msync(at, 2 * PAGE, MS_SYNC) == 0, "all is clean");
        make_old(fd);
        struct stat before = status_of(fd);
        CHECK(is_old(before.st_mtim), "set back");
        wait_a_little();
        store(at + PAGE, (uint8_t)round);
        CHECK(msync(at, 2 * PAGE, MS_SYNC) == 0, "msync");
        struct stat after = status_of(fd);
        CHECK(!is_old(after.st_mtim) && later(after.st_ctim, before.st_ctim), "round %d", round);
        CHECK(after.st_size == before.st_size, "its size is what it was");
    }
    CHECK(fsync(fd) == 0, "all is clean");
    make_old(fd);
    store(at, 1);
    munmap(at, 2 * PAGE);
    CHECK(fsync(fd) == 0 && !is_old(status_of(fd).st_mtim), "unmapped and written by fsync");
}

void times_without_stores(void)
{
    NEEDS_MSYNC();
    int fd = make_file("clean", 2 * PAGE, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(msync(at, 2 * PAGE, MS_SYNC) == 0, "all is clean");
    make_old(fd);
    struct stat before = status_of(fd);
    wait_a_little();
    load(at);
    store(private, 1);
    CHECK(msync(at, 2 * PAGE, MS_SYNC) == 0 && msync(private, PAGE, MS_SYNC) == 0, "msync");
    CHECK(munmap(private, 2 * PAGE) == 0 && fsync(fd) == 0, "and more");
    struct stat after = status_of(fd);
    CHECK(is_old(after.st_mtim) && !later(after.st_ctim, before.st_ctim), "nothing changed");
    CHECK(munmap(at, 2 * PAGE) == 0 && is_old(status_of(fd).st_mtim), "nor by unmapping");
}

/* As on Linux's relatime, which looks whether the last reading is older than the last writing. */
void times_of_reading(void)
{
    int fd = make_file("read", PAGE, 1);
    char byte;
    make_old(fd);
    CHECK(pread(fd, &byte, 1, 0) == 1, "read");
    struct stat after = status_of(fd);
    if (is_old(after.st_atim) && !test_on_quire())
        SKIP("mounted without atime");
    CHECK(!is_old(after.st_atim) && is_old(after.st_mtim), "atime changes, mtime does not");
    make_old(fd);
    CHECK(pwrite(fd, &byte, 1, 0) == 1, "write");
    after = status_of(fd);
    CHECK(is_old(after.st_atim) && !is_old(after.st_mtim), "and the other way round");
    make_old(fd);
    CHECK(pread(fd, &byte, 0, 0) == 0 && is_old(status_of(fd).st_atim), "no byte, no reading");
    uint8_t *at = map(PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(load(at) == (uint8_t)byte && is_old(status_of(fd).st_mtim), "mapping is no writing");
}
