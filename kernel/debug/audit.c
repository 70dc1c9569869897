/*
 * The audit: see audit.h. It counts for each page what should refer to it (page table entries, its
 * object, the journal, the one owner of a table, slab, stack or buffer) and holds that against the
 * record. What a record has beyond that must be pins, whose sum is known.
 */
#include "debug/audit.h"

#include "abi/errno.h"
#include "fs/disk.h"
#include "fs/inode.h"
#include "lib/print.h"
#include "mm/pagetable.h"
#include "mm/slab.h"
#include "proc/sched.h"
#include "sync/mutex.h"

struct audit {
    uint32_t *expected; /* references of each page, from the first one of RAM */
    uint64_t mapped;    /* pages in the address space that is looked at */
    unsigned wrong;
};

static struct mutex one_at_a_time; /* RANK_FILE: held while others are stopped */

static void violation(struct audit *a, const struct page *page, const char *what)
{
    a->wrong++;
    kprintf("audit: %s: ", what);
    page_show(page);
}

/* --- What page tables refer to --- */

/* A writable entry of a private mapping is its page's only reference. */
static bool entry_is_right(const struct vma *vma, uint64_t va, pte_t pte, const struct page *page)
{
    if (vma->flags & VMA_SHARED)
        return page->state == PAGE_CACHE && page->object == vma->object &&
               page->index == vma_index(vma, va);
    if (pte_is_writable(pte))
        return page->state == PAGE_ANON && page->refs == 1;
    return page->state == PAGE_ANON || page->state == PAGE_CACHE || page->state == PAGE_KERNEL;
}

static void check_entry(struct mm *mm, uint64_t va, pte_t pte, void *arg)
{
    struct audit *a = arg;
    const struct vma *vma = vma_find(mm, va);
    uint64_t pfn = pte_pa(pte) / PAGE_SIZE;
    if (pfn < page_first_pfn() || pfn >= page_last_pfn()) {
        a->wrong++;
        kprintf("audit: address %lx of %p is mapped to frame %lx\n", (long)va, (void *)mm,
                (long)pfn);
        return;
    }
    a->expected[pfn - page_first_pfn()]++;
    a->mapped++;
    const struct page *page = page_records + pfn;
    if (vma == NULL || vma->start > va)
        violation(a, page, "mapped outside of any VMA");
    else if (!entry_is_right(vma, va, pte, page))
        violation(a, page, "mapped where it should not be");
}

static void check_mm(struct mm *mm, void *arg)
{
    struct audit *a = arg;
    a->wrong += vma_check(mm);
    a->mapped = 0;
    pt_for_each(mm, check_entry, a);
    if (a->mapped != mm->rss_pages) {
        a->wrong++;
        kprintf("audit: %p maps %lu pages, counted %lu\n", (void *)mm, (long)a->mapped,
                (long)mm->rss_pages);
    }
}

/* --- What else refers to a page --- */

static uint32_t own_references(struct audit *a, struct page *page)
{
    switch (page->state) {
    case PAGE_FREE:
    case PAGE_ANON: return 0;
    case PAGE_CACHE:
        if (page->object != NULL && radix_get(&page->object->pages, page->index) != page)
            violation(a, page, "not where its object has it");
        return (page->object != NULL) + page_has(page, PAGE_LOGGED);
    default: return 1;
    }
}

/* All records against what was counted; the surplus in sum must be pins. */
static void check_records(struct audit *a)
{
    uint64_t surplus = 0, pins, states[PAGE_NSTATES], found[PAGE_NSTATES] = {0};
    for (uint64_t pfn = page_first_pfn(); pfn < page_last_pfn(); pfn++) {
        struct page *page = page_records + pfn;
        uint32_t expected = a->expected[pfn - page_first_pfn()] + own_references(a, page);
        found[page->state]++;
        if (page->refs < expected)
            violation(a, page, "fewer references than there should be");
        else if (page->refs > expected && (page->state == PAGE_FREE || page->state == PAGE_TABLE))
            violation(a, page, "more references than there should be");
        else
            surplus += page->refs - expected;
    }
    page_count(states, &pins);
    if (surplus != pins) {
        a->wrong++;
        kprintf("audit: %lu references cannot be accounted for; %lu are pins\n", (long)surplus,
                (long)pins);
    }
    for (unsigned i = 0; i < PAGE_NSTATES; i++) {
        if (found[i] != states[i]) {
            a->wrong++;
            kprintf("audit: %lu pages are in state %u, %lu counted\n", (long)found[i], i,
                    (long)states[i]);
        }
    }
}

static void check_object(struct object *o, void *arg)
{
    struct audit *a = arg;
    a->wrong += object_check(o);
}

int audit_run(void)
{
    struct audit a = {.expected = kmalloc(page_total() * sizeof(*a.expected))};
    if (a.expected == NULL)
        return -ENOMEM;
    mutex_lock(&one_at_a_time);
    sched_stop_others();
    mm_for_each(check_mm, &a);
    check_records(&a);
    check_object(&disk_object, &a);
    inode_for_each_object(check_object, &a);
    a.wrong += page_check_free();
    sched_resume_others();
    mutex_unlock(&one_at_a_time);
    kfree(a.expected);
    return (int)a.wrong;
}

void audit_init(void)
{
    mutex_init(&one_at_a_time, RANK_FILE);
}
