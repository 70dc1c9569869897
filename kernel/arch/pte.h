/*
 * Page table entries of Sv39 (Privileged Architecture, sections 4.3.1 and 4.4), as verbs. A table
 * is a page of 512 entries; three levels, the root's entries cover 1 GiB each.
 *
 * The hardware may set A and D in a valid entry at any moment, so whoever changes one that is live
 * uses the atomic verbs (pte_take, pte_and) and believes the value they return.
 */
#ifndef ARCH_PTE_H
#define ARCH_PTE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/mman.h"
#include "arch/layout.h"

typedef uint64_t pte_t;

#define PTE_V 0x01UL
#define PTE_R 0x02UL
#define PTE_W 0x04UL
#define PTE_X 0x08UL
#define PTE_U 0x10UL
#define PTE_G 0x20UL
#define PTE_A 0x40UL
#define PTE_D 0x80UL

/*
 * For the software: the slot has its page (or no page would be lost to PROT_NONE), but the hardware
 * shall not use it: V is clear.
 */
#define PTE_KEPT 0x100UL

/*
 * And: stored to, or filled, since somebody last asked (mm/footprint.h). Who clears it clears W as
 * well, so that the next store faults; whatever gives W back sets it again.
 */
#define PTE_SOFT_DIRTY  0x200UL

#define PTE_ADDRESS     (((1UL << 44) - 1) << 10) /* where the page or table is */

#define PTES_PER_TABLE  512
#define PT_LEVELS       3
#define PT_SHIFT(level) (PAGE_SHIFT + 9 * (level)) /* of the address bits that select an entry */
#define PT_SPAN(level)  (1UL << PT_SHIFT(level))   /* bytes that one entry covers */

static inline unsigned pt_index(uint64_t va, unsigned level)
{
    return (va >> PT_SHIFT(level)) & (PTES_PER_TABLE - 1);
}

/*
 * A user page. PROT_WRITE implies reading, since W without R is reserved; A and the mark of what is
 * new are set from the start.
 */
static inline pte_t pte_user(uint64_t pa, unsigned prot)
{
    pte_t bits = PTE_SOFT_DIRTY | (prot == 0 ? PTE_KEPT : PTE_V | PTE_U | PTE_A);
    if (prot & (PROT_READ | PROT_WRITE))
        bits |= PTE_R;
    if (prot & PROT_WRITE)
        bits |= PTE_W;
    if (prot & PROT_EXEC)
        bits |= PTE_X;
    return (pa >> PAGE_SHIFT << 10) | bits;
}

static inline pte_t pte_table(uint64_t pa)
{
    return (pa >> PAGE_SHIFT << 10) | PTE_V;
}

/* A page of the kernel's direct map, of any level. */
static inline pte_t pte_kernel(uint64_t pa, pte_t permissions)
{
    return (pa >> PAGE_SHIFT << 10) | PTE_V | PTE_G | PTE_A | PTE_D | permissions;
}

static inline uint64_t pte_pa(pte_t pte)
{
    return (pte >> 10 & ((1UL << 44) - 1)) << PAGE_SHIFT;
}

/* Whether the slot holds a page or a table, be it one that the hardware may not use. */
static inline bool pte_is_valid(pte_t pte)
{
    return (pte & (PTE_V | PTE_KEPT)) != 0;
}

static inline bool pte_is_writable(pte_t pte)
{
    return (pte & PTE_W) != 0;
}

static inline bool pte_is_dirty(pte_t pte)
{
    return (pte & PTE_D) != 0;
}

/* Whether the entry lets user code access the page as `prot`, one of PROT_*, says. */
static inline bool pte_allows(pte_t pte, unsigned prot)
{
    pte_t need = prot == PROT_WRITE ? PTE_W : prot == PROT_EXEC ? PTE_X : PTE_R;
    return (pte & (PTE_V | need)) == (PTE_V | need);
}

static inline pte_t pte_read(const pte_t *slot)
{
    return __atomic_load_n(slot, __ATOMIC_RELAXED);
}

/* Fills a slot that is not valid; what the page holds is visible before the entry is. */
static inline void pte_install(pte_t *slot, pte_t pte)
{
    __atomic_store_n(slot, pte, __ATOMIC_RELEASE);
}

/* Empties a slot; returns what the hardware left in it. */
static inline pte_t pte_take(pte_t *slot)
{
    return __atomic_exchange_n(slot, 0, __ATOMIC_RELAXED);
}

/* Clears bits of a live entry; returns what it was. */
static inline pte_t pte_clear_bits(pte_t *slot, pte_t bits)
{
    return __atomic_fetch_and(slot, ~bits, __ATOMIC_RELAXED);
}

static inline pte_t pte_set_bits(pte_t *slot, pte_t bits)
{
    return __atomic_fetch_or(slot, bits, __ATOMIC_RELAXED);
}

/*
 * Translation caches of this hart. The fence also orders the table stores before it with the walks
 * behind it.
 */
static inline void tlb_flush_page(uint64_t va)
{
    __asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
}

/* All user translations; the kernel's are global and stay (address space number 0 is the only one).
 */
static inline void tlb_flush_user(void)
{
    __asm__ volatile("sfence.vma zero, %0" : : "r"(0) : "memory");
}

/* Walks start at this root from now on; old user translations are gone. */
static inline void pt_activate(uint64_t root_pa)
{
    uint64_t satp = 8UL << 60 | root_pa >> PAGE_SHIFT; /* mode 8: Sv39 */
    __asm__ volatile("csrw satp, %0" : : "r"(satp) : "memory");
    tlb_flush_user();
}

/* Code that was written on this hart before is what it fetches from now on. */
static inline void fence_i(void)
{
    __asm__ volatile("fence.i" : : : "memory");
}

#endif
