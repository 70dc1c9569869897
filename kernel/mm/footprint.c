/* What a mapping has in memory: see footprint.h. */
#include "mm/footprint.h"

#include "lib/string.h"
#include "lib/util.h"
#include "mm/pagetable.h"

/* Entries that map a page, as far as its references tell; at least the one that was found. */
static uint32_t count_entries(const struct page *page)
{
    uint32_t refs = __atomic_load_n(&page->refs, __ATOMIC_RELAXED);
    bool cached = page->state == PAGE_CACHE && page->object != NULL;
    return refs > 1u + cached ? refs - cached : 1;
}

/* Anonymous pages are dirty: there is no place where they would be the same. */
static void add_page(struct footprint *sum, pte_t pte)
{
    const struct page *page = page_of_pa(pte_pa(pte));
    bool anonymous = page->state == PAGE_ANON;
    bool dirty = anonymous || pte_is_dirty(pte) || page_has(page, PAGE_DIRTY);
    uint32_t entries = count_entries(page);
    if (page->state == PAGE_KERNEL)
        return;
    sum->resident += PAGE_SIZE;
    sum->pss += ((uint64_t)PAGE_SIZE << FOOTPRINT_PSS_SHIFT) / entries;
    sum->anonymous += anonymous ? PAGE_SIZE : 0;
    sum->referenced += pte & PTE_A ? PAGE_SIZE : 0;
    if (entries > 1)
        *(dirty ? &sum->shared_dirty : &sum->shared_clean) += PAGE_SIZE;
    else
        *(dirty ? &sum->private_dirty : &sum->private_clean) += PAGE_SIZE;
}

void footprint_add(struct footprint *sum, const struct vma *vma)
{
    struct mm *mm = vma->mm;
    uint64_t va = vma->start;
    pte_t *slot;
    while ((slot = pt_next_slot(mm, &va, vma->end)) != NULL) {
        uint64_t end = min_u64(vma->end, round_down(va, PT_SPAN(1)) + PT_SPAN(1));
        spin_lock(&mm->pt_lock);
        for (; va < end; va += PAGE_SIZE, slot++)
            if (pte_is_valid(pte_read(slot)))
                add_page(sum, pte_read(slot));
        spin_unlock(&mm->pt_lock);
        sched_relax();
    }
}

uint64_t footprint_page(struct mm *mm, uint64_t va)
{
    uint64_t result = 0;
    spin_lock(&mm->pt_lock);
    const pte_t *slot = pt_find(mm, va);
    pte_t pte = slot == NULL ? 0 : pte_read(slot);
    if (pte_is_valid(pte)) {
        const struct page *page = page_of_pa(pte_pa(pte));
        result = PAGEMAP_PRESENT | page_pfn(page);
        result |= page->state == PAGE_CACHE ? PAGEMAP_FILE : 0;
        result |= count_entries(page) == 1 ? PAGEMAP_EXCLUSIVE : 0;
        result |= pte & PTE_SOFT_DIRTY ? PAGEMAP_SOFT_DIRTY : 0;
    }
    spin_unlock(&mm->pt_lock);
    return result;
}

void footprint_clear(struct vma *vma, enum footprint_bit bit)
{
    pt_clear_bits(vma, bit == FOOTPRINT_ACCESSED ? PTE_A : PTE_SOFT_DIRTY | PTE_W);
}

/* The page at `va`, pinned; NULL: none is mapped. */
static struct page *pin_page(struct mm *mm, uint64_t va)
{
    struct page *page = NULL;
    spin_lock(&mm->pt_lock);
    const pte_t *slot = pt_find(mm, va);
    if (slot != NULL && pte_is_valid(pte_read(slot))) {
        page = page_of_pa(pte_pa(pte_read(slot)));
        page_pin(page);
    }
    spin_unlock(&mm->pt_lock);
    return page;
}

size_t footprint_read(struct mm *mm, uint64_t va, void *to, size_t n)
{
    size_t done = 0;
    rwlock_read_lock(&mm->lock);
    while (done < n) {
        struct page *page = pin_page(mm, va + done);
        if (page == NULL)
            break;
        size_t at = (va + done) % PAGE_SIZE, part = min_u64(n - done, PAGE_SIZE - at);
        memcpy((char *)to + done, (const char *)page_data(page) + at, part);
        page_unpin(page);
        done += part;
    }
    rwlock_read_unlock(&mm->lock);
    return done;
}
