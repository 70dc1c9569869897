/*
 * From an object to the page tables that map its pages, through the object's list of VMAs. Takes
 * page-table locks only, never an address space's own lock.
 *
 * Holds for everything here: a VMA that maps part of an object stands in the object's list for as
 * long as its page table may have entries for it; who moves or splits it does so under
 * object->lock.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H

#include <stdint.h>

#include "mm/object.h"

/* Unmaps pages [first, last] of the object in every address space, private copies too. */
void rmap_unmap(struct object *o, uint64_t first, uint64_t last) EXCLUDES(o->lock);

/*
 * Collects the hardware's dirty bits of [first, last] from all mappings into the pages' own: clears
 * them, flushes them from the TLBs, marks the pages dirty.
 */
void rmap_harvest(struct object *o, uint64_t first, uint64_t last) EXCLUDES(o->lock);

#endif
