/* User programs' loads and stores: see user.h. */
#include "tests/host/user.h"

#include "arch/sbi.h"
#include "mm/fault.h"
#include "mm/pagetable.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

/* --- Translation caches --- */

#define TLB_SLOTS 64

static struct translation {
    uint64_t va;
    pte_t pte; /* 0: none */
} tlb[USER_HARTS][TLB_SLOTS];

static struct translation *slot_of(unsigned hart, uint64_t va)
{
    return &tlb[hart][va / PAGE_SIZE % TLB_SLOTS];
}

static void forget(unsigned hart, uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < TLB_SLOTS; i++)
        if (tlb[hart][i].va >= start && tlb[hart][i].va < end)
            tlb[hart][i].pte = 0;
}

void tlb_flush_page(uint64_t va)
{
    forget(hart_self(), va, va + PAGE_SIZE);
}

void tlb_flush_user(void)
{
    forget(hart_self(), 0, USER_END);
}

void pt_activate(uint64_t root_pa)
{
    tlb_flush_user();
}

void fence_i(void)
{
}

void sbi_remote_sfence_vma(uint64_t hart_mask, uint64_t start, uint64_t size)
{
    for (unsigned hart = 0; hart < USER_HARTS; hart++)
        if (hart_mask >> hart & 1)
            forget(hart, start, start + size);
}

void sbi_remote_fence_i(uint64_t hart_mask)
{
}

/* --- Accesses --- */

/* What the hardware does: the cached entry if it allows the access, else a walk that sets A and D.
 */
static pte_t translate(struct mm *mm, uint64_t va, unsigned access)
{
    struct translation *t = slot_of(hart_self(), va);
    pte_t need = access == PROT_WRITE ? PTE_W | PTE_D : PTE_R;
    if (t->va == va && (t->pte & need) == need)
        return t->pte;
    pte_t *slot = pt_find(mm, va);
    if (slot == NULL || !pte_allows(*slot, access))
        return 0;
    *slot |= access == PROT_WRITE ? PTE_A | PTE_D : PTE_A;
    *t = (struct translation){va, *slot};
    return *slot;
}

static enum fault_kind reach(struct mm *mm, uint64_t va, unsigned access, uint32_t **at)
{
    uint64_t page_va = va / PAGE_SIZE * PAGE_SIZE;
    mm_activate(mm);
    for (int tries = 0; tries < 4; tries++) {
        pte_t pte = translate(mm, page_va, access);
        if (pte != 0) {
            *at = (uint32_t *)((char *)direct_of(pte_pa(pte)) + va % PAGE_SIZE);
            return 0;
        }
        enum fault_kind kind = fault_serve(mm, va, access);
        stand_expect_nothing_held();
        if (fault_is_fatal(kind))
            return kind;
    }
    EXPECT(false, "four faults for one access to %lx", va);
}

enum fault_kind user_load(struct mm *mm, uint64_t va, uint32_t *value)
{
    uint32_t *at;
    enum fault_kind kind = reach(mm, va, PROT_READ, &at);
    if (kind == 0)
        *value = *at;
    return kind;
}

enum fault_kind user_store(struct mm *mm, uint64_t va, uint32_t value)
{
    uint32_t *at;
    enum fault_kind kind = reach(mm, va, PROT_WRITE, &at);
    if (kind == 0)
        *at = value;
    return kind;
}
