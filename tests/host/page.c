/*
 * mm/page: the buddy system and the harts' stacks against a list of what was handed out. Each page
 * in use is filled with a number of its own, so that two owners of one page would be seen.
 */
#include "mm/page.h"

#include <string.h>

#include "mm/reclaim.h"
#include "sync/self.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

#define MAX_BLOCKS 3000
#define MAX_ORDER  10

static struct block {
    struct page *page;
    unsigned order;
    unsigned refs;
    uint64_t tag;
} blocks[MAX_BLOCKS];
static unsigned nblocks;
static uint64_t ram_pages, usable;

/* --- Reclaim: the test says whether there is something to evict --- */

static unsigned requests, evictable;

uint64_t reclaim_low_mark(void)
{
    return 60;
}

void reclaim_request(void)
{
    requests++;
}

static void release(struct block *b);

bool reclaim_make_room(unsigned npages)
{
    if (evictable == 0 || nblocks == 0)
        return false;
    evictable--;
    release(&blocks[nblocks - 1]);
    return true;
}

/* --- The model --- */

static uint64_t *words_of(const struct block *b)
{
    return page_data(b->page);
}

static size_t count_words(const struct block *b)
{
    return ((size_t)PAGE_SIZE << b->order) / sizeof(uint64_t);
}

static void take(struct page *page, unsigned order)
{
    struct block *b = &blocks[nblocks++];
    *b = (struct block){page, order, 1, test_random()};
    EXPECT(page_pfn(page) % (1UL << order) == 0 && page_pfn(page) >= page_first_pfn());
    EXPECT(page_pfn(page) + (1UL << order) <= page_last_pfn());
    for (unsigned i = 0; i < 1u << order; i++)
        EXPECT(page[i].refs == 1 && page[i].flags == 0 && page[i].state != PAGE_FREE);
    for (size_t i = 0; i < count_words(b); i += 64)
        words_of(b)[i] = b->tag;
}

/* Drops one reference; the block is free after the last. */
static void release(struct block *b)
{
    for (size_t i = 0; i < count_words(b); i += 64)
        EXPECT(words_of(b)[i] == b->tag, "page %lx has another owner too", page_pfn(b->page));
    page_put(b->page);
    if (--b->refs == 0)
        *b = blocks[--nblocks];
}

/* P2: no two free buddies; and the records of free blocks cover each free page once. */
static void expect_merged(void)
{
    for (uint64_t pfn = page_first_pfn(); pfn < page_last_pfn(); pfn++) {
        const struct page *page = page_records + pfn;
        if (!page_has(page, PAGE_IN_BUDDY))
            continue;
        uint64_t other = pfn ^ 1UL << page->order;
        EXPECT(pfn % (1UL << page->order) == 0 && page->order <= MAX_ORDER);
        if (page->order == MAX_ORDER || other < page_first_pfn() ||
            other + (1UL << page->order) > page_last_pfn())
            continue;
        const struct page *buddy = page_records + other;
        EXPECT(!page_has(buddy, PAGE_IN_BUDDY) || buddy->order != page->order, "pfn %lx", pfn);
    }
}

static void expect_counts(void)
{
    uint64_t states[PAGE_NSTATES], pins, held = 0;
    EXPECT(page_check_free() == 0, "%s", stand_messages());
    page_count(states, &pins);
    for (unsigned i = 0; i < nblocks; i++)
        held += 1UL << blocks[i].order;
    EXPECT(states[PAGE_FREE] == usable - held && pins == 0);
    EXPECT(states[PAGE_KERNEL] == ram_pages - usable && page_total() == ram_pages);
}

static void boot(size_t npages)
{
    uint64_t states[PAGE_NSTATES], pins;
    stand_memory(npages);
    page_count(states, &pins);
    ram_pages = npages;
    usable = states[PAGE_FREE];
    EXPECT(usable < npages && usable > npages - 2 - npages / 32);
    expect_counts();
    expect_merged();
}

static void step(void)
{
    stand_set_hart((unsigned)test_below(MAX_HARTS));
    bool room = nblocks < MAX_BLOCKS;
    if (room && test_chance(50)) {
        enum page_state state = 1 + (enum page_state)test_below(PAGE_KERNEL - 1);
        struct page *page = test_chance(50) ? kalloc(state) : kalloc_try(state);
        if (page != NULL)
            take(page, 0);
        EXPECT(page == NULL || page->state == state);
    } else if (room && test_chance(20)) {
        unsigned order = (unsigned)test_below(6);
        struct page *page = kalloc_block(PAGE_STACK, order);
        if (page != NULL)
            take(page, order);
    } else if (nblocks > 0) {
        struct block *b = &blocks[test_below(nblocks)];
        if (test_chance(10)) {
            page_get(b->page);
            b->refs++;
        }
        release(b);
    }
}

/* Grows and shrinks what is in use in waves, so that memory runs out now and then. */
static void random_steps(void)
{
    boot(500 + test_below(1500));
    for (unsigned wave = 0; wave < 6; wave++) {
        for (unsigned i = 0; i < 1500; i++) {
            step();
            if (i % 8 == 0)
                expect_counts();
            if (i % 64 == 0)
                expect_merged();
        }
        for (uint64_t n = test_below(nblocks + 1); n > 0; n--)
            release(&blocks[test_below(nblocks)]);
    }
    while (nblocks > 0)
        release(&blocks[nblocks - 1]);
    expect_counts();
    expect_merged();
    stand_expect_nothing_held();
}

/* kalloc leaves a reserve for those who write back; kalloc_try takes the last page. */
static void exhaustion(void)
{
    struct page *page;
    uint64_t plain = 0, all;
    boot(700);
    while ((page = kalloc(PAGE_ANON)) != NULL) {
        take(page, 0);
        plain++;
    }
    EXPECT(plain < usable && usable - plain <= 64 && requests > 0, "%lu of %lu", plain, usable);
    EXPECT(kalloc_block(PAGE_STACK, 1) == NULL);
    expect_counts();
    thread_begin_reserve();
    page = kalloc(PAGE_TABLE);
    EXPECT(page != NULL);
    take(page, 0);
    thread_end_reserve();
    all = plain + 1;
    while ((page = kalloc_try(PAGE_CACHE)) != NULL) {
        take(page, 0);
        all++;
    }
    EXPECT(all == usable, "%lu of %lu", all, usable);
    evictable = 1;
    page = kalloc(PAGE_ANON);
    EXPECT(page != NULL && evictable == 0, "one page could be evicted");
    take(page, 0);
    EXPECT(kalloc(PAGE_ANON) == NULL);
    while (nblocks > 0)
        release(&blocks[nblocks - 1]);
    expect_counts();
}

/* All orders, and whole memory comes back as blocks as large as they were. */
static void orders(void)
{
    boot(4096);
    for (int round = 0; round < 3; round++) {
        for (unsigned order = 0; order <= MAX_ORDER; order++) {
            struct page *page = kalloc_block(PAGE_STACK, order);
            EXPECT(page != NULL, "order %u", order);
            take(page, order);
            expect_counts();
        }
        while (nblocks > 0)
            release(&blocks[test_below(nblocks)]);
        expect_merged();
    }
}

/* Records go where nothing is taken, and pages that are half taken stay out. */
static void holes(void)
{
    static uint8_t *memory;
    struct page_extent taken[3] = {
        {STAND_RAM + 100 * PAGE_SIZE, STAND_RAM + 200 * PAGE_SIZE},
        {STAND_RAM + 250 * PAGE_SIZE + 5, STAND_RAM + 251 * PAGE_SIZE + 1},
        {STAND_RAM + 299 * PAGE_SIZE, STAND_RAM + 300 * PAGE_SIZE}};
    stand_memory_raw(300);
    memory = direct_of(STAND_RAM);
    memset(memory, 0x77, 300 * (size_t)PAGE_SIZE);
    EXPECT(page_init((struct page_extent){STAND_RAM + 1, STAND_RAM + 300 * PAGE_SIZE}, taken, 3));
    EXPECT(page_first_pfn() == STAND_RAM / PAGE_SIZE + 1 && page_total() == 299);
    for (struct page *page; (page = kalloc_try(PAGE_ANON)) != NULL;) {
        uint64_t n = page_pfn(page) - STAND_RAM / PAGE_SIZE;
        EXPECT(n > 0 && (n < 100 || n >= 200) && n != 250 && n != 251 && n != 299, "page %lu", n);
        memset(page_data(page), 0, PAGE_SIZE);
    }
    for (unsigned i = 0; i < 3; i++)
        for (uint64_t pa = taken[i].start; pa < taken[i].end; pa++)
            EXPECT(memory[pa - STAND_RAM] == 0x77, "%lx was written to", pa);
}

static void no_room(void)
{
    struct page_extent all = {STAND_RAM, STAND_RAM + 300 * PAGE_SIZE}, taken = all;
    stand_memory_raw(300);
    EXPECT(!page_init(all, &taken, 1));
    taken.start += 4 * PAGE_SIZE; /* the records of 300 pages take 5 */
    EXPECT(!page_init(all, &taken, 1));
    taken.start += PAGE_SIZE;
    EXPECT(page_init(all, &taken, 1) && kalloc_try(PAGE_ANON) == NULL);
}

static void pins(void)
{
    uint64_t states[PAGE_NSTATES], count;
    boot(300);
    struct page *page = kalloc_zeroed(PAGE_CACHE);
    for (unsigned i = 0; i < PAGE_SIZE; i++)
        EXPECT(((uint8_t *)page_data(page))[i] == 0);
    stand_set_hart(1);
    page_pin(page);
    stand_set_hart(2);
    page_unpin(page);
    page_pin(page);
    page_count(states, &count);
    EXPECT(count == 1 && page->refs == 2 && states[PAGE_CACHE] == 1);
    page_unpin(page);
    page_put(page);
    expect_counts();
}

/* --- What must end in a panic --- */

static void put_twice(void *arg)
{
    struct page *page = kalloc(PAGE_ANON);
    page_put(page);
    page_put(page);
}

static void free_busy(void *arg)
{
    struct page *page = kalloc(PAGE_CACHE);
    page_set_flags(page, PAGE_BUSY);
    page_put(page);
}

static void write_after_free(void *arg)
{
    struct page *page = kalloc(PAGE_ANON);
    char *data = page_data(page);
    page_put(page);
    data[4000] = 1;
    kalloc(PAGE_ANON);
}

static void too_large(void *arg)
{
    kalloc_block(PAGE_STACK, MAX_ORDER + 1);
}

static void misuse_panics(void)
{
    boot(300);
    EXPECT(test_panics(put_twice, NULL));
    EXPECT(test_panics(free_busy, NULL));
    EXPECT(test_panics(write_after_free, NULL));
    EXPECT(test_panics(too_large, NULL));
}

int main(void)
{
    TEST_APART(orders, 1);
    TEST_APART(exhaustion, 1);
    TEST_APART(holes, 1);
    TEST_APART(no_room, 1);
    TEST_APART(pins, 1);
    TEST_APART(misuse_panics, 1);
    TEST_APART(random_steps, 6);
    return test_end();
}
