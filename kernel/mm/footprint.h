/*
 * What a mapping has in memory, from the entries of the page table and the counts of the pages, for
 * /proc. A page counts as shared if more than one entry in the system maps it; a reference that is
 * held for a moment makes it look so.
 */
#ifndef MM_FOOTPRINT_H
#define MM_FOOTPRINT_H

#include "mm/vma.h"

/* Bytes, but for pss. The page of zeros that all share does not count, as on Linux. */
struct footprint {
    uint64_t resident;
    uint64_t pss; /* bytes << FOOTPRINT_PSS_SHIFT: each page divided by the number of its entries */
    uint64_t shared_clean, shared_dirty, private_clean, private_dirty;
    uint64_t referenced; /* with the accessed bit */
    uint64_t anonymous;  /* pages that are private copies or have no file */
};
#define FOOTPRINT_PSS_SHIFT 12

/* Adds what [vma->start, vma->end) has. */
void footprint_add(struct footprint *sum, const struct vma *vma) REQUIRES_SHARED(vma->mm->lock);

/* One page as /proc/PID/pagemap has it; 0: not there. */
#define PAGEMAP_PRESENT    (1UL << 63)
#define PAGEMAP_FILE       (1UL << 61) /* of a file, or shared anonymous */
#define PAGEMAP_EXCLUSIVE  (1UL << 56) /* this is the only entry for it */
#define PAGEMAP_SOFT_DIRTY (1UL << 55) /* stored to since footprint_clear, or new since */
uint64_t footprint_page(struct mm *mm, uint64_t va) REQUIRES_SHARED(mm->lock);

/* Writing to /proc/PID/clear_refs: what is cleared in a mapping's entries. */
enum footprint_bit { FOOTPRINT_ACCESSED, FOOTPRINT_SOFT_DIRTY };
void footprint_clear(struct vma *vma, enum footprint_bit bit) REQUIRES_SHARED(vma->mm->lock);

/* Copies from pages that are mapped, as far as they are; returns how many bytes. */
size_t footprint_read(struct mm *mm, uint64_t va, void *to, size_t n);

#endif
