/*
 * Page tables: three levels of counted pages (state TABLE), the root of each with copies of the
 * kernel's upper half. Tables are added under mm->lock for reading and freed only under mm->lock
 * for writing, so a slot stays where it is while mm->lock is held; its entry changes only under
 * pt_lock. A caller without mm->lock (rmap) holds pt_lock throughout.
 */
#ifndef MM_PAGETABLE_H
#define MM_PAGETABLE_H

#include "arch/pte.h"
#include "mm/vma.h"

/* A fresh root with the kernel's half; NULL without memory. */
pte_t *pt_new(void);
void pt_destroy(struct mm *mm);

/* The slot of `va` in the last level, or NULL if there is no table for it. */
pte_t *pt_find(const struct mm *mm, uint64_t va);

/* The same, tables made as needed; NULL without memory. mm->lock is held. */
pte_t *pt_make(struct mm *mm, uint64_t va);

/*
 * The slot of the first address at or behind *va and below `end` that has a last-level table;
 * *va is moved there. NULL if there is none.
 */
pte_t *pt_next_slot(const struct mm *mm, uint64_t *va, uint64_t end);

/* Copies a VMA's entries into the child's table; see mm_fork. 0 or -ENOMEM. */
int pt_copy(struct mm *child, struct mm *parent, const struct vma *vma);

/*
 * Empties [start, end) of a VMA and drops the references of its entries, when no hart can use them
 * any more; what was stored through a shared mapping makes its page dirty.
 */
void pt_unmap(struct vma *vma, uint64_t start, uint64_t end);

/* The same for rmap, when the pages are cut off from the object: nothing gets dirty. */
void pt_unmap_cut(struct vma *vma, uint64_t start, uint64_t end) REQUIRES(vma->object->lock);

/* Gives the entries of a VMA the rights of vma->prot, but none to write that they did not have. */
void pt_protect(struct vma *vma) REQUIRES(vma->mm->lock);

/* Clears bits in all entries of a VMA. */
void pt_clear_bits(struct vma *vma, pte_t bits) REQUIRES_SHARED(vma->mm->lock);

/*
 * mremap: pt_reserve makes the tables at the new place for all that is mapped at the old one (0 or
 * -ENOMEM), so that pt_move can move the entries, which keep their pages and their dirty bits.
 */
int pt_reserve(struct mm *mm, uint64_t from, uint64_t to, uint64_t size) REQUIRES(mm->lock);
void pt_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t size) REQUIRES(mm->lock);

/* Moves the dirty bits of [start, end) of a shared VMA to the pages. */
void pt_harvest(struct vma *vma, uint64_t start, uint64_t end) REQUIRES(vma->object->lock);

/* [start, end) was unmapped, and [floor, ceiling) around it has no VMA: frees what tables it can.
 */
struct pt_gap {
    uint64_t floor, start, end, ceiling;
};
void pt_free_tables(struct mm *mm, const struct pt_gap *gap);

/* Makes translations of [start, end) disappear on every hart that may have them. */
void tlb_flush_range(struct mm *mm, uint64_t start, uint64_t end);

/* Code in a page of this address space is new: no hart runs it before a fence.i. */
void icache_sync(struct mm *mm);

/* Calls visit(mm, va, pte, arg) for each valid entry; for ps and the audit. */
void pt_for_each(struct mm *mm, void (*visit)(struct mm *mm, uint64_t va, pte_t pte, void *arg),
                 void *arg);
uint64_t pt_count_pages(struct mm *mm); /* that hold tables */

#endif
