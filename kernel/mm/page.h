/*
 * Physical memory: one record for each page, and the allocator.
 *
 * A page is free or counted. kalloc hands it out with one reference; page_get and page_put count;
 * the last page_put frees it, and nothing else does. Who holds references: each PTE that maps the
 * page, the object that caches it, whoever allocated it for itself (a page table's parent, a slab
 * cache, a thread's stack), and short-lived pins (page_pin), which are counted in sum so that the
 * audit can tell a pin from a leak.
 *
 * The owner state says what the page is for; page_set_state alone changes it and keeps a counter
 * per state, so the states always add up to all of RAM.
 *
 *             kalloc(state)                      page_put, last reference
 *     FREE ------------------> ANON, CACHE, ... --------------------------> FREE
 *
 * Invariants:
 *  P1. A FREE page has no references and stands in exactly one place: a block of the buddy system
 *      (PAGE_IN_BUDDY on the block's first page), one hart's stack of free pages, or the loose
 * ones. P2. Free blocks are aligned to their size, and two free buddies are merged. P3. A CACHE
 * page with an object is that object's at page->index, and the object holds a reference.
 *
 * Locks: a hart's own stack needs none, since the kernel is not preempted; the buddy system has a
 * spinlock (RANK_PAGES). kalloc may sleep to make room; kalloc_try never does.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/limits.h"
#include "abi/quire.h"
#include "lib/assert.h"
#include "lib/list.h"
#include "mm/direct.h"

struct object;
struct slab_cache;

/* page->flags; all changes are atomic. The first six belong to CACHE pages (mm/object.h). */
#define PAGE_VALID      0x001 /* holds what it should hold */
#define PAGE_BUSY       0x002 /* being read or written by the disk */
#define PAGE_DIRTY      0x004 /* differs from the disk */
#define PAGE_BACKED     0x008 /* has a place on the disk, or needs none: may be stored to */
#define PAGE_REFERENCED 0x010 /* used since reclaim last looked */
#define PAGE_LOGGED     0x020 /* in a transaction of the journal, which holds a reference */
#define PAGE_WAITED     0x040 /* somebody sleeps until it is not busy */
#define PAGE_IN_LRU     0x080 /* page->node stands in the list of evictable pages */
#define PAGE_IN_BUDDY   0x100 /* the first page of a free block of 2^order pages */

struct page {
    uint32_t refs;    /* [atomic] */
    uint32_t flags;   /* [atomic] */
    uint8_t state;    /* [owner] enum page_state; changed by page_set_state only */
    uint8_t order;    /* [owner] of the block that it begins, free or handed out */
    uint16_t in_use;  /* [cache->lock] SLAB: objects handed out */
    struct list node; /* FREE: in a buddy list. CACHE: reclaim's or the journal's. SLAB: slabs. */
    union {
        struct {
            struct object *object; /* [object->lock] CACHE: NULL once it was cut off */
            uint64_t index;        /* [const] while it has an object */
        };
        struct {
            struct slab_cache *cache; /* [const] SLAB: NULL for a large block of kmalloc */
            void *free;               /* [cache->lock] SLAB: chain of free objects */
        };
        struct page *below; /* FREE: the next in a hart's stack */
    };
} __attribute__((aligned(64)));

/* The record of physical page n is at page_records + n (the array starts at the first RAM page). */
extern struct page *page_records;

static inline struct page *page_of_pa(uint64_t pa)
{
    return page_records + (pa >> 12);
}

static inline uint64_t page_pfn(const struct page *page)
{
    return (uint64_t)(page - page_records);
}

static inline uint64_t page_pa(const struct page *page)
{
    return page_pfn(page) << 12;
}

/* Where the kernel sees the page's contents, and back. */
static inline void *page_data(const struct page *page)
{
    return direct_of(page_pa(page));
}

static inline struct page *page_of_data(const void *data)
{
    return page_of_pa(pa_of(data));
}

/*
 * Takes over physical memory [start, end): places the records in it and frees all that lies in none
 * of the extents. Called once. Returns false if there is not even room for the records.
 */
struct page_extent {
    uint64_t start, end; /* physical addresses */
};
bool page_init(struct page_extent ram, const struct page_extent *taken, unsigned ntaken);

/* One page (a block of 2^order pages, aligned) with one reference, contents undefined; or NULL. */
struct page *kalloc(enum page_state state);
struct page *kalloc_block(enum page_state state, unsigned order);
struct page *kalloc_try(enum page_state state);
struct page *kalloc_zeroed(enum page_state state);

void page_free(struct page *page);

static inline void page_get(struct page *page)
{
    uint32_t before = __atomic_fetch_add(&page->refs, 1, __ATOMIC_RELAXED);
    DEBUG_ASSERT(before != 0 && before < UINT32_MAX, "pfn %lx", (long)page_pfn(page));
    (void)before;
}

static inline void page_put(struct page *page)
{
    uint32_t before = __atomic_fetch_sub(&page->refs, 1, __ATOMIC_ACQ_REL);
    KASSERT(before != 0, "page %lx had no references", (long)page_pfn(page));
    if (before == 1)
        page_free(page);
}

/* A reference that its holder gives back before it leaves the kernel. */
void page_pin(struct page *page);
void page_unpin(struct page *page);

void page_set_state(struct page *page, enum page_state state);

static inline bool page_has(const struct page *page, uint32_t flag)
{
    return (__atomic_load_n(&page->flags, __ATOMIC_RELAXED) & flag) != 0;
}

static inline void page_set_flags(struct page *page, uint32_t flags)
{
    __atomic_fetch_or(&page->flags, flags, __ATOMIC_RELEASE);
}

static inline void page_clear_flags(struct page *page, uint32_t flags)
{
    __atomic_fetch_and(&page->flags, ~flags, __ATOMIC_RELEASE);
}

/* Whole pages, in wide unrolled loops. */
void page_zero(void *data);
void page_copy(void *to, const void *from);

/* Pages per state, outstanding pins, RAM in pages; free pages that the buddy system holds. */
void page_count(uint64_t states[PAGE_NSTATES], uint64_t *pins);
uint64_t page_total(void);
uint64_t page_count_free(void);

/* The record range, for the audit: [first, last) in page frame numbers. */
uint64_t page_first_pfn(void);
uint64_t page_last_pfn(void);

/* Checks P1 and P2 with all other harts stopped; prints and returns the number of violations. */
unsigned page_check_free(void);
void page_show(const struct page *page);

#endif
