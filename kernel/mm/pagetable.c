/* Page tables: see pagetable.h. */
#include "mm/pagetable.h"

#include "abi/errno.h"
#include "arch/boot.h"
#include "arch/sbi.h"
#include "lib/string.h"
#include "lib/util.h"

#define KERNEL_HALF (PTES_PER_TABLE / 2) /* the root's entries from here on are the kernel's */

static pte_t *table_of(pte_t pte)
{
    return direct_of(pte_pa(pte));
}

pte_t *pt_new(void)
{
    struct page *page = kalloc(PAGE_TABLE);
    if (page == NULL)
        return NULL;
    pte_t *root = page_data(page);
    memset(root, 0, KERNEL_HALF * sizeof(pte_t));
    memcpy(root + KERNEL_HALF, kernel_root + KERNEL_HALF, KERNEL_HALF * sizeof(pte_t));
    return root;
}

void pt_destroy(struct mm *mm)
{
    page_put(page_of_data(mm->root));
}

/* --- Walking --- */

pte_t *pt_find(const struct mm *mm, uint64_t va)
{
    pte_t *table = mm->root;
    for (unsigned level = PT_LEVELS - 1; level > 0; level--) {
        pte_t pte = pte_read(&table[pt_index(va, level)]);
        if (!pte_is_valid(pte))
            return NULL;
        table = table_of(pte);
    }
    return &table[pt_index(va, 0)];
}

/* Puts a fresh table into an empty slot of a higher level, unless another thread was faster. */
static bool add_table(struct mm *mm, pte_t *slot)
{
    struct page *page = kalloc_zeroed(PAGE_TABLE);
    if (page == NULL)
        return false;
    spin_lock(&mm->pt_lock);
    bool empty = !pte_is_valid(pte_read(slot));
    if (empty)
        pte_install(slot, pte_table(page_pa(page)));
    spin_unlock(&mm->pt_lock);
    if (!empty)
        page_put(page);
    return true;
}

pte_t *pt_make(struct mm *mm, uint64_t va)
{
    pte_t *table = mm->root;
    for (unsigned level = PT_LEVELS - 1; level > 0; level--) {
        pte_t *slot = &table[pt_index(va, level)];
        if (unlikely(!pte_is_valid(pte_read(slot))) && !add_table(mm, slot))
            return NULL;
        table = table_of(pte_read(slot));
    }
    return &table[pt_index(va, 0)];
}

pte_t *pt_next_slot(const struct mm *mm, uint64_t *va, uint64_t end)
{
    while (*va < end) {
        pte_t *table = mm->root;
        unsigned level = PT_LEVELS - 1;
        for (; level > 0; level--) {
            pte_t pte = pte_read(&table[pt_index(*va, level)]);
            if (!pte_is_valid(pte))
                break;
            table = table_of(pte);
        }
        if (level == 0)
            return &table[pt_index(*va, 0)];
        *va = round_down(*va, PT_SPAN(level)) + PT_SPAN(level);
    }
    return NULL;
}

/* How many entries from `va` on lie in the same table and below `end`. */
static unsigned entries_in_table(uint64_t va, uint64_t end)
{
    uint64_t table_end = round_down(va, PT_SPAN(1)) + PT_SPAN(1);
    return (unsigned)((min_u64(end, table_end) - va) / PAGE_SIZE);
}

/* --- Translation caches --- */

#define FLUSH_SINGLY 16 /* up to so many pages are flushed one by one */

static void flush_here(uint64_t start, uint64_t end)
{
    if ((end - start) / PAGE_SIZE > FLUSH_SINGLY) {
        tlb_flush_user();
        return;
    }
    for (uint64_t va = start; va < end; va += PAGE_SIZE)
        tlb_flush_page(va);
}

/*
 * The entries were changed before; a hart that starts to run the address space sets its bit before
 * its first walk. With a full fence on both sides, either it sees the new entries or we see its
 * bit.
 */
void tlb_flush_range(struct mm *mm, uint64_t start, uint64_t end)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint32_t harts = __atomic_load_n(&mm->harts, __ATOMIC_RELAXED);
    uint32_t here = 1u << hart_self();
    if (harts & here)
        flush_here(start, end);
    if (harts & ~here)
        sbi_remote_sfence_vma(harts & ~here, start, end - start);
}

void icache_sync(struct mm *mm)
{
    uint32_t here = 1u << hart_self();
    __atomic_store_n(&mm->stale_icache, ~here, __ATOMIC_SEQ_CST);
    fence_i();
    uint32_t others = __atomic_load_n(&mm->harts, __ATOMIC_SEQ_CST) & ~here;
    if (others != 0)
        sbi_remote_fence_i(others);
}

/* --- Unmapping --- */

#define BATCH 64

/* Entries that were taken out and wait for the flush, after which their pages are let go. */
struct batch {
    uint64_t start, end; /* the addresses they span */
    size_t count;
    uint64_t dirty; /* bit i: pages[i] was stored to through this mapping */
    struct page *pages[BATCH];
};

_Static_assert(BATCH <= 64, "one dirty bit each");

/*
 * Takes valid ones of n entries, of which the first maps `va`, until the batch is full; returns how
 * many it looked at. Exit and munmap spend their time here: a few instructions for each page.
 */
static size_t take_entries(pte_t *slots, size_t n, uint64_t va, struct batch *batch)
{
    struct page *const records = page_records;
    size_t i = 0, count = batch->count, last = 0;
    uint64_t dirty = batch->dirty;
    while (i < n && !pte_is_valid(pte_read(slots + i)))
        i++;
    if (count == 0)
        batch->start = va + i * PAGE_SIZE;
    for (; i < n && count < BATCH; i++) {
        if (!pte_is_valid(pte_read(slots + i)))
            continue;
        pte_t pte = pte_take(slots + i);
        dirty |= (uint64_t)pte_is_dirty(pte) << count;
        batch->pages[count++] = records + pte_pa(pte) / PAGE_SIZE;
        last = i;
    }
    if (count > batch->count)
        batch->end = va + (last + 1) * PAGE_SIZE;
    batch->count = count;
    batch->dirty = dirty;
    return i;
}

/* Takes valid entries from *va on until the batch is full or `end` is reached; false: none left. */
static bool gather(struct mm *mm, uint64_t *va, uint64_t end, struct batch *batch)
{
    batch->count = 0;
    batch->dirty = 0;
    spin_lock(&mm->pt_lock);
    pte_t *slots;
    while (batch->count < BATCH && (slots = pt_next_slot(mm, va, end)) != NULL)
        *va += take_entries(slots, entries_in_table(*va, end), *va, batch) * PAGE_SIZE;
    mm->rss_pages -= batch->count;
    spin_unlock(&mm->pt_lock);
    return batch->count > 0;
}

static void put_all(const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        page_put(batch->pages[i]);
}

static void mark_stored(struct object *o, const struct batch *batch)
{
    spin_lock(&o->lock);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->dirty >> i & 1)
            object_mark_stored(o, batch->pages[i]);
    spin_unlock(&o->lock);
}

static size_t put_entries(pte_t *slots, size_t n)
{
    struct page *const records = page_records;
    size_t put = 0;
    for (size_t i = 0; i < n; i++) {
        pte_t pte = pte_read(slots + i);
        if (!pte_is_valid(pte))
            continue;
        slots[i] = 0;
        put++;
        page_put(records + pte_pa(pte) / PAGE_SIZE);
    }
    return put;
}

/* Where no hart runs the address space any more, so that there is nothing to flush: exit. */
static void put_private(struct mm *mm, uint64_t va, uint64_t end)
{
    pte_t *slots;
    while ((slots = pt_next_slot(mm, &va, end)) != NULL) {
        size_t n = entries_in_table(va, end);
        spin_lock(&mm->pt_lock); /* a file may be truncated meanwhile */
        mm->rss_pages -= put_entries(slots, n);
        spin_unlock(&mm->pt_lock);
        va += n * PAGE_SIZE;
        sched_relax();
    }
}

void pt_unmap(struct vma *vma, uint64_t start, uint64_t end)
{
    struct batch batch;
    if (!(vma->flags & VMA_SHARED) && __atomic_load_n(&vma->mm->harts, __ATOMIC_SEQ_CST) == 0) {
        put_private(vma->mm, start, end);
        return;
    }
    while (gather(vma->mm, &start, end, &batch)) {
        tlb_flush_range(vma->mm, batch.start, batch.end);
        if (batch.dirty != 0 && (vma->flags & VMA_SHARED))
            mark_stored(vma->object, &batch);
        put_all(&batch);
        sched_relax();
    }
}

void pt_unmap_cut(struct vma *vma, uint64_t start, uint64_t end)
{
    struct batch batch;
    while (gather(vma->mm, &start, end, &batch)) {
        tlb_flush_range(vma->mm, batch.start, batch.end);
        put_all(&batch);
    }
}

/*
 * The first of n entries at or behind `i` that was stored to, or n. Large mappings with few such
 * pages are common, so the others cost as little as can be.
 */
static size_t next_dirty(const pte_t *slots, size_t i, size_t n)
{
    for (; i + 8 <= n; i += 8) {
        const pte_t *p = slots + i;
        pte_t any = pte_read(p) | pte_read(p + 1) | pte_read(p + 2) | pte_read(p + 3) |
                    pte_read(p + 4) | pte_read(p + 5) | pte_read(p + 6) | pte_read(p + 7);
        if (pte_is_dirty(any))
            break;
    }
    while (i < n && !pte_is_dirty(pte_read(slots + i)))
        i++;
    return i;
}

void pt_harvest(struct vma *vma, uint64_t start, uint64_t end)
{
    struct mm *mm = vma->mm;
    bool any = false;
    pte_t *slot;
    uint64_t va = start;
    spin_lock(&mm->pt_lock);
    while ((slot = pt_next_slot(mm, &va, end)) != NULL) {
        size_t n = entries_in_table(va, end);
        for (size_t i = next_dirty(slot, 0, n); i < n; i = next_dirty(slot, i + 1, n)) {
            pte_t pte = pte_clear_bits(slot + i, PTE_D);
            object_mark_stored(vma->object, page_of_pa(pte_pa(pte)));
            any = true;
        }
        va += n * PAGE_SIZE;
    }
    spin_unlock(&mm->pt_lock);
    if (any)
        tlb_flush_range(mm, start, end);
}

void pt_clear_bits(struct vma *vma, pte_t bits)
{
    struct mm *mm = vma->mm;
    uint64_t va = vma->start;
    bool any = false;
    pte_t *slots;
    while ((slots = pt_next_slot(mm, &va, vma->end)) != NULL) {
        size_t n = entries_in_table(va, vma->end);
        spin_lock(&mm->pt_lock);
        for (size_t i = 0; i < n; i++) {
            if (pte_is_valid(pte_read(slots + i)) && (pte_read(slots + i) & bits)) {
                pte_clear_bits(slots + i, bits);
                any = true;
            }
        }
        spin_unlock(&mm->pt_lock);
        va += n * PAGE_SIZE;
        sched_relax();
    }
    if (any)
        tlb_flush_range(mm, vma->start, vma->end);
}

/*
 * Entries as pte_user makes them for `prot`, but with no more right to write than before, and with
 * the old ones' marks.
 */
static bool protect_entries(pte_t *slots, size_t n, unsigned prot)
{
    unsigned without = prot & PROT_WRITE ? (prot & ~PROT_WRITE) | PROT_READ : prot;
    const pte_t kept = PTE_ADDRESS | PTE_D | PTE_SOFT_DIRTY;
    pte_t writable = pte_user(0, prot) & ~kept, other = pte_user(0, without) & ~kept;
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!pte_is_valid(pte_read(slots + i)))
            continue;
        pte_t old = pte_take(slots + i);
        pte_install(slots + i, (pte_is_writable(old) ? writable : other) | (old & kept));
        any = true;
    }
    return any;
}

void pt_protect(struct vma *vma)
{
    struct mm *mm = vma->mm;
    uint64_t va = vma->start;
    bool any = false;
    pte_t *slots;
    while (va < vma->end && (slots = pt_next_slot(mm, &va, vma->end)) != NULL) {
        size_t n = entries_in_table(va, vma->end);
        spin_lock(&mm->pt_lock);
        any |= protect_entries(slots, n, vma->prot);
        spin_unlock(&mm->pt_lock);
        va += n * PAGE_SIZE;
        if (va < vma->end)
            sched_relax();
    }
    if (any)
        tlb_flush_range(mm, vma->start, vma->end);
}

/* --- Moving --- */

/* A stretch of entries that lie in one table at the old place and in one at the new. */
static size_t entries_in_both(uint64_t from, uint64_t to, uint64_t end)
{
    size_t n = entries_in_table(from, end);
    return min_u64(n, entries_in_table(to, to + n * PAGE_SIZE));
}

int pt_reserve(struct mm *mm, uint64_t from, uint64_t to, uint64_t size)
{
    uint64_t va = from, end = from + size;
    while (pt_next_slot(mm, &va, end) != NULL) {
        if (pt_make(mm, to + (va - from)) == NULL)
            return -ENOMEM;
        va += entries_in_both(va, to + (va - from), end) * PAGE_SIZE;
    }
    return 0;
}

void pt_move(struct mm *mm, uint64_t from, uint64_t to, uint64_t size)
{
    uint64_t va = from, end = from + size;
    pte_t *old;
    while ((old = pt_next_slot(mm, &va, end)) != NULL) {
        pte_t *new = pt_find(mm, to + (va - from));
        size_t n = entries_in_both(va, to + (va - from), end);
        spin_lock(&mm->pt_lock);
        for (size_t i = 0; i < n; i++)
            if (pte_is_valid(pte_read(old + i)))
                pte_install(new + i, pte_take(old + i));
        spin_unlock(&mm->pt_lock);
        va += n * PAGE_SIZE;
        sched_relax();
    }
    tlb_flush_range(mm, from, end);
}

/* --- Freeing tables --- */

/* Frees the table in `slot`, which spans [base, base + PT_SPAN(level)), if nothing is left there.
 */
static void free_table(struct mm *mm, pte_t *slot, uint64_t base, unsigned level)
{
    spin_lock(&mm->pt_lock);
    pte_t pte = pte_take(slot);
    spin_unlock(&mm->pt_lock);
    tlb_flush_range(mm, base, base + PT_SPAN(level));
    page_put(page_of_pa(pte_pa(pte)));
}

/* Frees the tables that hang from the table at `level`, as far as the gap allows. */
static void free_below(struct mm *mm, pte_t *table, unsigned level, const struct pt_gap *gap)
{
    uint64_t span = PT_SPAN(level), base = round_down(gap->start, span);
    pte_t *slot = &table[pt_index(base, level)];
    for (; base < gap->end; base += span, slot++) {
        pte_t pte = pte_read(slot);
        if (pte == 0)
            continue; /* most of them */
        if (level > 1) {
            struct pt_gap part = *gap;
            part.start = max_u64(gap->start, base);
            part.end = min_u64(gap->end, base + span);
            free_below(mm, table_of(pte), level - 1, &part);
        }
        if (base >= gap->floor && base + span <= gap->ceiling)
            free_table(mm, slot, base, level);
    }
}

void pt_free_tables(struct mm *mm, const struct pt_gap *gap)
{
    free_below(mm, mm->root, PT_LEVELS - 1, gap);
}

/* --- Fork --- */

/*
 * Copies entries; each copy takes a reference. In a private mapping both sides lose the right to
 * write. The copy's dirty bit starts clear: what the parent has stored, its own bit reports.
 * Returns how many there were; *lost becomes true if the source lost a right.
 */
static size_t copy_entries(pte_t *from, pte_t *to, size_t n, bool private, bool *lost)
{
    struct page *const records = page_records;
    size_t copied = 0;
    for (size_t i = 0; i < n; i++) {
        pte_t pte = pte_read(from + i);
        if (!pte_is_valid(pte))
            continue;
        if (private && pte_is_writable(pte)) {
            pte_clear_bits(from + i, PTE_W);
            pte &= ~PTE_W;
            *lost = true;
        }
        copied++;
        page_get(records + pte_pa(pte) / PAGE_SIZE);
        to[i] = pte & ~PTE_D; /* no hart runs there yet */
    }
    return copied;
}

int pt_copy(struct mm *child, struct mm *parent, const struct vma *vma)
{
    bool lost = false;
    uint64_t va = vma->start;
    pte_t *from, *to;
    while ((from = pt_next_slot(parent, &va, vma->end)) != NULL) {
        to = pt_make(child, va);
        if (to == NULL)
            break;
        unsigned n = entries_in_table(va, vma->end);
        spin_lock(&parent->pt_lock);
        spin_lock_second(&child->pt_lock);
        child->rss_pages += copy_entries(from, to, n, !(vma->flags & VMA_SHARED), &lost);
        spin_unlock(&child->pt_lock);
        spin_unlock(&parent->pt_lock);
        va += n * PAGE_SIZE;
        sched_relax();
    }
    if (lost)
        tlb_flush_range(parent, vma->start, vma->end);
    return from == NULL ? 0 : -ENOMEM;
}

/* --- Looking at it --- */

void pt_for_each(struct mm *mm, void (*visit)(struct mm *mm, uint64_t va, pte_t pte, void *arg),
                 void *arg)
{
    pte_t *slot;
    for (uint64_t va = 0; (slot = pt_next_slot(mm, &va, USER_END)) != NULL; va += PAGE_SIZE) {
        pte_t pte = pte_read(slot);
        if (pte_is_valid(pte))
            visit(mm, va, pte, arg);
    }
}

static uint64_t count_tables(const pte_t *table, unsigned level)
{
    uint64_t count = 1;
    unsigned entries = level == PT_LEVELS - 1 ? KERNEL_HALF : PTES_PER_TABLE;
    for (unsigned i = 0; level > 0 && i < entries; i++)
        if (pte_is_valid(table[i]))
            count += count_tables(table_of(table[i]), level - 1);
    return count;
}

uint64_t pt_count_pages(struct mm *mm)
{
    return count_tables(mm->root, PT_LEVELS - 1);
}
