/* madvise on what children get, and its table of errors. */
#include "tests.h"

static bool advise(void *at, size_t length, int advice)
{
    return CHECK(madvise(at, length, advice) == 0, "madvise %zu bytes with %d", length, advice);
}

static void child_has_hole(void *at)
{
    uint8_t *page = at;
    CHECK(is_readable(page) && !is_readable(page + PAGE) && !is_readable(page + 2 * PAGE) &&
              is_readable(page + 3 * PAGE),
          "the child lacks two pages");
    CHECK(load_signal(page + PAGE) == SIGSEGV, "nothing is there");
    CHECK(holds(page, PAGE, 0, 1) && holds(page + 3 * PAGE, PAGE, 3 * PAGE, 1), "the rest");
    CHECK(mmap(page + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == page + PAGE,
          "something else may be mapped there");
}

static void child_has_all(void *at)
{
    CHECK(holds(at, 4 * PAGE, 0, 1), "the child has all pages");
}

void advise_dontfork(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it keeps its own record of what is mapped");
    uint8_t *kinds[] = {map(4 * PAGE, RW, ANON, -1, 0), map(4 * PAGE, RW, ANON_SHARED, -1, 0),
                        map(4 * PAGE, RW, MAP_SHARED, make_file("fork", 4 * PAGE, 1), 0)};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint8_t *at = kinds[i];
        fill(at, 4 * PAGE, 0, 1);
        advise(at + PAGE, 2 * PAGE, MADV_DONTFORK);
        CHECK(finish(start(child_has_hole, at)), "DONTFORK, kind %zu", i);
        CHECK(holds(at, 4 * PAGE, 0, 1), "here all is there");
        advise(at, 4 * PAGE, MADV_DOFORK);
        CHECK(finish(start(child_has_all, at)), "DOFORK, kind %zu", i);
    }
    check_audit();
}

static void grandchild_has_zeros(void *at)
{
    CHECK(is_zero((uint8_t *)at + PAGE, 2 * PAGE), "a child's child has zeros too");
}

static void child_has_zeros(void *at)
{
    uint8_t *page = at;
    CHECK(is_zero(page + PAGE, 2 * PAGE), "two pages are zero");
    CHECK(holds(page, PAGE, 0, 1) && holds(page + 3 * PAGE, PAGE, 3 * PAGE, 1), "the rest");
    fill(page + PAGE, 2 * PAGE, PAGE, 2);
    CHECK(holds(page + PAGE, 2 * PAGE, PAGE, 2), "they are memory");
    CHECK(finish(start(grandchild_has_zeros, at)), "the advice is inherited");
}

void advise_wipeonfork(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("not all versions know it");
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    fill(at, 4 * PAGE, 0, 1);
    advise(at + PAGE, 2 * PAGE, MADV_WIPEONFORK);
    CHECK(holds(at, 4 * PAGE, 0, 1), "here nothing changes");
    CHECK(finish(start(child_has_zeros, at)), "WIPEONFORK");
    CHECK(holds(at, 4 * PAGE, 0, 1), "nor by what the child stored");
    advise(at, 4 * PAGE, MADV_KEEPONFORK);
    CHECK(finish(start(child_has_all, at)), "KEEPONFORK");
    CHECK(mprotect(at + PAGE, 2 * PAGE, PROT_READ) == 0, "protect");
    advise(at + PAGE, 2 * PAGE, MADV_WIPEONFORK);
    CHECK(finish(start(grandchild_has_zeros, at)), "read-only pages are wiped as well");
    check_audit();
}

/* A new program starts without any of it; the parts meet again after opposite advice. */
void advise_and_back(void)
{
    NEEDS_MADVISE();
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    fill(at, 8 * PAGE, 0, 1);
    for (size_t page = 0; page < 8; page += 2) {
        advise(at + page * PAGE, PAGE, MADV_DONTFORK);
        advise(at + page * PAGE, PAGE, MADV_DOFORK);
        advise(at + page * PAGE, PAGE, MADV_RANDOM);
        advise(at + page * PAGE, PAGE, MADV_NORMAL);
    }
    CHECK(holds(at, 8 * PAGE, 0, 1), "the contents");
    CHECK(is_one_mapping(at, 8 * PAGE), "one mapping again");
}

/* POSIX's call gives the error's number, and its DONTNEED throws nothing away. */
void advise_posix(void)
{
    NEEDS_MADVISE();
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0);
    fill(at, 2 * PAGE, 0, 1);
    CHECK(posix_madvise(at, 2 * PAGE, POSIX_MADV_DONTNEED) == 0, "not needed");
    CHECK(posix_madvise(at, 2 * PAGE, POSIX_MADV_SEQUENTIAL) == 0, "sequential");
    CHECK(holds(at, 2 * PAGE, 0, 1), "the contents");
    CHECK(posix_madvise(at + 1, PAGE, POSIX_MADV_RANDOM) == EINVAL, "not aligned");
}

static const struct row rows[] = {
    {"nothing wrong", FIELD_ANON, PAGE, MADV_DONTNEED, 0},
    {"no length", FIELD_ANON, 0, MADV_DONTNEED, 0},
    {"no length where nothing is", FIELD_GAP, 0, MADV_NORMAL, 0},
    {"all kinds", FIELD_SHARED, 8 * PAGE, MADV_DONTNEED, 0},
    {"to need a file", FIELD_SHARED, 2 * PAGE, MADV_WILLNEED, 0},
    {"EINVAL: not aligned", FIELD_ANON + 1, PAGE, MADV_NORMAL, EINVAL},
    {"EINVAL: not aligned, and no length", FIELD_ANON + 1, 0, MADV_DONTNEED, EINVAL},
    {"EINVAL: unknown advice", FIELD_ANON, PAGE, 99, EINVAL},
    {"EINVAL: unknown advice, and no length", FIELD_ANON, 0, 99, EINVAL},
    {"EINVAL: negative advice", FIELD_ANON, PAGE, -1, EINVAL},
    {"EINVAL: 5 is no advice", FIELD_ANON, PAGE, 5, EINVAL},
    {"EINVAL: a negative length", FIELD_ANON, -PAGE, MADV_NORMAL, EINVAL},
    {"EINVAL: a length that wraps when rounded", FIELD_ANON, ~0UL - 100, MADV_DONTNEED, EINVAL},
    {"EINVAL: a range that wraps", LAST_PAGE, 3 * PAGE, MADV_DONTNEED, EINVAL},
    {"EINVAL: to free a shared file", FIELD_SHARED, PAGE, MADV_FREE, EINVAL},
    {"EINVAL: to free a private file", FIELD_PRIVATE, PAGE, MADV_FREE, EINVAL},
    {"to free memory without access", FIELD_NONE, PAGE, MADV_FREE, 0},
    {"EINVAL: to wipe a shared file", FIELD_SHARED, PAGE, MADV_WIPEONFORK, EINVAL},
    {"EINVAL: to wipe a private file", FIELD_PRIVATE, PAGE, MADV_WIPEONFORK, EINVAL},
    {"to wipe memory without access", FIELD_NONE, PAGE, MADV_WIPEONFORK, 0},
    {"to keep a file", FIELD_SHARED, PAGE, MADV_KEEPONFORK, 0},
    {"not to inherit a file", FIELD_SHARED, PAGE, MADV_DONTFORK, 0},
    {"ENOMEM: not mapped", FIELD_GAP, PAGE, MADV_NORMAL, ENOMEM},
    {"ENOMEM: not mapped, not needed", FIELD_GAP, PAGE, MADV_DONTNEED, ENOMEM},
    {"ENOMEM: not mapped, needed", FIELD_GAP, PAGE, MADV_WILLNEED, ENOMEM},
    {"ENOMEM: not mapped, free", FIELD_GAP, PAGE, MADV_FREE, ENOMEM},
    {"ENOMEM: not mapped, not inherited", FIELD_GAP, PAGE, MADV_DONTFORK, ENOMEM},
    {"ENOMEM: not mapped, brought in", FIELD_GAP, PAGE, MADV_POPULATE_READ, ENOMEM},
    {"ENOMEM: partly mapped", FIELD_ANON, 3 * PAGE, MADV_RANDOM, ENOMEM},
    {"ENOMEM: a gap inside", FIELD_ANON, 6 * PAGE, MADV_SEQUENTIAL, ENOMEM},
    {"ENOMEM: past the end", FIELD_NONE, 3 * PAGE, MADV_DONTNEED, ENOMEM},
    {"ENOMEM: the kernel's memory", KERNEL, PAGE, MADV_NORMAL, ENOMEM},
    {"EINVAL: to bring in for writing what is read-only", FIELD_READ_ONLY, PAGE,
     MADV_POPULATE_WRITE, EINVAL},
    {"EINVAL: to bring in what has no access", FIELD_NONE, PAGE, MADV_POPULATE_READ, EINVAL},
};

static int call(void *at, size_t length, int advice)
{
    return madvise(at, length, advice);
}

void advise_errors(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it passes most advice by");
    CHECK_ROWS(rows, call);
}
