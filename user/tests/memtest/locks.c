/* mlock, munlock, mlockall, munlockall: what they bring in and hold, RLIMIT_MEMLOCK, errors. */
#include "tests.h"

#define NPAGES 8

static int count_resident(void *at, size_t pages)
{
    unsigned char resident[2 * NPAGES] = {0};
    int count = 0;
    CHECK(mincore(at, pages * PAGE, resident) == 0, "mincore");
    for (size_t page = 0; page < pages; page++)
        count += resident[page] & 1;
    return count;
}

/* Locked pages cannot be thrown away, by which they can be told. */
static bool is_locked(void *at)
{
    bool refused = madvise(at, PAGE, MADV_DONTNEED) == -1;
    CHECK(!refused || errno == EINVAL, "EINVAL for a locked page");
    return refused;
}

void lock_brings_in(void)
{
    NEEDS_MLOCK();
    NEEDS_MINCORE();
    int fd = make_file("locked", NPAGES * PAGE, 1);
    uint8_t *at = map(NPAGES * PAGE, RW, ANON, -1, 0);
    uint8_t *file = map(NPAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    uint8_t *private = map(NPAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
    store(at + PAGE, 1);
    CHECK(mlock(at, 4 * PAGE) == 0 && mlock(file, NPAGES * PAGE) == 0, "lock some");
    CHECK(mlock(private, NPAGES * PAGE) == 0, "and private pages");
    CHECK(count_resident(at, NPAGES) == 4, "what is locked is there, and no more");
    if (test_on_quire()) {
        check_faults(file, NPAGES, false, FAULT_CACHE_HIT, 0);
        check_faults(at, 4, true, FAULT_ZERO_FILL, 0);
        check_faults(private, NPAGES, true, FAULT_COW_COPY, 0);
    }
    CHECK(holds(file, NPAGES * PAGE, 0, 1), "the file");
    CHECK(munlock(at, 4 * PAGE) == 0 && count_resident(at, NPAGES) == 4, "unlocked, still there");
    CHECK(munlock(at, NPAGES * PAGE) == 0, "once more is no error");
}

void lock_parts(void)
{
    NEEDS_MLOCK();
    NOT_UNDER_QEMU_USER("it refuses no advice");
    uint8_t *at = map(NPAGES * PAGE, RW, ANON, -1, 0), *to = empty_range(NPAGES * PAGE);
    CHECK(mlock(at + 2 * PAGE + 100, PAGE) == 0, "from the middle of a page into the next");
    for (size_t page = 0; page < NPAGES; page++)
        CHECK(is_locked(at + page * PAGE) == (page == 2 || page == 3), "page %zu", page);
    fill(at, NPAGES * PAGE, 0, 1);
    CHECK(madvise(at, NPAGES * PAGE, MADV_DONTNEED) == -1 && errno == EINVAL, "all of it");
    CHECK(mprotect(at, 3 * PAGE, PROT_READ) == 0 && is_locked(at + 2 * PAGE), "after mprotect");
    CHECK(mremap(at + 2 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to, "move one");
    CHECK(is_locked(to), "it stays locked");
    CHECK(mlock(at + 3 * PAGE, PAGE) == 0 && munlock(at + 3 * PAGE, 1) == 0, "locked twice");
    CHECK(!is_locked(at + 3 * PAGE), "unlocked once is unlocked");
    CHECK(munmap(to, PAGE) == 0, "unmap a locked page");
    map_over(to, PAGE, ANON, -1);
    CHECK(!is_locked(to), "what comes in its place is not locked");
    check_audit();
}

static void child_is_not_locked(void *at)
{
    CHECK(!is_locked(at), "a child's page is not locked");
    CHECK(!is_locked(map(PAGE, RW, ANON, -1, 0)), "nor what it maps");
}

void lock_over_fork(void)
{
    NEEDS_MLOCK();
    NOT_UNDER_QEMU_USER("it refuses no advice");
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0);
    fill(at, PAGE, 0, 1);
    CHECK(mlock(at, 2 * PAGE) == 0 && mlockall(MCL_FUTURE) == 0, "lock");
    CHECK(finish(start(child_is_not_locked, at)), "the child");
    CHECK(is_locked(at) && holds(at, PAGE, 0, 1), "here it is as it was");
    fill(at, 2 * PAGE, 0, 2);
    CHECK(munlockall() == 0 && !is_locked(at), "until it is unlocked");
    check_audit();
}

void lock_all(void)
{
    NEEDS_MLOCK();
    NEEDS_MINCORE();
    NOT_UNDER_QEMU_USER("it refuses no advice");
    uint8_t *before = map(NPAGES * PAGE, RW, ANON, -1, 0);
    CHECK(mlockall(MCL_CURRENT) == 0, "all that is mapped");
    uint8_t *after = map(NPAGES * PAGE, RW, ANON, -1, 0);
    CHECK(count_resident(before, NPAGES) == NPAGES && is_locked(before), "what was mapped before");
    CHECK(count_resident(after, NPAGES) == 0 && !is_locked(after), "and not what came after");
    CHECK(mlockall(MCL_FUTURE) == 0, "all that is going to be mapped");
    uint8_t *future = map(NPAGES * PAGE, RW, ANON, -1, 0);
    CHECK(count_resident(future, NPAGES) == NPAGES && is_locked(future), "from now on");
    CHECK(!is_locked(after), "but nothing else");
    uint8_t *none = map(NPAGES * PAGE, PROT_NONE, ANON, -1, 0);
    CHECK(is_locked(none), "memory without access as well");
    CHECK(munlockall() == 0 && !is_locked(before) && !is_locked(future), "unlock all");
    CHECK(!is_locked(map(PAGE, RW, ANON, -1, 0)), "future mappings too");
    CHECK(mlockall(MCL_FUTURE | MCL_ONFAULT) == 0, "only what is touched");
    future = map(NPAGES * PAGE, RW, ANON, -1, 0);
    CHECK(count_resident(future, NPAGES) == 0 && is_locked(future), "is locked, not brought in");
    future = mremap(future, NPAGES * PAGE, 2 * NPAGES * PAGE, MREMAP_MAYMOVE);
    CHECK(count_resident(future, 2 * NPAGES) == 0 && is_locked(future + NPAGES * PAGE), "grown");
    CHECK(munlockall() == 0 && munlockall() == 0, "unlock, twice");
    uint8_t *locked = map(NPAGES * PAGE, RW, ANON | MAP_LOCKED, -1, 0);
    CHECK(count_resident(locked, NPAGES) == NPAGES && is_locked(locked), "MAP_LOCKED");
    locked = mremap(locked, NPAGES * PAGE, 2 * NPAGES * PAGE, MREMAP_MAYMOVE);
    CHECK(count_resident(locked, 2 * NPAGES) == 2 * NPAGES, "what it grows by is brought in");
    check_audit();
}

/* --- RLIMIT_MEMLOCK --- */

static void limit_locks(size_t bytes)
{
    struct rlimit limit = {bytes, bytes};
    MUST(setrlimit(RLIMIT_MEMLOCK, &limit) == 0, "limit locks to %zu bytes", bytes);
}

void lock_limit(void)
{
    NEEDS_MLOCK();
    NEEDS_PRLIMIT();
    NEEDS_LIMITS();
    NOT_UNDER_QEMU_USER("it passes limits by");
    uint8_t *at = map(32 * PAGE, RW, ANON, -1, 0), *other = map(PAGE, RW, ANON, -1, 0);
    limit_locks(16 * PAGE);
    become_nobody();
    CHECK(mlock(at, 17 * PAGE) == -1 && errno == ENOMEM, "a page too many");
    CHECK(!is_locked(at) && !is_locked(at + 16 * PAGE), "locks nothing");
    CHECK(mlock(at, 16 * PAGE) == 0 && mlock(at, 16 * PAGE) == 0, "the same pages count once");
    CHECK(mlock(other, 1) == -1 && errno == ENOMEM, "another one");
    CHECK(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0) == MAP_FAILED && errno == EAGAIN,
          "with MAP_LOCKED");
    CHECK(mremap(at, 16 * PAGE, 17 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED && errno == EAGAIN,
          "a locked mapping that grows");
    CHECK(munlock(at, PAGE) == 0 && mlock(other, PAGE) == 0, "one for another");
    CHECK(munmap(at + PAGE, PAGE) == 0 && mlock(at, PAGE) == 0, "unmapped is unlocked");
    CHECK(munlockall() == 0 && mlock(at + 16 * PAGE, 16 * PAGE) == 0, "all for others");
    CHECK(munlockall() == 0 && mlockall(MCL_CURRENT) == -1 && errno == ENOMEM, "all there is");
    CHECK(!is_locked(at), "locks nothing");
    CHECK(mlockall(MCL_FUTURE) == 0, "future mappings");
    CHECK(mmap(NULL, 17 * PAGE, RW, ANON, -1, 0) == MAP_FAILED && errno == EAGAIN, "too large");
    CHECK(mmap(NULL, 16 * PAGE, RW, ANON, -1, 0) != MAP_FAILED, "within the limit");
    CHECK(sbrk(PAGE * 2) == (void *)-1 && errno == ENOMEM, "the heap counts");
}

void lock_without_permission(void)
{
    NEEDS_MLOCK();
    NEEDS_PRLIMIT();
    NEEDS_LIMITS();
    NOT_UNDER_QEMU_USER("it passes limits by");
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0);
    CHECK(mlock(at, PAGE) == 0, "lock a page while one may");
    limit_locks(0);
    become_nobody();
    CHECK(mlock(at, PAGE) == -1 && errno == EPERM, "EPERM: mlock");
    CHECK(mlockall(MCL_CURRENT) == -1 && errno == EPERM, "EPERM: mlockall");
    CHECK(mlockall(MCL_FUTURE) == -1 && errno == EPERM, "EPERM: mlockall of the future");
    CHECK(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0) == MAP_FAILED && errno == EPERM,
          "EPERM: MAP_LOCKED");
    CHECK(mlockall(0) == -1 && errno == EINVAL, "EINVAL comes first");
    CHECK(munlock(at, PAGE) == 0 && munlockall() == 0, "unlocking is always allowed");
}

/* --- Errors --- */

static const struct row rows[] = {
    {"nothing wrong", FIELD_ANON, 2 * PAGE, 0, 0},
    {"all kinds", FIELD_SHARED, 6 * PAGE, 0, 0},
    {"not aligned: rounded down", FIELD_ANON + 100, PAGE, 0, 0},
    {"no length", FIELD_ANON, 0, 0, 0},
    {"no length where nothing is", FIELD_GAP, 0, 0, 0},
    {"ENOMEM: not mapped", FIELD_GAP, PAGE, 0, ENOMEM},
    {"ENOMEM: partly mapped", FIELD_ANON, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: only after rounding", FIELD_ANON + PAGE + 1, PAGE, 0, ENOMEM},
    {"ENOMEM: mapped later on", FIELD_GAP, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: a gap inside", FIELD_ANON, 6 * PAGE, 0, ENOMEM},
    {"ENOMEM: past the end", FIELD_NONE, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: the kernel's memory", KERNEL, PAGE, 0, ENOMEM},
    {"EINVAL: a range that wraps", LAST_PAGE, 3 * PAGE, 0, EINVAL},
};

static int call_mlock(void *at, size_t length, int unused)
{
    return mlock(at, length);
}

static int call_munlock(void *at, size_t length, int unused)
{
    return munlock(at, length);
}

void lock_errors(void)
{
    NEEDS_MLOCK();
    NOT_UNDER_QEMU_USER("it has errors of its own");
    CHECK_ROWS(rows, call_mlock);
    CHECK_ROWS(rows, call_munlock);
    CHECK(munlock(map(PAGE, RW, ANON, -1, 0), -2 * PAGE) == -1 && errno == EINVAL, "it wraps");
    static const int bad[] = {0, MCL_ONFAULT, 8, 16 | MCL_CURRENT, -1};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(mlockall(bad[i]) == -1 && errno == EINVAL, "EINVAL: mlockall(%d)", bad[i]);
}
