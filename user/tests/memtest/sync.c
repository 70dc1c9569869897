/* msync: what reaches the disk, what it invalidates, and its errors. */
#include "tests.h"

/* Forgets what is cached; elsewhere than on Quire this can only be believed. */
static bool disk_holds(const char *name, size_t n, size_t offset, unsigned seed)
{
    drop_caches();
    int fd = open(name, O_RDONLY);
    bool held = fd >= 0 && file_holds(fd, n, offset, seed);
    close(fd);
    return held;
}

void sync_reaches_disk(void)
{
    NEEDS_MSYNC();
    static const int flags[] = {
        MS_SYNC, MS_ASYNC, MS_SYNC | MS_INVALIDATE, 0, MS_ASYNC | MS_INVALIDATE, MS_INVALIDATE};
    int fd = make_file("disk", 8 * PAGE, 1);
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        fill(at, 8 * PAGE, 0, i + 2);
        CHECK(msync(at, 8 * PAGE, flags[i]) == 0, "msync with %d", flags[i]);
        CHECK(holds(at, 8 * PAGE, 0, i + 2) && file_holds(fd, 8 * PAGE, 0, i + 2), "the stores");
        CHECK(disk_holds("disk", 8 * PAGE, 0, i + 2), "on the disk, flags %d", flags[i]);
        CHECK(holds(at, 8 * PAGE, 0, i + 2), "and in the mapping");
    }
}

/* A part of a mapping, lengths that are rounded up, and a store after each. DEFECTS 23. */
void sync_parts(void)
{
    NEEDS_MSYNC();
    int fd = make_file("parts", 8 * PAGE, 1);
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    for (unsigned round = 0; round < 4; round++) {
        fill(at, 8 * PAGE, 0, round);
        CHECK(msync(at + 2 * PAGE, 2 * PAGE, MS_SYNC) == 0, "two pages");
        CHECK(msync(at + 5 * PAGE, 1, MS_SYNC) == 0, "a byte");
        CHECK(msync(at + 6 * PAGE, PAGE + 1, MS_SYNC) == 0, "a byte more than a page");
        CHECK(msync(at, 0, MS_SYNC) == 0, "none");
        store(at + 2 * PAGE, 0xee);
        CHECK(msync(at, 8 * PAGE, MS_SYNC) == 0, "all, after another store");
        drop_caches();
        CHECK(file_byte(fd, 2 * PAGE) == 0xee, "the second store counts");
        CHECK(file_holds(fd, 2 * PAGE, 0, round) &&
                  file_holds(fd, 6 * PAGE - 1, 2 * PAGE + 1, round),
              "and all others");
    }
}

/* Over gaps it does its work everywhere, and says ENOMEM at the end. */
void sync_gaps(void)
{
    NEEDS_MSYNC();
    int fd = make_file("gaps", 2 * PAGE, 1);
    uint8_t *at = empty_range(10 * PAGE);
    map_over(at + PAGE, 2 * PAGE, MAP_SHARED, fd);
    map_over(at + 4 * PAGE, 2 * PAGE, MAP_SHARED, fd);
    map_over(at + 6 * PAGE, PAGE, ANON, -1);
    fill(at + PAGE, PAGE, 0, 2);
    fill(at + 5 * PAGE, PAGE, PAGE, 2);
    CHECK(msync(at, 10 * PAGE, MS_SYNC) == -1 && errno == ENOMEM, "gaps everywhere");
    CHECK(disk_holds("gaps", 2 * PAGE, 0, 2), "the rest was written");
    CHECK(msync(at + PAGE, 2 * PAGE, MS_SYNC) == 0, "none");
    CHECK(msync(at + 4 * PAGE, 3 * PAGE, MS_SYNC) == 0, "a file and memory");
    CHECK(msync(at + PAGE, 3 * PAGE, MS_ASYNC) == -1 && errno == ENOMEM, "one at the end");
    CHECK(msync(at, 2 * PAGE, 0) == -1 && errno == ENOMEM, "one at the start");
}

/* Private pages and memory without a file have nowhere to go. */
void sync_private(void)
{
    NEEDS_MSYNC();
    int fd = make_file("private", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    fill(at, 2 * PAGE, 0, 2);
    CHECK(msync(at, 4 * PAGE, MS_SYNC) == 0, "private pages of a file");
    CHECK(msync(at, 4 * PAGE, MS_SYNC | MS_INVALIDATE) == 0, "with invalidation");
    CHECK(holds(at, 2 * PAGE, 0, 2), "they are kept");
    CHECK(disk_holds("private", 4 * PAGE, 0, 1), "and not written");
    uint8_t *anonymous = map(PAGE, RW, ANON, -1, 0), *none = map(PAGE, PROT_NONE, ANON, -1, 0);
    uint8_t *shared = map(PAGE, RW, ANON_SHARED, -1, 0);
    store(anonymous, 1);
    store(shared, 2);
    CHECK(msync(anonymous, PAGE, MS_SYNC) == 0 && msync(shared, PAGE, MS_SYNC) == 0, "memory");
    CHECK(msync(none, PAGE, MS_SYNC | MS_INVALIDATE) == 0, "memory without access");
    CHECK(load(anonymous) == 1 && load(shared) == 2, "is kept");
    uint8_t *readable = map(PAGE, PROT_READ, MAP_SHARED, open("private", O_RDONLY), 0);
    CHECK(msync(readable, PAGE, MS_SYNC) == 0, "a mapping that is only read");
}

/* There is one page for all; so invalidation loses nothing, and everyone agrees before it. */
void sync_invalidates(void)
{
    NEEDS_MSYNC();
    int fd = make_file("invalid", 2 * PAGE, 1);
    uint8_t *one = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *two = map(2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    fill(one, PAGE, 0, 2);
    CHECK(msync(two, 2 * PAGE, MS_INVALIDATE) == 0, "invalidate the other mapping");
    CHECK(holds(one, PAGE, 0, 2) && holds(two, PAGE, 0, 2), "the store is kept");
    write_pattern(fd, 2 * PAGE, 3);
    CHECK(msync(one, 2 * PAGE, MS_SYNC | MS_INVALIDATE) == 0, "after write(2)");
    CHECK(holds(one, 2 * PAGE, 0, 3) && holds(two, 2 * PAGE, 0, 3), "which both see");
}

/* Only dirty pages are written, and only once. DEFECTS 38. */
void sync_writes_once(void)
{
    NEEDS_MSYNC();
    if (!test_on_quire())
        SKIP("only Quire counts its disk's writes by block");
    int fd = make_file("once", 64 * PAGE, 1);
    uint8_t *at = map(64 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(holds(at, 64 * PAGE, 0, 1) && msync(at, 64 * PAGE, MS_SYNC) == 0, "all is clean");
    bool alone = is_alone();
    sync(); /* what others have changed */
    struct quire_disk before = disk_now();
    CHECK(msync(at, 64 * PAGE, MS_SYNC) == 0, "msync of clean pages");
    struct quire_disk clean = disk_now();
    store(at + 10 * PAGE, 1);
    CHECK(msync(at, 64 * PAGE, MS_SYNC) == 0, "msync of one dirty page");
    struct quire_disk dirty = disk_now();
    if (!alone || !is_alone())
        SKIP("other processes write too");
    CHECK(clean.blocks_written == before.blocks_written, "%lu blocks for nothing",
          (unsigned long)(clean.blocks_written - before.blocks_written));
    uint64_t blocks = dirty.blocks_written - clean.blocks_written;
    CHECK(blocks >= 1 && blocks < 16, "%lu blocks for one page", (unsigned long)blocks);
}

/* EBUSY: pages that are locked cannot be invalidated. */
void sync_locked(void)
{
    NEEDS_MSYNC();
    NEEDS_MLOCK();
    int fd = make_file("locked", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    MUST(mlock(at + PAGE, PAGE) == 0, "lock a page");
    store(at, 9);
    CHECK(msync(at, 4 * PAGE, MS_INVALIDATE) == -1 && errno == EBUSY, "with a locked page");
    CHECK(msync(at + PAGE, 1, MS_SYNC | MS_INVALIDATE) == -1 && errno == EBUSY, "on it");
    CHECK(msync(at, PAGE, MS_INVALIDATE) == 0, "beside it");
    CHECK(msync(at, 4 * PAGE, MS_SYNC) == 0 && msync(at, 4 * PAGE, MS_ASYNC) == 0,
          "without invalidation");
    CHECK(munlock(at + PAGE, PAGE) == 0, "unlock it");
    CHECK(msync(at, 4 * PAGE, MS_SYNC | MS_INVALIDATE) == 0, "after that");
    CHECK(file_byte(fd, 0) == 9, "the store is there");
}

static const struct row rows[] = {
    {"nothing wrong", FIELD_SHARED, 2 * PAGE, MS_SYNC, 0},
    {"no flags", FIELD_SHARED, 2 * PAGE, 0, 0},
    {"no length", FIELD_SHARED, 0, MS_SYNC, 0},
    {"no length where nothing is", FIELD_GAP, 0, MS_SYNC, 0},
    {"all kinds", FIELD_SHARED, 8 * PAGE, MS_SYNC | MS_INVALIDATE, 0},
    {"EINVAL: not aligned", FIELD_SHARED + 1, PAGE, MS_SYNC, EINVAL},
    {"EINVAL: not aligned, and no length", FIELD_SHARED + 512, 0, MS_SYNC, EINVAL},
    {"EINVAL: both SYNC and ASYNC", FIELD_SHARED, PAGE, MS_SYNC | MS_ASYNC, EINVAL},
    {"EINVAL: all three", FIELD_SHARED, PAGE, MS_SYNC | MS_ASYNC | MS_INVALIDATE, EINVAL},
    {"EINVAL: an unknown flag", FIELD_SHARED, PAGE, MS_SYNC | 8, EINVAL},
    {"EINVAL: all flags", FIELD_SHARED, PAGE, -1, EINVAL},
    {"EINVAL before ENOMEM", FIELD_GAP, PAGE, 8, EINVAL},
    {"EINVAL: both, and no length", FIELD_SHARED, 0, MS_SYNC | MS_ASYNC, EINVAL},
    {"ENOMEM: not mapped", FIELD_GAP, PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: not mapped, ASYNC", FIELD_GAP, PAGE, MS_ASYNC, ENOMEM},
    {"ENOMEM: partly mapped", FIELD_ANON, 3 * PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: mapped later on", FIELD_GAP, 3 * PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: a gap inside", FIELD_ANON, 6 * PAGE, MS_ASYNC, ENOMEM},
    {"ENOMEM: past the end", FIELD_NONE, 3 * PAGE, MS_INVALIDATE, ENOMEM},
    {"ENOMEM: the kernel's memory", KERNEL, PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: a range that wraps", LAST_PAGE, 3 * PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: a length that wraps", FIELD_SHARED, ~0UL - 3 * PAGE, MS_SYNC, ENOMEM},
    {"ENOMEM: half of all addresses", FIELD_SHARED, 1UL << 63, MS_SYNC, ENOMEM},
};

void sync_errors(void)
{
    NEEDS_MSYNC();
    CHECK_ROWS(rows, msync);
}
