/* Advice about memory, and what is in memory: madvise(2), mincore(2), mlock(2). */
#ifndef MM_ADVISE_H
#define MM_ADVISE_H

#include "mm/mm.h"

/*
 * madvise: 0, -EINVAL, -ENOMEM for gaps (when the rest was done) and without memory. MADV_WILLNEED
 * reads at most a MiB of files, MADV_RANDOM keeps faults from mapping neighbours, MADV_FREE frees
 * at once; other advice that only concerns speed is taken note of by nobody.
 */
int mm_advise(struct mm *mm, uint64_t start, uint64_t size, int advice);

/* MADV_POPULATE_READ, _WRITE: -EFAULT where the access would be a SIGBUS, -EINVAL where a SIGSEGV.
 */
int mm_populate(struct mm *mm, uint64_t start, uint64_t size, unsigned access);

/*
 * For each of `count` pages from `start` on, 1 in `resident` if a load from it would not wait for
 * the disk. -ENOMEM if something is not mapped.
 */
int mm_residence(struct mm *mm, uint64_t start, unsigned count, uint8_t *resident);

/*
 * mlock and munlock of whole pages: 0; -EPERM if RLIMIT_MEMLOCK is 0; -ENOMEM beyond that limit
 * with nothing done, or with all below the first gap done. No page that
 * is mapped is ever taken away, so all that locking does is to get the pages now, unless
 * `on_fault`, and to keep others from giving them up (MADV_DONTNEED, MS_INVALIDATE).
 */
int mm_lock(struct mm *mm, uint64_t start, uint64_t size, bool on_fault);
int mm_unlock(struct mm *mm, uint64_t start, uint64_t size);

/* mlockall with MCL_* flags: 0, or -EPERM, -ENOMEM by RLIMIT_MEMLOCK, with nothing done. */
int mm_lock_all(struct mm *mm, unsigned flags);
void mm_unlock_all(struct mm *mm);

/* Gets the pages of a new mapping, as far as that goes: MAP_POPULATE. */
void mm_prefault(struct mm *mm, uint64_t start, uint64_t size);

/* The same for what a mapping has grown by, if it is locked. */
void mm_prefault_locked(struct mm *mm, uint64_t start, uint64_t size);

#endif
