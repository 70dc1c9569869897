/*
 * Memory objects: mm/object, mm/writeback and mm/reclaim over an array that plays the disk, against
 * a model that has the bytes of the file.
 */
#include "mm/object.h"

#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "mm/writeback.h"
#include "sync/sched.h"
#include "sync/self.h"
#include "tests/host/backing.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

#define FILE_MAX (BACKING_PAGES * PAGE_SIZE)

static struct backing *b;
static struct object *o;
static uint8_t model[FILE_MAX];
static uint64_t size;

/* Nothing is mapped here; tests/host/space.c is about mappings. */
static unsigned unmapped, harvested;

void rmap_unmap(struct object *object, uint64_t first, uint64_t last)
{
    EXPECT(object == o && first == (object->size + PAGE_SIZE - 1) / PAGE_SIZE);
    unmapped++;
}

void rmap_harvest(struct object *object, uint64_t first, uint64_t last)
{
    harvested++;
}

static void begin(size_t npages)
{
    backing_boot(npages);
    size = 20 * PAGE_SIZE + 100;
    b = backing_new(size);
    b->room = UINT32_MAX;
    o = &b->object;
}

static void expect_consistent(void)
{
    uint64_t states[PAGE_NSTATES], pins;
    EXPECT(object_check(o) == 0, "%s", stand_messages());
    EXPECT(object_count_dirty() == o->nmarked);
    page_count(states, &pins);
    EXPECT(pins == 0 && states[PAGE_CACHE] == o->npages, "%lu pins", pins);
    EXPECT(o->size == size);
    stand_expect_nothing_held();
    for (uint64_t i = 0; i < BACKING_PAGES; i++) {
        const struct page *page = radix_get(&o->pages, i);
        if (page != NULL)
            EXPECT(page->refs == 1 && i * PAGE_SIZE < size, "page %lu", i);
    }
}

/* --- Operations --- */

static uint64_t used_bytes(uint64_t index)
{
    uint64_t start = index * PAGE_SIZE;
    return size <= start ? 0 : size - start < PAGE_SIZE ? size - start : PAGE_SIZE;
}

static void read_one(void)
{
    uint64_t index = test_below(BACKING_PAGES);
    struct page *page;
    b->fail_reads = test_chance(10);
    int result = object_read_page(o, index, &page);
    bool may_fail = b->fail_reads;
    b->fail_reads = false;
    if (index * PAGE_SIZE >= size) {
        EXPECT(result == -ENXIO, "%d", result);
        return;
    }
    EXPECT(result >= 0 || (may_fail && result == -EIO), "%d", result);
    if (result < 0)
        return;
    EXPECT(page_has(page, PAGE_VALID) && !page_has(page, PAGE_BUSY) && page->index == index);
    EXPECT(memcmp(page_data(page), model + index * PAGE_SIZE, used_bytes(index)) == 0, "page %lu",
           index);
    page_unpin(page);
}

/* As through a mapping: also behind the end, in the last page. */
static void store_one(void)
{
    uint64_t index = test_below(BACKING_PAGES), n = 1 + test_below(300);
    uint64_t at = test_below(PAGE_SIZE - n);
    struct page *page;
    int err = o->ops->prepare_store(o, index);
    if (index * PAGE_SIZE >= size) {
        EXPECT(err == -ENXIO, "%d", err);
        return;
    }
    EXPECT(err == 0, "%d", err);
    EXPECT(object_read_page(o, index, &page) == 0);
    test_fill((char *)page_data(page) + at, n);
    uint64_t used = used_bytes(index);
    if (at < used)
        memcpy(model + index * PAGE_SIZE + at, (char *)page_data(page) + at,
               n < used - at ? n : used - at);
    object_mark_dirty(o, page);
    EXPECT(page_has(page, PAGE_DIRTY) && radix_is_marked(&o->pages, index));
    page_unpin(page);
}

static void expect_zero_tail(uint64_t end)
{
    const struct page *page = radix_get(&o->pages, end / PAGE_SIZE);
    for (uint64_t at = end % PAGE_SIZE; page != NULL && at < PAGE_SIZE; at++)
        EXPECT(((uint8_t *)page_data(page))[at] == 0, "byte %lu behind the end", at);
}

static void resize(void)
{
    uint64_t to = test_chance(50) ? test_below(FILE_MAX) : test_below(BACKING_PAGES) * PAGE_SIZE;
    if (to > size) {
        /* As the owner does it: the tail's zeros reach the disk, too. */
        struct page *page;
        if (size % PAGE_SIZE != 0 && object_read_page(o, size / PAGE_SIZE, &page) >= 0) {
            object_zero_tail(o);
            if (page_has(page, PAGE_BACKED))
                object_mark_dirty(o, page);
            page_unpin(page);
        }
        object_grow(o, to);
    } else {
        object_shrink(o, to);
        expect_zero_tail(to);
        memset(model + to, 0, FILE_MAX - to);
        uint64_t first = (to + PAGE_SIZE - 1) / PAGE_SIZE;
        memset(b->has_place + first, 0, BACKING_PAGES - first);
        for (uint64_t i = first; i < BACKING_PAGES; i++)
            EXPECT(radix_get(&o->pages, i) == NULL, "page %lu is still there", i);
    }
    size = to;
}

static void expect_on_disk(uint64_t first, uint64_t last)
{
    for (uint64_t i = first; i <= last && i < BACKING_PAGES; i++) {
        const struct page *page = radix_get(&o->pages, i);
        EXPECT(page == NULL || !page_has(page, PAGE_DIRTY), "page %lu", i);
        if (b->has_place[i])
            EXPECT(memcmp(b->disk[i], model + i * PAGE_SIZE, used_bytes(i)) == 0, "page %lu", i);
    }
}

static void clean_some(void)
{
    uint64_t first = test_below(BACKING_PAGES), last = first + test_below(BACKING_PAGES);
    unsigned before = b->writes;
    uint64_t marked = o->nmarked, inside = 0;
    for (uint64_t i = first; i <= last && i < BACKING_PAGES; i++)
        inside += radix_is_marked(&o->pages, i);
    b->fail_writes = test_chance(20);
    int err = object_clean(o, first, last);
    EXPECT(err == 0 || b->fail_writes);
    EXPECT(b->writes - before == inside && o->nmarked == marked - inside, "%u pages written",
           b->writes - before);
    EXPECT(object_take_error(o) == err && object_take_error(o) == 0);
    b->fail_writes = false;
    expect_on_disk(first, last);
}

static void random_steps(void)
{
    begin(600);
    for (int i = 0; i < 6000; i++) {
        uint64_t what = test_below(100);
        if (what < 40)
            read_one();
        else if (what < 80)
            store_one();
        else if (what < 88)
            clean_some();
        else if (what < 92)
            resize();
        else
            reclaim_evict((unsigned)test_below(20));
        if (i % 4 == 0)
            expect_consistent();
    }
    object_shrink(o, 0);
    size = 0;
    expect_consistent();
    object_put(o);
    EXPECT(b->released && o->npages == 0 && object_count_dirty() == 0);
    EXPECT(unmapped > 0 && harvested > 0);
}

/* --- Reading ahead --- */

static unsigned read_at(uint64_t index)
{
    struct page *page;
    unsigned before = b->reads;
    EXPECT(object_read_page(o, index, &page) >= 0);
    page_unpin(page);
    return b->reads - before;
}

static void reading_ahead(void)
{
    begin(600);
    memset(b->has_place, true, sizeof(b->has_place));
    size = FILE_MAX;
    object_grow(o, size);
    EXPECT(read_at(0) == 8, "the beginning is read with some more");
    EXPECT(read_at(7) == 0);
    EXPECT(read_at(8) >= 8 && o->npages >= 16, "in order: more each time");
    uint64_t next = o->npages;
    EXPECT(read_at(next) >= 16);
    reclaim_evict(1000);
    reclaim_evict(1000);
    EXPECT(o->npages == 0);
    EXPECT(read_at(33) == 1 && read_at(50) == 1 && read_at(40) == 1, "here and there: one");
    o->read_ahead = 0;
    EXPECT(read_at(0) == 1 && read_at(1) == 1, "where it is switched off");
    expect_consistent();
}

/* A bad block behind the one that is wanted does no harm. */
static int fill_but_third(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++)
        if (run->first + i == 3)
            return -EIO;
    for (unsigned i = 0; i < run->count; i++)
        memset(page_data(run->pages[i]), (int)(run->first + i), PAGE_SIZE);
    return (int)run->count;
}

static void bad_block(void)
{
    begin(600);
    struct object_ops ops = *o->ops;
    struct page *page;
    ops.fill = fill_but_third;
    o->ops = &ops;
    for (uint64_t i = 0; i < 10; i++) {
        int result = object_read_page(o, i, &page);
        EXPECT(i == 3 ? result == -EIO : result >= 0, "page %lu: %d", i, result);
        if (result < 0)
            continue;
        EXPECT(*(uint8_t *)page_data(page) == i);
        page_unpin(page);
    }
    expect_consistent();
}

/* --- What others do meanwhile --- */

static void make_valid(uint64_t index)
{
    struct page *page;
    EXPECT(o->ops->prepare_store(o, index) == 0 && object_read_page(o, index, &page) == 0);
    page_unpin(page);
}

static void store_again(struct page_run *run)
{
    b->during_write = NULL;
    EXPECT(!page_has(run->pages[0], PAGE_DIRTY) && radix_is_marked(&o->pages, run->first));
    memset(page_data(run->pages[0]), 0x33, PAGE_SIZE);
    object_mark_dirty(o, run->pages[0]);
}

/* A page stored to while it is being written stays dirty, and the next cleaning writes it. */
static void stored_while_written(void)
{
    begin(600);
    make_valid(5);
    b->during_write = store_again;
    EXPECT(object_clean(o, 0, 10) == 0);
    EXPECT(o->nmarked == 1 && b->writes == 1);
    expect_consistent();
    EXPECT(object_clean(o, 0, 10) == 0 && o->nmarked == 0 && b->disk[5][0] == 0x33);
    expect_consistent();
}

static struct page *held_busy;
static bool becomes_valid;

static void finish_other(void)
{
    EXPECT(page_has(held_busy, PAGE_WAITED));
    if (becomes_valid)
        page_set_flags(held_busy, PAGE_VALID);
    spin_lock(&o->lock);
    page_end_busy(held_busy);
    spin_unlock(&o->lock);
}

/* Cleaning and truncation wait for a page that another thread writes; reading does not. */
static void busy_pages(void)
{
    struct page *page;
    begin(600);
    make_valid(5);
    held_busy = radix_get(&o->pages, 5);
    stand_idle = finish_other;
    page_set_flags(held_busy, PAGE_BUSY);
    EXPECT(read_at(5) == 0 && page_has(held_busy, PAGE_BUSY));
    EXPECT(object_clean(o, 0, OBJECT_LAST) == 0 && b->writes == 1);
    EXPECT(!page_has(held_busy, PAGE_BUSY));
    object_mark_dirty(o, held_busy);
    page_set_flags(held_busy, PAGE_BUSY);
    EXPECT(reclaim_evict(10) == 0);
    object_shrink(o, size = PAGE_SIZE);
    EXPECT(o->npages == 0 && object_count_dirty() == 0);
    object_grow(o, size = 10 * PAGE_SIZE);
    EXPECT(object_make_page(o, 2, &page) == 0);
    /* It looks as if another thread were still reading it. */
    page_clear_flags(page, PAGE_VALID);
    page_set_flags(page, PAGE_BUSY);
    page_unpin(page);
    held_busy = page;
    becomes_valid = true;
    EXPECT(read_at(2) == 0);
    expect_consistent();
}

/* A page that was cut off is nobody's: what is done to it goes nowhere. */
static void cut_off_page(void)
{
    struct page *page;
    begin(600);
    make_valid(5);
    EXPECT(object_read_page(o, 5, &page) == 0);
    object_shrink(o, size = PAGE_SIZE);
    EXPECT(page->object == NULL && page->refs == 1);
    object_mark_dirty(o, page);
    object_mark_backed(o, page);
    EXPECT(!page_has(page, PAGE_DIRTY | PAGE_BACKED) && object_count_dirty() == 0);
    page_unpin(page);
    expect_consistent();
}

/* --- Making room --- */

static unsigned rounds;
static bool flusher_works;

static void flush(void)
{
    rounds++;
    thread_begin_reserve();
    if (flusher_works)
        object_clean(o, 0, OBJECT_LAST);
    thread_end_reserve();
    reclaim_round_done(false);
}

static void making_room(void)
{
    begin(600);
    o->read_ahead = 0;
    stand_idle = flush;
    EXPECT(!reclaim_make_room(1) && rounds == 0, "there is nothing at all");
    for (uint64_t i = 0; i < 10; i++)
        make_valid(i);
    EXPECT(reclaim_evict(100) == 0, "dirty pages stay");
    EXPECT(!reclaim_make_room(1) && rounds > 2, "the flusher cannot write");
    flusher_works = true;
    EXPECT(reclaim_make_room(1) && o->npages < 10);
    thread_begin_reserve();
    make_valid(0);
    rounds = 0;
    reclaim_evict(100);
    EXPECT(o->npages == 1 && !reclaim_make_room(1) && rounds == 0, "who writes does not wait");
    thread_end_reserve();
    expect_consistent();
}

/* The clock: a page used since the hand passed gets another round. */
static void second_chance(void)
{
    begin(600);
    o->read_ahead = 0;
    for (uint64_t i = 0; i < 4; i++) {
        make_valid(i);
        EXPECT(object_clean(o, 0, OBJECT_LAST) == 0);
    }
    for (uint64_t i = 0; i < 4; i++)
        page_clear_flags(radix_get(&o->pages, i), PAGE_REFERENCED);
    read_at(1);
    EXPECT(reclaim_evict(3) == 3 && o->npages == 1 && radix_get(&o->pages, 1) != NULL);
    EXPECT(reclaim_evict(1) == 1 && o->npages == 0);
    expect_consistent();
}

/* All memory in one object's clean pages: reading goes on for ever, and a pinned page stays. */
static void little_memory(void)
{
    struct page *page;
    begin(100);
    memset(b->has_place, true, sizeof(b->has_place));
    object_grow(o, size = FILE_MAX);
    EXPECT(object_read_page(o, 3, &page) >= 0);
    for (int i = 0; i < 500; i++)
        read_at(test_below(BACKING_PAGES));
    EXPECT(radix_get(&o->pages, 3) == page && o->npages < BACKING_PAGES);
    page_unpin(page);
    struct page *hoard[100];
    unsigned n = 0;
    while ((hoard[n] = kalloc_try(PAGE_ANON)) != NULL)
        n++;
    reclaim_evict(1000);
    reclaim_evict(1000);
    while ((hoard[n] = kalloc_try(PAGE_ANON)) != NULL)
        n++;
    EXPECT(object_read_page(o, 9, &page) == -ENOMEM);
    EXPECT(object_make_page(o, 9, &page) == -ENOMEM);
    while (n > 0)
        page_put(hoard[--n]);
    expect_consistent();
}

/* The flusher sleeps until there is work, and a request ends its delay. */
static void note_work(void)
{
    make_valid(1);
}

static void waiting_for_work(void)
{
    begin(600);
    stand_idle = note_work;
    uint64_t before = clock_monotonic_ns();
    reclaim_wait_work(1000000000);
    EXPECT(clock_monotonic_ns() >= before + 1000000000 && object_count_dirty() == 1);
    reclaim_request();
    before = clock_monotonic_ns();
    reclaim_wait_work(1000000000);
    EXPECT(clock_monotonic_ns() < before + 1000000000);
    reclaim_note_work();
    before = clock_monotonic_ns();
    reclaim_wait_work(1000000000);
    EXPECT(clock_monotonic_ns() >= before + 1000000000, "one request ends one delay");
    expect_consistent();
}

/* --- Memory without backing --- */

static void anonymous_memory(void)
{
    begin(600);
    uint64_t states[PAGE_NSTATES], pins;
    struct object *shared = object_new_anonymous(5 * PAGE_SIZE);
    struct page *page;
    for (uint64_t i = 0; i < 5; i++) {
        EXPECT(object_read_page(shared, i, &page) == 0 && page_has(page, PAGE_BACKED));
        EXPECT(*(uint64_t *)page_data(page) == 0);
        object_mark_dirty(shared, page);
        page_unpin(page);
    }
    EXPECT(object_read_page(shared, 5, &page) == -ENXIO);
    EXPECT(object_count_dirty() == 0 && reclaim_evict(100) == 0 && shared->npages == 5);
    EXPECT(object_clean(shared, 0, OBJECT_LAST) == 0 && object_check(shared) == 0);
    object_put(shared);
    page_count(states, &pins);
    EXPECT(states[PAGE_CACHE] == 0 && pins == 0);
}

int main(void)
{
    TEST_APART(reading_ahead, 1);
    TEST_APART(bad_block, 1);
    TEST_APART(stored_while_written, 1);
    TEST_APART(busy_pages, 1);
    TEST_APART(cut_off_page, 1);
    TEST_APART(making_room, 1);
    TEST_APART(second_chance, 1);
    TEST_APART(little_memory, 1);
    TEST_APART(waiting_for_work, 1);
    TEST_APART(anonymous_memory, 1);
    TEST_APART(random_steps, 6);
    return test_end();
}
