/* Memory objects for tests: see backing.h. */
#include "tests/host/backing.h"

#include <string.h>

#include "abi/errno.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

void backing_boot(size_t npages)
{
    stand_memory(npages);
    reclaim_init();
    kmalloc_init();
    object_cache_init();
    writeback_init();
}

static void expect_run(const struct page_run *run)
{
    EXPECT(run->count > 0 && run->count <= OBJECT_RUN_MAX);
    for (unsigned i = 0; i < run->count; i++) {
        const struct page *page = run->pages[i];
        EXPECT(page->object == run->object && page->index == run->first + i);
        EXPECT(page_has(page, PAGE_BUSY) && page->refs >= 2);
        EXPECT(page->index < BACKING_PAGES, "index %lu", page->index);
    }
    EXPECT(stand_thread->held.count == 0 ||
               stand_thread->held.rank[stand_thread->held.count - 1] < RANK_TREE,
           "a spinlock is held");
}

/* How many bytes of page `index` lie before the end. */
static uint64_t bytes_inside(const struct backing *b, uint64_t index)
{
    uint64_t start = index * PAGE_SIZE, size = b->object.size;
    return size <= start ? 0 : size - start < PAGE_SIZE ? size - start : PAGE_SIZE;
}

/* Behind the end of file there are zeros in memory, whatever the disk holds there. */
static int fill(struct page_run *run)
{
    struct backing *b = backing_of(run->object);
    int blocks = 0;
    expect_run(run);
    for (unsigned i = 0; i < run->count; i++) {
        uint64_t index = run->first + i;
        uint8_t *data = page_data(run->pages[i]);
        EXPECT(!page_has(run->pages[i], PAGE_VALID));
        memset(data, 0, PAGE_SIZE);
        if (!b->has_place[index])
            continue;
        if (b->fail_reads)
            return -EIO;
        memcpy(data, b->disk[index], bytes_inside(b, index));
        page_set_flags(run->pages[i], PAGE_BACKED);
        b->reads++;
        blocks++;
    }
    return blocks;
}

static int clean(struct page_run *run)
{
    struct backing *b = backing_of(run->object);
    expect_run(run);
    for (unsigned i = 0; i < run->count; i++) {
        EXPECT(b->has_place[run->first + i] && page_has(run->pages[i], PAGE_VALID | PAGE_BACKED));
        uint64_t used = bytes_inside(b, run->first + i);
        memset(b->disk[run->first + i], 0, PAGE_SIZE);
        memcpy(b->disk[run->first + i], page_data(run->pages[i]), used);
        b->writes++;
    }
    if (b->during_write != NULL)
        b->during_write(run);
    return b->fail_writes ? -EIO : 0;
}

static int prepare_store(struct object *o, uint64_t index)
{
    struct backing *b = backing_of(o);
    struct page *page;
    int err = object_read_page(o, index, &page);
    if (err < 0)
        return err;
    if (!b->has_place[index]) {
        err = b->room == 0 ? -ENOSPC : 0;
        b->has_place[index] = err == 0;
        b->room -= err == 0;
    } else {
        err = 0;
    }
    if (err == 0) {
        object_mark_backed(o, page);
        object_mark_dirty(o, page);
    }
    page_unpin(page);
    return err;
}

static int commit(struct object *o)
{
    backing_of(o)->commits++;
    return 0;
}

static void release(struct object *o)
{
    EXPECT(list_is_empty(&o->vmas) && o->shared_writers == 0);
    object_drop_pages(o, 0);
    backing_of(o)->released = true;
}

static const struct object_ops ops = {fill, clean, prepare_store, commit, release};

struct backing *backing_new(uint64_t size)
{
    struct backing *b = test_alloc(sizeof(*b));
    object_init(&b->object, &ops, size);
    b->room = BACKING_PAGES;
    return b;
}
