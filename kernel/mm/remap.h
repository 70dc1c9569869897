/* Moving and resizing mappings: mremap(2). */
#ifndef MM_REMAP_H
#define MM_REMAP_H

#include "mm/mm.h"

struct remapping {
    uint64_t start, size; /* the old range, of whole pages and one mapping */
    uint64_t new_size;    /* whole pages, not 0 */
    uint64_t new_start;   /* with MREMAP_FIXED */
    unsigned flags;       /* MREMAP_* */
};

/*
 * The new address, or -EINVAL, -EFAULT (the old range is not of one mapping), -ENOMEM. The pages
 * go along: none is copied, and what other mappings see of them does not change. On an error the
 * old range is as it was; what MREMAP_FIXED replaces may be gone, as on Linux.
 */
int64_t mm_remap(struct mm *mm, const struct remapping *r);

#endif
