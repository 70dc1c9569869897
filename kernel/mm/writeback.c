/*
 * How an object's pages reach the disk, and how its size changes: see object.h.
 *
 * Cleaning goes in runs: consecutive dirty pages become BUSY and not DIRTY at once, the owner
 * writes them in one request, then they are idle. A page stored to meanwhile is DIRTY again by then
 * and keeps its mark. Nobody waits for BUSY to store to a page: the disk gets the page as it is at
 * some moment behind the last clearing of DIRTY, which is all that is promised.
 */
#include "mm/writeback.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/reclaim.h"
#include "mm/rmap.h"
#include "sync/waitq.h"

/* --- Waiting for a page that is being read or written: sleepers by the page's number --- */

#define WAIT_BUCKETS 16

static struct wait_bucket {
    struct spinlock lock;
    struct waitq sleepers; /* [lock] */
} wait_buckets[WAIT_BUCKETS];

static uint64_t marked_pages;   /* [atomic] in all objects */
static uint64_t shared_writers; /* [atomic] mappings of objects with backing */

void writeback_init(void)
{
    for (unsigned i = 0; i < WAIT_BUCKETS; i++) {
        spinlock_init(&wait_buckets[i].lock, RANK_WAIT);
        waitq_init(&wait_buckets[i].sleepers);
    }
}

static struct wait_bucket *bucket_of(const struct page *page)
{
    return &wait_buckets[page_pfn(page) % WAIT_BUCKETS];
}

/*
 * PAGE_WAITED is set before BUSY is looked at, and BUSY is cleared before WAITED is looked at; so
 * either the sleeper sees an idle page or the other side sees the sleeper.
 */
void page_wait_idle(struct page *page)
{
    struct wait_bucket *bucket = bucket_of(page);
    spin_lock(&bucket->lock);
    for (;;) {
        page_set_flags(page, PAGE_WAITED);
        if (!page_has(page, PAGE_BUSY))
            break;
        waitq_sleep(&bucket->sleepers, &bucket->lock);
    }
    spin_unlock(&bucket->lock);
}

void page_end_busy(struct page *page)
{
    uint32_t gone = PAGE_BUSY | PAGE_WAITED;
    uint32_t before = __atomic_fetch_and(&page->flags, ~gone, __ATOMIC_ACQ_REL);
    if (before & PAGE_WAITED) {
        struct wait_bucket *bucket = bucket_of(page);
        spin_lock(&bucket->lock);
        waitq_wake_all(&bucket->sleepers);
        spin_unlock(&bucket->lock);
    }
}

/* --- Dirtying --- */

void writeback_count(int pages)
{
    __atomic_fetch_add(&marked_pages, (uint64_t)(int64_t)pages, __ATOMIC_RELAXED);
}

uint64_t object_count_dirty(void)
{
    return __atomic_load_n(&marked_pages, __ATOMIC_RELAXED);
}

void object_mark_dirty_locked(struct object *o, struct page *page)
{
    if (page->object != o || page_has(page, PAGE_DIRTY) || o->ops->clean == NULL)
        return;
    page_set_flags(page, PAGE_DIRTY);
    if (!radix_is_marked(&o->pages, page->index)) {
        radix_mark(&o->pages, page->index);
        o->nmarked++;
        writeback_count(1);
        reclaim_note_work();
    }
}

void object_mark_stored(struct object *o, struct page *page)
{
    if (page->object == o)
        o->stored_to = true;
    object_mark_dirty_locked(o, page);
}

bool object_take_stores(struct object *o)
{
    spin_lock(&o->lock);
    bool any = o->stored_to;
    o->stored_to = false;
    spin_unlock(&o->lock);
    return any;
}

void object_mark_dirty(struct object *o, struct page *page)
{
    spin_lock(&o->lock);
    object_mark_dirty_locked(o, page);
    spin_unlock(&o->lock);
}

void writeback_throttle(struct object *o)
{
    if (object_count_dirty() > page_total() / 4)
        object_clean(o, 0, OBJECT_LAST);
}

/* What they store is noted nowhere but in page tables: the flusher has to look from time to time.
 */
void object_add_writer(struct object *o, int change)
{
    o->shared_writers += (uint32_t)change;
    if (o->ops->clean == NULL)
        return;
    __atomic_fetch_add(&shared_writers, (uint64_t)(int64_t)change, __ATOMIC_RELAXED);
    reclaim_note_work();
}

uint64_t object_count_writers(void)
{
    return __atomic_load_n(&shared_writers, __ATOMIC_RELAXED);
}

/* --- Cleaning --- */

/* Fills a run with the consecutive dirty pages at `index`, of which there is at least one. */
static void gather(struct object *o, uint64_t index, uint64_t last, struct page_run *run)
    REQUIRES(o->lock)
{
    *run = (struct page_run){.object = o, .first = index};
    while (run->count < OBJECT_RUN_MAX && index <= last) {
        struct page *page = object_find(o, index);
        if (page == NULL || !page_has(page, PAGE_DIRTY) || page_has(page, PAGE_BUSY))
            break;
        page_set_flags(page, PAGE_BUSY);
        page_clear_flags(page, PAGE_DIRTY);
        page_pin(page);
        run->pages[run->count++] = page;
        index++;
    }
}

/*
 * The next run of dirty pages in [*index, last], BUSY and pinned; false if there is none. A page
 * that somebody else writes is waited for and looked at again.
 */
static bool next_run(struct object *o, uint64_t *index, uint64_t last, struct page_run *run)
{
    for (;;) {
        spin_lock(&o->lock);
        struct page *page = radix_next_marked(&o->pages, index);
        if (page == NULL || *index > last) {
            spin_unlock(&o->lock);
            return false;
        }
        bool busy = page_has(page, PAGE_BUSY);
        if (busy)
            page_pin(page);
        else
            gather(o, *index, last, run);
        spin_unlock(&o->lock);
        if (!busy) {
            *index += run->count;
            return true;
        }
        page_wait_idle(page);
        page_unpin(page);
    }
}

static void finish_run(struct page_run *run, int err)
{
    struct object *o = run->object;
    spin_lock(&o->lock);
    if (err != 0)
        o->error = err;
    for (unsigned i = 0; i < run->count; i++) {
        struct page *page = run->pages[i];
        if (!page_has(page, PAGE_DIRTY)) {
            radix_unmark(&o->pages, page->index);
            o->nmarked--;
            writeback_count(-1);
        }
        page_end_busy(page);
    }
    spin_unlock(&o->lock);
    for (unsigned i = 0; i < run->count; i++)
        page_unpin(run->pages[i]);
}

int writeback_clean_marked(struct object *o, uint64_t first, uint64_t last)
{
    struct page_run run;
    int result = 0;
    while (first <= last && next_run(o, &first, last, &run)) {
        int err = o->ops->clean(&run);
        finish_run(&run, err);
        if (err != 0)
            result = err;
    }
    return result;
}

int object_clean(struct object *o, uint64_t first, uint64_t last)
{
    if (o->ops->clean == NULL)
        return 0;
    rmap_harvest(o, first, last);
    return writeback_clean_marked(o, first, last);
}

int object_take_error(struct object *o)
{
    spin_lock(&o->lock);
    int err = o->error;
    o->error = 0;
    spin_unlock(&o->lock);
    return err;
}

/* --- The size --- */

/* The page that holds the last byte, if the end is inside a page and it is in memory: pinned. */
static struct page *find_tail(struct object *o)
{
    spin_lock(&o->lock);
    struct page *page = o->size % PAGE_SIZE == 0 ? NULL : object_find(o, o->size / PAGE_SIZE);
    if (page != NULL)
        page_pin(page);
    spin_unlock(&o->lock);
    return page;
}

void object_zero_tail(struct object *o)
{
    struct page *page = find_tail(o);
    if (page == NULL)
        return;
    /* One that is being read zeroes its own tail, but perhaps for the size of a moment ago. */
    page_wait_idle(page);
    uint64_t used = o->size % PAGE_SIZE;
    memset((char *)page_data(page) + used, 0, PAGE_SIZE - used);
    page_unpin(page);
}

void object_grow(struct object *o, uint64_t size)
{
    spin_lock(&o->lock);
    KASSERT(size >= o->size, "from %lu to %lu", (long)o->size, (long)size);
    __atomic_store_n(&o->size, size, __ATOMIC_RELEASE);
    spin_unlock(&o->lock);
}

/* From the moment the size is set, faults behind it fail; so no page comes back once unmapped. */
void object_shrink(struct object *o, uint64_t size)
{
    spin_lock(&o->lock);
    KASSERT(size <= o->size, "from %lu to %lu", (long)o->size, (long)size);
    __atomic_store_n(&o->size, size, __ATOMIC_RELEASE);
    spin_unlock(&o->lock);
    uint64_t first = object_end_index(o);
    rmap_unmap(o, first, OBJECT_LAST);
    object_drop_pages(o, first);
    object_zero_tail(o);
}
