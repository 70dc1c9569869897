/*
 * Small structures of one size each (Bonwick, "The Slab Allocator", USENIX 1994): a cache cuts
 * pages into objects; each hart keeps a few free ones at hand, so the common case takes no lock.
 *
 * Objects come zeroed. slab_alloc and kmalloc may sleep to make room; slab_try_alloc never does.
 * All return NULL when there is no memory.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include <stddef.h>
#include <stdint.h>

#include "arch/layout.h"
#include "lib/list.h"
#include "sync/spinlock.h"

struct slab_cache {
    const char *name;     /* [const] */
    size_t size;          /* [const] bytes of an object, a multiple of 16 */
    struct list all;      /* [boot] in the list of all caches */
    struct spinlock lock; /* RANK_SLAB */
    struct list partial;  /* [lock] slabs that have free objects */
    struct {
        void *top; /* chain of free objects */
        unsigned count;
        int64_t in_use; /* difference: the sum over all harts is the number handed out */
    } hart[MAX_HARTS];  /* [that hart] */
};

/* At boot, once for each cache. */
void slab_init(struct slab_cache *cache, const char *name, size_t size);

void *slab_alloc(struct slab_cache *cache);
void *slab_try_alloc(struct slab_cache *cache);
void slab_free(struct slab_cache *cache, void *object);

uint64_t slab_in_use(const struct slab_cache *cache);

/* All caches in order of their making: NULL yields the first; NULL behind the last. */
const struct slab_cache *slab_next(const struct slab_cache *cache);

/* Memory of any size, for arrays; zeroed. */
void kmalloc_init(void);
void *kmalloc(size_t size);
void kfree(void *memory);

#endif
