/* Bringing what was stored through mappings to the disk: msync(2). */
#ifndef MM_MSYNC_H
#define MM_MSYNC_H

#include "mm/mm.h"

/*
 * Makes what was stored in [start, start + size) of shared mappings durable, with MS_SYNC; with the
 * other flags there is nothing to do, for there is one copy of each page. 0, -EINVAL, -EIO, -EBUSY
 * (MS_INVALIDATE of locked pages), -ENOMEM for gaps, when all the rest was done.
 */
int mm_sync(struct mm *mm, uint64_t start, uint64_t size, unsigned flags);

#endif
