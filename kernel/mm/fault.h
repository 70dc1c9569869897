/*
 * Page faults: the one path by which pages get into page tables (besides fork, which copies them).
 */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include "abi/quire.h"
#include "mm/vma.h"

/*
 * Serves a fault of the current thread at `va`, an address below USER_END, for an access of one
 * kind of PROT_*. Returns what kind of fault it was; FAULT_SEGV, FAULT_BUS and FAULT_OOM mean that
 * it could not be served. May sleep; no spinlocks and no address space's lock are held.
 */
enum fault_kind fault_serve(struct mm *mm, uint64_t va, unsigned access);

/* At boot: makes the page that reads of untouched memory get. */
void fault_init(void);

static inline bool fault_is_fatal(enum fault_kind kind)
{
    return kind >= FAULT_SEGV;
}

#endif
