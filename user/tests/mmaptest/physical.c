/* Which physical pages mappings have, and how often each is counted: Quire only. */
#include "tests.h"

/* A page that has just been read or written may be pinned for a moment; so it looks again. */
static bool refs_become(const void *at, uint32_t refs)
{
    struct timespec nap = {.tv_nsec = 1000000};
    for (int tries = 0; tries < 50 && page_at(at).refs != refs; tries++)
        nanosleep(&nap, NULL);
    return page_at(at).refs == refs;
}

/* One page of a file is one page of memory, at whatever offsets and addresses. */
void file_pages_are_one(void)
{
    if (!test_on_quire())
        SKIP("only Quire tells");
    int fd = make_file("one", 4 * PAGE, 1), again = open("one", O_RDWR);
    MUST(fsync(fd) == 0, "fsync");
    uint8_t *all = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *part = map(PAGE, PROT_READ, MAP_SHARED, again, 2 * PAGE);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, again, 0);
    CHECK(page_at(all).pfn == 0 && page_at(all).refs == 0,
          "nothing is mapped before it is touched");
    CHECK(holds(all, 4 * PAGE, 0, 1) && load(part) == load(private + 2 * PAGE), "touch all");
    struct quire_page page = page_at(all + 2 * PAGE + 123);
    CHECK(page.pfn != 0 && page.state == PAGE_CACHE, "a page of the cache: %u", page.state);
    CHECK(page_at(part).pfn == page.pfn, "the part shows the same one");
    CHECK(page_at(private + 2 * PAGE).pfn == page.pfn, "so does the private mapping");
    CHECK(!page_at(private + 2 * PAGE).writable && !page_at(part).writable, "not to be written");
    CHECK(refs_become(part, 4), "three mappings and the cache: %u", page_at(part).refs);
    CHECK(page_at(all).pfn != page.pfn && page_at(all + PAGE).pfn != page.pfn, "others differ");
    store(private + 2 * PAGE, 1);
    struct quire_page copy = page_at(private + 2 * PAGE);
    CHECK(copy.pfn != page.pfn && copy.state == PAGE_ANON && copy.refs == 1, "a copy of its own");
    CHECK(copy.writable && copy.dirty, "to be written");
    CHECK(refs_become(part, 3), "one mapping less: %u", page_at(part).refs);
    MUST(munmap(all, 4 * PAGE) == 0, "unmap");
    CHECK(refs_become(part, 2), "and another one: %u", page_at(part).refs);
}

struct sight {
    uint8_t *at;
    uint64_t *pfn; /* in shared memory: what the child sees */
    bool stores;
};

static void sight_child(void *argument)
{
    struct sight *sight = argument;
    load(sight->at);
    if (sight->stores)
        store(sight->at, 2);
    *sight->pfn = page_at(sight->at).pfn;
}

static uint64_t pfn_in_child(uint8_t *at, bool stores)
{
    struct sight sight = {at, (uint64_t *)shared_words(), stores};
    CHECK(finish(start(sight_child, &sight)), "the child");
    return *sight.pfn;
}

/* DEFECTS 9, 11, 12: what is shared is the same page in every process, what is private is not. */
void pages_over_fork(void)
{
    if (!test_on_quire())
        SKIP("only Quire tells");
    int fd = make_file("over", PAGE, 1);
    uint8_t *file = map(PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *shared = map(2 * PAGE, RW, ANON_SHARED, -1, 0);
    uint8_t *private = map(PAGE, RW, ANON, -1, 0);
    store(file, 1);
    store(shared, 1);
    store(private, 1);
    CHECK(pfn_in_child(file, true) == page_at(file).pfn, "a file's page after a store");
    CHECK(pfn_in_child(shared, true) == page_at(shared).pfn, "shared memory after a store");
    uint64_t pfn = pfn_in_child(shared + PAGE, true);
    CHECK(load(shared + PAGE) == 2 && page_at(shared + PAGE).pfn == pfn, "touched there first");
    CHECK(page_at(shared).state == PAGE_CACHE, "shared memory belongs to an object");
    pfn = page_at(private).pfn;
    CHECK(pfn_in_child(private, false) == pfn, "private memory that is only read is one page");
    CHECK(pfn_in_child(private, true) != pfn, "a store makes another one, in the child");
    CHECK(page_at(private).pfn == pfn && page_at(private).refs == 1, "and not here");
}

/* The hardware's dirty bit, as the page table has it until somebody flushes. */
void dirty_bits(void)
{
    if (!is_alone())
        SKIP("not alone on Quire");
    int fd = make_file("bits", 2 * PAGE, 1);
    MUST(fsync(fd) == 0, "fsync");
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *other = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    load(at);
    load(other);
    CHECK(!page_at(at).dirty && !page_at(other).dirty, "only read");
    store(at, 1);
    CHECK(page_at(at).dirty && !page_at(other).dirty, "stored to through one");
    MUST(fsync(fd) == 0, "fsync");
    CHECK(!page_at(at).dirty, "the flush has taken the bit");
    store(other, 2);
    CHECK(!page_at(at).dirty && page_at(other).dirty, "stored to through the other");
    CHECK(file_byte(fd, 0) == 2, "the last store");
}
