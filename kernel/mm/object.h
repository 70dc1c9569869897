/*
 * Memory objects: the page cache. An object maps page indices to pages: of a file's data, of the
 * whole disk (the file system's metadata), or of anonymous shared memory. Everything that reads or
 * writes such bytes, through a system call or a mapping, meets at the object's one page for them.
 *
 * The life of a page in an object (flags in mm/page.h; the object's lock guards them):
 *
 *              object_read_page, object_make_page
 *     (absent) ------------------------------------> BUSY, not VALID   being read, or just zeroed
 *         ^                                              |
 *         | cannot be read                               | filled
 *         +----------------------------------------------+
 *         | reclaim: clean, nobody else refers to it     v
 *         +--------------------------------------- VALID, clean <----+
 *         |                                              | stored to | written
 *         | truncation, last use                         v           |
 *         +--------------------------------------- VALID, DIRTY -----+ BUSY while being written
 *
 * Invariants:
 *  O1. A page stands in at most one object, at one index: page->object and page->index say where.
 *  O2. A page that is not VALID is BUSY, and nobody has seen its contents.
 *  O3. The pages marked in the index tree are exactly those that are DIRTY or being written;
 *      `nmarked` counts them.
 *  O4. No page lies wholly behind `size`, except while its writer, who holds the owner's outer
 * lock, is about to raise the size. O5. A PTE of a file mapping points to the object's page, or to
 * a private copy.
 *
 * Locks: object->lock is a spinlock; waiting for BUSY and I/O happen without it. Who holds it may
 * take page-table locks, so that "find the page and map it" is one step against truncation.
 */
#ifndef MM_OBJECT_H
#define MM_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/radix.h"
#include "mm/page.h"
#include "sync/spinlock.h"

#define OBJECT_RUN_MAX 32 /* pages that one request to the owner covers at the most */

struct object;

/* Consecutive pages of an object, all BUSY and referenced, for the owner to read or write. */
struct page_run {
    struct object *object;
    uint64_t first; /* index of pages[0] */
    unsigned count;
    struct page *pages[OBJECT_RUN_MAX];
};

/* What the owner of an object provides. All may sleep and are called without spinlocks. */
struct object_ops {
    /*
     * Fills a run's pages, zero behind the end of file, and sets PAGE_BACKED on those that have a
     * place on the disk. Called by whoever needs the pages, maybe with an inode's outer lock, never
     * with its block map's. Returns the number of blocks read from the device, or -EIO.
     */
    int (*fill)(struct page_run *run);

    /*
     * Writes a run's pages to their places on the disk; bytes behind the end of file are written as
     * zeros. 0 or -EIO. NULL: the object has no backing, its pages are never evicted.
     */
    int (*clean)(struct page_run *run);

    /*
     * Gives page `index` a place on the disk, so that it may be stored to through a mapping, and
     * marks it backed and dirty. Called by a fault, with no locks. 0, -ENOSPC, -EIO, -ENOMEM, or
     * -ENXIO when the file does not reach there any more.
     */
    int (*prepare_store)(struct object *object, uint64_t index);

    /* Makes durable what object_clean has written. Called without locks by munmap and exit. */
    int (*commit)(struct object *object);

    /* The last reference is gone. Called without locks. */
    void (*release)(struct object *object);
};

struct object {
    struct spinlock lock;         /* RANK_OBJECT */
    uint32_t refs;                /* [atomic] mappings, open files, whoever works with it */
    struct radix pages;           /* [lock] struct page by index; marked: dirty or being written */
    struct list vmas;             /* [lock] struct vma, by object_node; see mm/rmap.h */
    uint64_t size;                /* [lock to change] bytes */
    bool stored_to;               /* [lock] through a mapping; see object_take_stores */
    uint64_t npages;              /* [lock] */
    uint64_t nmarked;             /* [lock] */
    uint64_t read_ahead_at;       /* [racy hint] index behind the last read from the disk */
    uint32_t read_ahead;          /* [racy hint] pages the next one may take; 0: always one */
    uint32_t shared_writers;      /* [lock] mappings through which stores may reach the pages */
    int error;                    /* [lock] of a failed write, until object_take_error */
    const struct object_ops *ops; /* [const] */
};

void object_cache_init(void);

/* `ops->release` decides what becomes of the memory. One reference. */
void object_init(struct object *o, const struct object_ops *ops, uint64_t size);
void object_get(struct object *o);
void object_put(struct object *o);

/* Shared anonymous memory with one reference; NULL without memory. */
struct object *object_new_anonymous(uint64_t size);

static inline uint64_t object_size(const struct object *o)
{
    return __atomic_load_n(&o->size, __ATOMIC_RELAXED);
}

/* The index behind the last page that has bytes before the end. */
static inline uint64_t object_end_index(const struct object *o)
{
    return (object_size(o) + PAGE_SIZE - 1) / PAGE_SIZE;
}

/* The page at `index`, VALID or not, without a reference; NULL if it is not there. */
static inline struct page *object_find(struct object *o, uint64_t index) REQUIRES(o->lock)
{
    return radix_get(&o->pages, index);
}

/* A VALID page was used: reclaim will pass it over once. */
static inline void object_note_use(struct page *page)
{
    if (!page_has(page, PAGE_REFERENCED))
        page_set_flags(page, PAGE_REFERENCED);
}

/*
 * Gives the VALID page at `index`, pinned. If it is not there it is read, and with it some of those
 * behind it when the object is being read in order. Returns the number of blocks read from the
 * device, -EIO, -ENOMEM, or -ENXIO when `index` is behind the end.
 */
int object_read_page(struct object *o, uint64_t index, struct page **page);

/*
 * The same, but a page that is not there is made of zeros instead of read: for new blocks. `index`
 * may lie behind the end. 0 or -ENOMEM.
 */
int object_make_page(struct object *o, uint64_t index, struct page **page);

/* A pinned page was stored to; or has its place on the disk now. Nothing if it was cut off. */
void object_mark_dirty(struct object *o, struct page *page) EXCLUDES(o->lock);
void object_mark_dirty_locked(struct object *o, struct page *page) REQUIRES(o->lock);
void object_mark_backed(struct object *o, struct page *page);

/* Waits until a pinned page is not BUSY. */
void page_wait_idle(struct page *page);

/*
 * Writes the dirty pages in [first, last], what was stored through mappings included; waits for
 * those that others are writing. 0 or the error of a write, which is also kept in the object.
 */
#define OBJECT_LAST RADIX_MAX_INDEX
int object_clean(struct object *o, uint64_t first, uint64_t last);

/* The error of a write since the last call, or 0: for fsync and its like, which report it once. */
int object_take_error(struct object *o);

/*
 * Changing the size; the owner's outer lock is held. object_zero_tail zeroes what lies behind the
 * end in the last page, if that is in memory: before growing, so that bytes that were stored there
 * through a mapping do not show up. object_shrink unmaps what lies behind the new end everywhere,
 * drops the pages and zeroes the tail.
 */
void object_zero_tail(struct object *o);
void object_grow(struct object *o, uint64_t size);
void object_shrink(struct object *o, uint64_t size);

/* Takes a page out for reclaim. It is clean, idle, and referred to by nobody else. */
void object_evict(struct object *o, struct page *page) REQUIRES(o->lock);

/*
 * A page was stored to through a mapping: it is dirty, and object_take_stores will say once that
 * there was such a store (for the file's times).
 */
void object_mark_stored(struct object *o, struct page *page) REQUIRES(o->lock);
bool object_take_stores(struct object *o);

/* A mapping through which stores reach the pages comes (1) or goes (-1). */
void object_add_writer(struct object *o, int change) REQUIRES(o->lock);

/* Such mappings of objects with backing, in the whole system. */
uint64_t object_count_writers(void);

/* Dirty pages in the whole system; and the audit's look at one object (O1 to O3). */
uint64_t object_count_dirty(void);
unsigned object_check(struct object *o);

#endif
