/* The times of files: what sets them, through descriptors and mappings. */
#include "tests.h"

enum { LONG_AGO = 1000000 };

static void set_back(int fd)
{
    struct timespec old[2] = {{LONG_AGO, 0}, {LONG_AGO, 0}};
    MUST(futimens(fd, old) == 0, "set the times back");
}

static struct stat status_of(int fd)
{
    struct stat status;
    MUST(fstat(fd, &status) == 0, "fstat");
    return status;
}

/* Waits until the clock that files go by has moved on. */
static void tick(void)
{
    struct timespec nap = {0, 30000000};
    nanosleep(&nap, NULL);
}

static bool is_later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

void times_by_descriptor(void)
{
    char byte;
    int fd = make_file("times", 5000, 1);
    set_back(fd);
    struct stat before = status_of(fd);
    CHECK(before.st_atime == LONG_AGO && before.st_mtime == LONG_AGO, "set");
    CHECK(before.st_ctime != LONG_AGO, "which is a change itself");
    CHECK(pread(fd, &byte, 1, 0) == 1 && status_of(fd).st_atime != LONG_AGO, "a read");
    CHECK(status_of(fd).st_mtime == LONG_AGO, "changes nothing");
    tick();
    CHECK(pwrite(fd, "x", 1, 0) == 1 && status_of(fd).st_mtime != LONG_AGO, "a write does");
    CHECK(is_later(status_of(fd).st_ctim, before.st_ctim), "and the status changes");
    set_back(fd);
    CHECK(ftruncate(fd, 100) == 0 && status_of(fd).st_mtime != LONG_AGO, "ftruncate");
    set_back(fd);
    CHECK(fallocate(fd, 0, 0, 9000) == 0 && status_of(fd).st_mtime != LONG_AGO, "fallocate");
    set_back(fd);
    before = status_of(fd);
    tick();
    CHECK(fchmod(fd, 0600) == 0 && status_of(fd).st_mtime == LONG_AGO, "fchmod: not the bytes");
    CHECK(is_later(status_of(fd).st_ctim, before.st_ctim), "but the status");
    CHECK(pwrite(fd, "", 0, 0) == 0 && status_of(fd).st_mtime == LONG_AGO, "writing nothing");
    int quiet = open("times", O_RDONLY | O_NOATIME);
    CHECK(read(quiet, &byte, 1) == 1 && status_of(fd).st_atime == LONG_AGO, "O_NOATIME");
    struct stat synced = status_of(fd);
    CHECK(fsync(fd) == 0, "fsync");
    drop_caches();
    CHECK(!is_later(synced.st_ctim, status_of(fd).st_ctim), "they reach the disk");
}

/* Stores through mappings count at msync and munmap at the latest; loads and private ones never. */
void times_by_mapping(void)
{
    int fd = make_file("mapped", 4 * PAGE, 1);
    CHECK(fsync(fd) == 0, "fsync");
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *own = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    set_back(fd);
    struct stat before = status_of(fd);
    tick();
    CHECK(load(shared) == load(own), "loads");
    store(own, 1);
    CHECK(msync(shared, 4 * PAGE, MS_SYNC) == 0 && status_of(fd).st_mtime == LONG_AGO, "nothing");
    CHECK(!is_later(status_of(fd).st_ctim, before.st_ctim), "not the status either");
    store(shared + PAGE, 2);
    CHECK(msync(shared, 4 * PAGE, MS_SYNC) == 0 && status_of(fd).st_mtime != LONG_AGO, "msync");
    CHECK(is_later(status_of(fd).st_ctim, before.st_ctim), "and the status");
    set_back(fd);
    store(shared + PAGE, 3);
    CHECK(fsync(fd) == 0 && status_of(fd).st_mtime != LONG_AGO, "fsync");
    set_back(fd);
    CHECK(msync(shared, 4 * PAGE, MS_SYNC) == 0 && status_of(fd).st_mtime == LONG_AGO, "once");
    store(shared + 2 * PAGE, 4);
    CHECK(munmap(shared, 4 * PAGE) == 0 && status_of(fd).st_mtime != LONG_AGO, "munmap");
}

static void stores_and_ends(void *at)
{
    store(at, 7);
}

void times_by_others(void)
{
    int fd = make_file("others", PAGE, 1);
    CHECK(fsync(fd) == 0, "fsync");
    uint8_t *at = map(PAGE, RW, MAP_SHARED, fd, 0);
    set_back(fd);
    CHECK(finish(start(stores_and_ends, at)), "a child stores and ends");
    CHECK(status_of(fd).st_mtime != LONG_AGO, "its exit counts as munmap");
}
