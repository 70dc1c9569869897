/* mprotect and what lies behind pages: copies on write, the page of zeros, files, children. */
#include "tests.h"

#include <sys/wait.h>

/* From writing to reading and back, with whatever happens in between. */
static void protect_and_back(void *at, size_t length, int between)
{
    protect(at, length, between);
    protect(at, length, RW);
}

static void child_stores_after_protect(void *at)
{
    protect_and_back(at, 4 * PAGE, PROT_READ);
    CHECK(holds(at, 4 * PAGE, 0, 1), "the parent's bytes");
    fill(at, 4 * PAGE, 0, 2);
    CHECK(holds(at, 4 * PAGE, 0, 2), "its own");
}

static void child_waits_and_looks(void *at)
{
    int *words = *(int **)at;
    uint8_t *pages = *((uint8_t **)at + 1);
    await(words, 1);
    CHECK(holds(pages, 4 * PAGE, 0, 1), "the parent's stores are not seen");
}

/* DEFECTS 45: RW, R, RW must not make a page writable that is still shared with a child. */
void protect_keeps_cow(void)
{
    NEEDS_MPROTECT();
    static const int between[] = {PROT_READ, PROT_NONE, PROT_READ | PROT_EXEC};
    for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
        uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
        fill(at, 4 * PAGE, 0, 1);
        CHECK(finish(start(child_stores_after_protect, at)), "the child");
        CHECK(holds(at, 4 * PAGE, 0, 1), "its stores are not seen");
        void *arguments[2] = {shared_words(), at};
        pid_t pid = start(child_waits_and_looks, arguments);
        protect_and_back(at, 4 * PAGE, between[i]);
        fill(at, 4 * PAGE, 0, 3);
        post(arguments[0]);
        CHECK(finish(pid), "a child that looks after the parent's stores, %d", between[i]);
        CHECK(holds(at, 4 * PAGE, 0, 3), "which are here");
        munmap(at, 4 * PAGE);
    }
    check_audit();
}

/* A page that was only read is the same zeros for all; writing must give it one of its own. */
void protect_keeps_zero_page(void)
{
    NEEDS_MPROTECT();
    uint8_t *one = map(4 * PAGE, PROT_READ, ANON, -1, 0), *two = map(4 * PAGE, RW, ANON, -1, 0);
    CHECK(is_zero(one, 4 * PAGE) && is_zero(two, 4 * PAGE), "zero");
    protect(one, 4 * PAGE, RW);
    protect_and_back(two, 2 * PAGE, PROT_READ);
    fill(one, 2 * PAGE, 0, 1);
    fill(two, PAGE, 0, 2);
    CHECK(is_zero(one + 2 * PAGE, 2 * PAGE) && is_zero(two + PAGE, 3 * PAGE), "the others are");
    CHECK(is_zero(map(PAGE, PROT_READ, ANON, -1, 0), PAGE), "and new ones");
    CHECK(holds(one, 2 * PAGE, 0, 1) && holds(two, PAGE, 0, 2), "what was stored");
    check_audit();
}

/* The same for pages of a file in private mappings. DEFECTS 37. */
void protect_keeps_files(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("files", 4 * PAGE, 1), readable = open("files", O_RDONLY);
    uint8_t *at = map(4 * PAGE, PROT_READ, MAP_PRIVATE, readable, 0);
    uint8_t *other = map(4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(holds(at, 4 * PAGE, 0, 1) && holds(other, 4 * PAGE, 0, 1), "all is read");
    protect(at, 4 * PAGE, RW);
    fill(at, 2 * PAGE, 0, 2);
    CHECK(file_holds(fd, 4 * PAGE, 0, 1) && holds(other, 4 * PAGE, 0, 1), "only its own page");
    protect_and_back(at, 4 * PAGE, PROT_NONE);
    CHECK(holds(at, 2 * PAGE, 0, 2) && holds(at + 2 * PAGE, 2 * PAGE, 2 * PAGE, 1), "is kept");
    fill(at, 4 * PAGE, 0, 3);
    CHECK(file_holds(fd, 4 * PAGE, 0, 1) && holds(other, 4 * PAGE, 0, 1), "and still its own");
    write_pattern(fd, 4 * PAGE, 4);
    CHECK(holds(at, 4 * PAGE, 0, 3) && holds(other, 4 * PAGE, 0, 4), "a write goes by it");
    check_audit();
}

/* A shared page mapped for reading becomes writable, and what is stored is the file. */
void protect_shared_after_read(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("shared", 3 * PAGE, 1);
    uint8_t *at = map(3 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(holds(at, 2 * PAGE, 0, 1), "two pages are read");
    protect(at, 3 * PAGE, RW);
    fill(at, 3 * PAGE, 0, 2);
    CHECK(file_holds(fd, 3 * PAGE, 0, 2), "read(2) sees the stores");
    protect(at, 3 * PAGE, PROT_NONE);
    CHECK(file_holds(fd, 3 * PAGE, 0, 2), "with no access just as well");
    munmap(at, 3 * PAGE);
    close(fd);
    drop_caches();
    fd = open("shared", O_RDWR);
    CHECK(file_holds(fd, 3 * PAGE, 0, 2), "and they have reached the disk");
}

/* DEFECTS 23: a page written back is stored to again after its rights went and came. */
void protect_after_write_back(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("again", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    for (unsigned round = 2; round < 6; round++) {
        fill(at, 4 * PAGE, 0, round);
        protect(at, 4 * PAGE, PROT_READ);
        CHECK(fsync(fd) == 0, "fsync");
        if (round % 2 == 0)
            drop_caches();
        CHECK(holds(at, 4 * PAGE, 0, round) && file_holds(fd, 4 * PAGE, 0, round), "round %u",
              round);
        protect(at, 4 * PAGE, RW);
        store(at + PAGE, (uint8_t)round);
        CHECK(fsync(fd) == 0 && munmap(at, 4 * PAGE) == 0, "fsync and unmap");
        drop_caches();
        CHECK(file_byte(fd, PAGE) == (int)round, "the store after it, round %u", round);
        at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    }
    check_audit();
}

static void child_checks_protection(void *at)
{
    CHECK(store_signal(at) == SIGSEGV, "read-only in the child");
    CHECK(!is_readable((uint8_t *)at + PAGE), "no access in the child");
    protect(at, 2 * PAGE, RW);
    CHECK(holds(at, 2 * PAGE, 0, 1), "the contents in the child");
    fill(at, 2 * PAGE, 0, 2);
}

/* A child inherits the protection, and what had no access is kept for it too. */
void protect_over_fork(void)
{
    NEEDS_MPROTECT();
    uint8_t *private = map(2 * PAGE, RW, ANON, -1, 0);
    uint8_t *shared = map(2 * PAGE, RW, ANON_SHARED, -1, 0);
    fill(private, 2 * PAGE, 0, 1);
    fill(shared, 2 * PAGE, 0, 1);
    protect(private, PAGE, PROT_READ);
    protect(shared, PAGE, PROT_READ);
    protect(private + PAGE, PAGE, PROT_NONE);
    protect(shared + PAGE, PAGE, PROT_NONE);
    CHECK(finish(start(child_checks_protection, private)), "private memory");
    CHECK(finish(start(child_checks_protection, shared)), "shared memory");
    CHECK(store_signal(private) == SIGSEGV && store_signal(shared) == SIGSEGV, "here it stays");
    protect(private, 2 * PAGE, PROT_READ);
    protect(shared, 2 * PAGE, PROT_READ);
    CHECK(holds(private, 2 * PAGE, 0, 1) && holds(shared, 2 * PAGE, 0, 2), "the contents");
    check_audit();
}

static void child_protects(void *at)
{
    protect(at, 4 * PAGE, PROT_NONE);
    CHECK(munmap((uint8_t *)at + PAGE, PAGE) == 0, "unmap a page of it");
}

/* What a child does to its mappings changes nothing for the parent. */
void protect_in_child(void)
{
    NEEDS_MPROTECT();
    int fd = make_file("child", 4 * PAGE, 1);
    uint8_t *kinds[] = {map(4 * PAGE, RW, ANON, -1, 0), map(4 * PAGE, RW, ANON_SHARED, -1, 0),
                        map(4 * PAGE, RW, MAP_SHARED, fd, 0)};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        fill(kinds[i], 4 * PAGE, 0, 1);
        CHECK(finish(start(child_protects, kinds[i])), "the child");
        CHECK(holds(kinds[i], 4 * PAGE, 0, 1), "the parent reads, kind %zu", i);
        fill(kinds[i], 4 * PAGE, 0, 2);
        CHECK(holds(kinds[i], 4 * PAGE, 0, 2), "and writes");
    }
}

/* --- Many changes --- */

#define RANDOM_PAGES 32

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void check_page(uint8_t *at, int prot, uint8_t expected, size_t page)
{
    if (prot == PROT_NONE) {
        CHECK(!is_readable(at), "page %zu is not readable", page);
        return;
    }
    CHECK(is_readable(at) && load(at) == expected, "page %zu: %d, not %d", page, load(at),
          expected);
}

/* Against a model: one protection and one byte a page. */
void protect_random(void)
{
    NEEDS_MPROTECT();
    static const int prots[] = {PROT_NONE, PROT_READ, RW};
    uint8_t *at = map(RANDOM_PAGES * PAGE, RW, ANON, -1, 0), bytes[RANDOM_PAGES] = {0};
    int current[RANDOM_PAGES];
    uint32_t seed = 7;
    for (size_t page = 0; page < RANDOM_PAGES; page++)
        current[page] = RW;
    for (unsigned round = 0; round < 500; round++) {
        size_t first = next_random(&seed) % RANDOM_PAGES;
        size_t n = 1 + next_random(&seed) % (RANDOM_PAGES - first);
        int prot = prots[next_random(&seed) % 3];
        protect(at + first * PAGE, n * PAGE, prot);
        for (size_t page = first; page < first + n; page++)
            current[page] = prot;
        size_t page = next_random(&seed) % RANDOM_PAGES;
        if (current[page] == RW)
            store(at + page * PAGE, bytes[page] = (uint8_t)round);
        for (page = 0; page < RANDOM_PAGES; page++)
            check_page(at + page * PAGE, current[page], bytes[page], page);
    }
    check_audit();
}
