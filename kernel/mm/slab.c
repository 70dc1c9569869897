/*
 * Small structures: see slab.h. A slab is a page whose record holds the chain of its free objects
 * and how many are handed out. The first word of a free object links the chain.
 *
 * Invariant: a slab stands in its cache's partial list if and only if its chain is not empty.
 */
#include "mm/slab.h"

#include "lib/string.h"
#include "lib/util.h"
#include "mm/page.h"
#include "sync/self.h"

#define HART_BATCH 8 /* objects that move between a hart and the slabs at once */
#define HART_LIMIT 24
#define POISON     0x5d

static struct list all_caches = LIST_INIT(all_caches); /* [boot] */

static void *next_of(void *object)
{
    return *(void **)object;
}

static void set_next(void *object, void *next)
{
    *(void **)object = next;
}

void slab_init(struct slab_cache *cache, const char *name, size_t size)
{
    KASSERT(size <= PAGE_SIZE, "%s: %lu bytes", name, (long)size);
    memset(cache, 0, sizeof(*cache));
    cache->name = name;
    cache->size = round_up(size, 16);
    spinlock_init(&cache->lock, RANK_SLAB);
    list_init(&cache->partial);
    list_push_back(&all_caches, &cache->all);
}

/* --- Poison (debug builds): a free object's bytes behind the link stay as they are --- */

static void poison(const struct slab_cache *cache, void *object)
{
#ifdef QUIRE_DEBUG
    memset((char *)object + sizeof(void *), POISON, cache->size - sizeof(void *));
#endif
}

static void check_poison(const struct slab_cache *cache, const void *object)
{
#ifdef QUIRE_DEBUG
    const unsigned char *bytes = object;
    for (size_t i = sizeof(void *); i < cache->size; i++)
        KASSERT(bytes[i] == POISON, "free %s at %p was written to: byte %lu is %x", cache->name,
                object, (long)i, bytes[i]);
#endif
}

/* --- Slabs --- */

/* Makes a fresh page into a slab of free objects. */
static void slab_carve(struct slab_cache *cache, struct page *page)
{
    char *data = page_data(page);
    page->cache = cache;
    page->free = NULL;
    page->in_use = 0;
    for (size_t at = PAGE_SIZE / cache->size; at > 0; at--) {
        void *object = data + (at - 1) * cache->size;
        poison(cache, object);
        set_next(object, page->free);
        page->free = object;
    }
}

static void *slab_take(struct page *page)
{
    void *object = page->free;
    page->free = next_of(object);
    page->in_use++;
    if (page->free == NULL)
        list_remove(&page->node);
    return object;
}

/* Puts an object back; a slab that is empty then and not the only one is handed to the caller. */
static struct page *slab_return(struct slab_cache *cache, void *object) REQUIRES(cache->lock)
{
    struct page *page = page_of_data(object);
    KASSERT(page->state == PAGE_SLAB && page->cache == cache, "%p is no %s", object, cache->name);
    KASSERT(page->in_use > 0, "%s at %p is freed twice", cache->name, object);
    if (page->free == NULL)
        list_push_front(&cache->partial, &page->node);
    set_next(object, page->free);
    page->free = object;
    page->in_use--;
    bool only = cache->partial.next == &page->node && cache->partial.prev == &page->node;
    if (page->in_use > 0 || only)
        return NULL;
    list_remove(&page->node);
    return page;
}

/* Moves free objects from the slabs to this hart; false if the slabs have none. */
static bool refill(struct slab_cache *cache)
{
    unsigned hart = hart_self(), got = 0;
    spin_lock(&cache->lock);
    for (; got < HART_BATCH && !list_is_empty(&cache->partial); got++) {
        void *object = slab_take(list_entry(cache->partial.next, struct page, node));
        set_next(object, cache->hart[hart].top);
        cache->hart[hart].top = object;
    }
    cache->hart[hart].count += got;
    spin_unlock(&cache->lock);
    return got > 0;
}

static void add_slab(struct slab_cache *cache, struct page *page)
{
    list_init(&page->node);
    slab_carve(cache, page);
    spin_lock(&cache->lock);
    list_push_front(&cache->partial, &page->node);
    spin_unlock(&cache->lock);
}

static void drain(struct slab_cache *cache)
{
    unsigned hart = hart_self();
    struct list empty = LIST_INIT(empty);
    spin_lock(&cache->lock);
    for (unsigned i = 0; i < HART_BATCH; i++) {
        void *object = cache->hart[hart].top;
        cache->hart[hart].top = next_of(object);
        struct page *page = slab_return(cache, object);
        if (page != NULL)
            list_push_back(&empty, &page->node);
    }
    cache->hart[hart].count -= HART_BATCH;
    spin_unlock(&cache->lock);
    for (struct list *node; (node = list_pop_front(&empty)) != NULL;)
        page_put(list_entry(node, struct page, node));
}

/* --- Allocating --- */

/* Sizes are multiples of 16; in line, since most objects are small. */
static inline void clear(void *object, size_t size)
{
    uint64_t *end = (uint64_t *)((char *)object + size);
    for (uint64_t *word = object; word < end; word += 2) {
        word[0] = word[1] = 0;
        __asm__ volatile("" : : : "memory"); /* or it becomes a call of memset */
    }
}

/* An object of this hart's, if it has one. */
static inline void *take(struct slab_cache *cache)
{
    unsigned hart = hart_self();
    void *object = cache->hart[hart].top;
    if (object == NULL)
        return NULL;
    cache->hart[hart].top = next_of(object);
    cache->hart[hart].count--;
    cache->hart[hart].in_use++;
    check_poison(cache, object);
    clear(object, cache->size);
    return object;
}

/* Where this hart has none left. */
static void *alloc_slowly(struct slab_cache *cache, struct page *(*get_page)(enum page_state))
{
    void *object;
    while ((object = take(cache)) == NULL) {
        if (refill(cache))
            continue;
        struct page *page = get_page(PAGE_SLAB);
        if (page == NULL)
            return NULL;
        add_slab(cache, page);
    }
    return object;
}

void *slab_alloc(struct slab_cache *cache)
{
    if (thread_alloc_fails())
        return NULL;
    void *object = take(cache);
    return likely(object != NULL) ? object : alloc_slowly(cache, kalloc);
}

void *slab_try_alloc(struct slab_cache *cache)
{
    void *object = take(cache);
    return likely(object != NULL) ? object : alloc_slowly(cache, kalloc_try);
}

void slab_free(struct slab_cache *cache, void *object)
{
    unsigned hart = hart_self();
    poison(cache, object);
    set_next(object, cache->hart[hart].top);
    cache->hart[hart].top = object;
    cache->hart[hart].in_use--;
    if (++cache->hart[hart].count > HART_LIMIT)
        drain(cache);
}

uint64_t slab_in_use(const struct slab_cache *cache)
{
    int64_t sum = 0;
    for (unsigned hart = 0; hart < MAX_HARTS; hart++)
        sum += cache->hart[hart].in_use;
    return (uint64_t)sum;
}

const struct slab_cache *slab_next(const struct slab_cache *cache)
{
    const struct list *next = cache == NULL ? all_caches.next : cache->all.next;
    return next == &all_caches ? NULL : list_entry(next, const struct slab_cache, all);
}

/* --- Memory of any size: powers of two up to half a page, then whole blocks --- */

#define KMALLOC_SMALLEST 32
#define KMALLOC_CLASSES  7 /* 32 to 2048 bytes */

static struct slab_cache kmalloc_caches[KMALLOC_CLASSES];
static struct slab_cache large_blocks; /* only counts the pages of whole blocks */

void kmalloc_init(void)
{
    static const char *const names[KMALLOC_CLASSES] = {"kmalloc-32",  "kmalloc-64",  "kmalloc-128",
                                                       "kmalloc-256", "kmalloc-512", "kmalloc-1k",
                                                       "kmalloc-2k"};
    for (unsigned i = 0; i < KMALLOC_CLASSES; i++)
        slab_init(&kmalloc_caches[i], names[i], KMALLOC_SMALLEST << i);
    slab_init(&large_blocks, "kmalloc-pages", PAGE_SIZE);
}

static void count_large(int64_t npages)
{
    large_blocks.hart[hart_self()].in_use += npages;
}

void *kmalloc(size_t size)
{
    for (unsigned i = 0; i < KMALLOC_CLASSES; i++)
        if (size <= (size_t)KMALLOC_SMALLEST << i)
            return slab_alloc(&kmalloc_caches[i]);
    unsigned order = 0;
    while ((size_t)PAGE_SIZE << order < size)
        order++;
    struct page *block = kalloc_block(PAGE_SLAB, order);
    if (block == NULL)
        return NULL;
    block->cache = NULL;
    count_large(1 << order);
    memset(page_data(block), 0, PAGE_SIZE << order);
    return page_data(block);
}

void kfree(void *memory)
{
    if (memory == NULL)
        return;
    struct page *page = page_of_data(memory);
    KASSERT(page->state == PAGE_SLAB, "%p is not kmalloc's", memory);
    if (page->cache != NULL) {
        slab_free(page->cache, memory);
        return;
    }
    count_large(-(1 << page->order));
    page_put(page);
}
