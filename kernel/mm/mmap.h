/* Mapping and unmapping ranges of an address space; the program break. */
#ifndef MM_MMAP_H
#define MM_MMAP_H

#include "mm/vma.h"

struct mapping {
    uint64_t start; /* with `fixed`: where; else a wish, 0: anywhere */
    uint64_t size;  /* bytes, a multiple of the page size, not 0 */
    uint32_t prot;
    uint32_t flags;        /* VMA_* */
    struct object *object; /* whose reference is taken over on success; or NULL */
    uint64_t first;        /* index in the object */
    bool fixed;            /* exactly at start */
    bool replace;          /* what was mapped there gives way */
    bool populate;         /* get the pages, as far as that goes; locked ones come anyway */
};

/* Returns the address or -ENOMEM, -EAGAIN, -EEXIST, -EPERM, with nothing changed then. */
int64_t mm_map(struct mm *mm, const struct mapping *mapping);
int mm_unmap(struct mm *mm, uint64_t start, uint64_t size);

/* Moves the program break; returns the new one, or the old one if it cannot be moved. */
uint64_t mm_brk(struct mm *mm, uint64_t end);

/* Below this mmap places what may go anywhere: it leaves room for the stack. */
#define MAP_BASE (STACK_TOP - STACK_MAX - STACK_GUARD)

#endif
