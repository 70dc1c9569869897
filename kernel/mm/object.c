/*
 * Memory objects: see object.h. This file holds how pages come into an object and leave it;
 * writeback.c how they reach the disk and how the size changes.
 */
#include "mm/object.h"

#include "abi/errno.h"
#include "lib/print.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define READ_AHEAD_FIRST 8

static struct slab_cache node_cache;
static struct slab_cache anonymous_cache;

void object_cache_init(void)
{
    slab_init(&node_cache, "index node", sizeof(struct radix_node));
    slab_init(&anonymous_cache, "shared memory", sizeof(struct object));
}

struct radix_node *radix_node_alloc(void)
{
    return slab_try_alloc(&node_cache);
}

void radix_node_free(struct radix_node *node)
{
    slab_free(&node_cache, node);
}

/* --- Life --- */

void object_init(struct object *o, const struct object_ops *ops, uint64_t size)
{
    *o = (struct object){.refs = 1, .size = size, .ops = ops, .read_ahead = READ_AHEAD_FIRST};
    spinlock_init(&o->lock, RANK_OBJECT);
    list_init(&o->vmas);
}

void object_get(struct object *o)
{
    __atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);
}

void object_put(struct object *o)
{
    uint32_t before = __atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL);
    KASSERT(before != 0, "object %p had no references", (void *)o);
    if (before == 1)
        o->ops->release(o);
}

/* --- Pages coming in --- */

static bool is_evictable(const struct object *o)
{
    return o->ops->clean != NULL;
}

/* Enters a fresh page, whose one reference becomes the object's. 0 or -ENOMEM. */
static int insert(struct object *o, uint64_t index, struct page *page) REQUIRES(o->lock)
{
    int err = radix_insert(&o->pages, index, page);
    if (err != 0)
        return err;
    page->object = o;
    page->index = index;
    list_init(&page->node);
    o->npages++;
    return 0;
}

/* Takes a page out; the object's reference passes to the caller. */
static void take_out(struct object *o, struct page *page) REQUIRES(o->lock)
{
    KASSERT(page->object == o && !page_has(page, PAGE_LOGGED), "page %lx, flags %x",
            (long)page_pfn(page), page->flags);
    if (radix_is_marked(&o->pages, page->index)) {
        o->nmarked--;
        writeback_count(-1);
    }
    radix_remove(&o->pages, page->index);
    o->npages--;
    reclaim_remove(page);
    page->object = NULL;
    page_clear_flags(page, PAGE_VALID | PAGE_DIRTY | PAGE_BACKED | PAGE_REFERENCED);
}

void object_evict(struct object *o, struct page *page)
{
    KASSERT(!page_has(page, PAGE_DIRTY | PAGE_BUSY), "page %lx, flags %x", (long)page_pfn(page),
            page->flags);
    take_out(o, page);
}

/* The page is what it should be, from now on and for all. */
static void make_valid(struct object *o, struct page *page) REQUIRES(o->lock)
{
    page_set_flags(page, PAGE_VALID | PAGE_REFERENCED);
    if (is_evictable(o))
        reclaim_add(page);
}

/* What became of an attempt to put a new page into an object. */
enum entry { ENTERED, TAKEN, BEHIND_END, NO_MEMORY };

/* Puts a BUSY page at `index` and pins it for the caller, unless a page is there already. */
static enum entry enter_busy(struct page_run *run, uint64_t index)
{
    struct object *o = run->object;
    struct page *page = kalloc(PAGE_CACHE);
    if (page == NULL)
        return NO_MEMORY;
    enum entry result = ENTERED;
    spin_lock(&o->lock);
    if (index >= object_end_index(o))
        result = BEHIND_END;
    else if (object_find(o, index) != NULL)
        result = TAKEN;
    else if (insert(o, index, page) != 0)
        result = NO_MEMORY;
    if (result == ENTERED) {
        page_set_flags(page, PAGE_BUSY);
        page_pin(page);
        run->pages[run->count++] = page;
    }
    spin_unlock(&o->lock);
    if (result != ENTERED)
        page_put(page);
    return result;
}

/* Ends a run's reading: its pages are valid, or gone. */
static void finish_fill(struct page_run *run, bool ok)
{
    struct object *o = run->object;
    spin_lock(&o->lock);
    for (unsigned i = 0; i < run->count; i++) {
        if (ok)
            make_valid(o, run->pages[i]);
        else
            take_out(o, run->pages[i]);
        page_end_busy(run->pages[i]);
    }
    spin_unlock(&o->lock);
    for (unsigned i = 0; i < run->count; i++) {
        if (!ok)
            page_put(run->pages[i]);
        page_unpin(run->pages[i]);
    }
}

/* How many pages to read at `index`: more each time when the reads follow each other. */
static unsigned read_ahead(struct object *o, uint64_t index)
{
    unsigned window = o->read_ahead;
    if (window == 0)
        return 1;
    if (index != o->read_ahead_at) {
        o->read_ahead = READ_AHEAD_FIRST;
        return index == 0 ? READ_AHEAD_FIRST : 1;
    }
    o->read_ahead = window * 2 < OBJECT_RUN_MAX ? window * 2 : OBJECT_RUN_MAX;
    return window;
}

/*
 * Reads the page at `index` and up to `count - 1` absent ones behind it. Returns the number of
 * blocks read (0 also when somebody else was faster), -EIO, -ENOMEM or -ENXIO.
 */
static int read_run(struct object *o, uint64_t index, unsigned count)
{
    struct page_run run = {.object = o, .first = index};
    enum entry last = ENTERED;
    while (run.count < count && last == ENTERED)
        last = enter_busy(&run, index + run.count);
    if (run.count == 0)
        return last == BEHIND_END ? -ENXIO : last == NO_MEMORY ? -ENOMEM : 0;
    int blocks = o->ops->fill(&run);
    finish_fill(&run, blocks >= 0);
    o->read_ahead_at = index + run.count;
    if (blocks < 0 && run.count > 1)
        return read_run(o, index, 1); /* the bad block may be one that nobody asked for */
    return blocks;
}

/*
 * Looks for the page at `index`: pinned in *page and true if it is there and valid. If it is being
 * read, waits for that to end and then looks again.
 */
static bool lookup_valid(struct object *o, uint64_t index, struct page **page)
{
    for (;;) {
        spin_lock(&o->lock);
        struct page *found = object_find(o, index);
        if (found == NULL) {
            spin_unlock(&o->lock);
            return false;
        }
        bool valid = page_has(found, PAGE_VALID);
        if (valid)
            object_note_use(found);
        page_pin(found);
        spin_unlock(&o->lock);
        if (valid) {
            *page = found;
            return true;
        }
        page_wait_idle(found);
        page_unpin(found);
    }
}

int object_read_page(struct object *o, uint64_t index, struct page **page)
{
    int blocks = 0;
    while (!lookup_valid(o, index, page)) {
        int n = read_run(o, index, read_ahead(o, index));
        if (n < 0)
            return n;
        blocks += n;
    }
    return blocks;
}

int object_make_page(struct object *o, uint64_t index, struct page **page)
{
    while (!lookup_valid(o, index, page)) {
        struct page *fresh = kalloc_zeroed(PAGE_CACHE);
        if (fresh == NULL)
            return -ENOMEM;
        spin_lock(&o->lock);
        bool entered = object_find(o, index) == NULL && insert(o, index, fresh) == 0;
        if (entered) {
            make_valid(o, fresh);
            page_pin(fresh);
        }
        spin_unlock(&o->lock);
        if (entered) {
            *page = fresh;
            return 0;
        }
        page_put(fresh);
        if (page_count_free() == 0 && !reclaim_make_room(1))
            return -ENOMEM;
    }
    return 0;
}

void object_mark_backed(struct object *o, struct page *page)
{
    spin_lock(&o->lock);
    if (page->object == o)
        page_set_flags(page, PAGE_BACKED);
    spin_unlock(&o->lock);
}

/* --- Pages leaving --- */

/* The first page at or behind *index that is idle, out of the object; NULL behind the last. */
static struct page *remove_next(struct object *o, uint64_t *index)
{
    for (;;) {
        spin_lock(&o->lock);
        struct page *page = radix_next(&o->pages, index);
        bool busy = page != NULL && page_has(page, PAGE_BUSY);
        if (busy)
            page_pin(page);
        else if (page != NULL)
            take_out(o, page);
        spin_unlock(&o->lock);
        if (!busy)
            return page;
        page_wait_idle(page);
        page_unpin(page);
    }
}

void object_drop_pages(struct object *o, uint64_t first)
{
    struct page *page;
    while ((page = remove_next(o, &first)) != NULL)
        page_put(page);
}

/* --- Shared anonymous memory: an object without backing --- */

static int anonymous_fill(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        page_zero(page_data(run->pages[i]));
        page_set_flags(run->pages[i], PAGE_BACKED);
    }
    return 0;
}

static void anonymous_release(struct object *o)
{
    object_drop_pages(o, 0);
    slab_free(&anonymous_cache, o);
}

static const struct object_ops anonymous_ops = {
    .fill = anonymous_fill,
    .release = anonymous_release,
};

struct object *object_new_anonymous(uint64_t size)
{
    struct object *o = slab_alloc(&anonymous_cache);
    if (o != NULL) {
        object_init(o, &anonymous_ops, size);
        o->read_ahead = 0;
    }
    return o;
}

/* --- Looking at it --- */

static bool page_is_right(struct object *o, const struct page *page, uint64_t index)
    REQUIRES(o->lock)
{
    bool valid = page_has(page, PAGE_VALID), busy = page_has(page, PAGE_BUSY);
    bool marked = radix_is_marked(&o->pages, index);
    bool dirty = page_has(page, PAGE_DIRTY);
    return page->object == o && page->index == index && page->state == PAGE_CACHE &&
           page->refs > 0 && (valid || busy) && marked == (dirty || (valid && busy));
}

unsigned object_check(struct object *o)
{
    unsigned wrong = 0;
    uint64_t index = 0, npages = 0, nmarked = 0;
    struct page *page;
    spin_lock(&o->lock);
    for (; (page = radix_next(&o->pages, &index)) != NULL; index++) {
        npages++;
        nmarked += radix_is_marked(&o->pages, index);
        if (!page_is_right(o, page, index)) {
            kprintf("audit: object %p has at index %lx the wrong ", (void *)o, (long)index);
            page_show(page);
            wrong++;
        }
    }
    if (npages != o->npages || nmarked != o->nmarked) {
        kprintf("audit: object %p has %lu pages, %lu marked; counted %lu and %lu\n", (void *)o,
                (long)npages, (long)nmarked, (long)o->npages, (long)o->nmarked);
        wrong++;
    }
    spin_unlock(&o->lock);
    return wrong;
}
