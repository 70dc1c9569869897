/*
 * Page faults. Each is served in four steps:
 *
 *   1. find the VMA;
 *   2. check the access;
 *   3. get the page: the one already mapped, the object's, a copy, or zeros;
 *   4. install the entry.
 *
 * What would sleep for long (reading from the disk, allocating a block for a hole, extending the
 * stack) is not done in these steps: they return what has to be done first, it is done with no lock
 * held, and the fault starts again from step 1, since everything may have changed meanwhile. A page
 * that was read stays pinned until the fault is over, so that each disk read gets the fault
 * further.
 *
 * mm->lock is held for reading from step 1 to step 4, so the VMA stands. Step 4 of an object's page
 * happens under the object's lock, taken before the page was looked up: a truncation either comes
 * before (the page is not found) or after (the entry is found and removed).
 */
#include "mm/fault.h"

#include "abi/errno.h"
#include "lib/util.h"
#include "mm/pagetable.h"

/* What to do before a fault can go on. */
enum need {
    DONE,        /* nothing: it is served */
    PAGE_READ,   /* read page `index` of `object` */
    PAGE_BLOCK,  /* give page `index` of `object` a block to be stored to */
    STACK_ROOM,  /* extend the stack */
    FAILED_SEGV, /* these three: the fault cannot be served */
    FAILED_BUS,
    FAILED_OOM,
};

struct fault {
    struct mm *mm;
    uint64_t va; /* of the page */
    unsigned access;
    enum fault_kind kind;  /* the first that fits, in the order of the enum */
    struct page *pinned;   /* read for this fault */
    struct object *object; /* with a reference: what PAGE_READ and PAGE_BLOCK work on */
    uint64_t index;
};

static struct page *zero_page;

void fault_init(void)
{
    zero_page = kalloc_zeroed(PAGE_KERNEL);
    KASSERT(zero_page != NULL, "no memory at boot: %lu pages free", (long)page_count_free());
}

static void note_kind(struct fault *f, enum fault_kind kind)
{
    if (kind < f->kind)
        f->kind = kind;
}

/* The entry's rights: a page that is not ours alone is not writable yet. */
static pte_t entry_for(const struct vma *vma, const struct page *page, bool writable)
{
    unsigned prot = writable ? vma->prot : vma->prot & ~PROT_WRITE;
    if (vma->prot & PROT_WRITE)
        prot |= PROT_READ;
    return pte_user(page_pa(page), prot);
}

/*
 * Step 4 for a page whose reference passes to the entry. If another thread has filled the slot
 * meanwhile the page is put back, and the access tries again. Returns whether it was installed.
 */
static bool install(struct fault *f, pte_t *slot, pte_t pte, struct page *page)
{
    if (f->access == PROT_WRITE)
        pte |= PTE_D;
    spin_lock(&f->mm->pt_lock);
    bool empty = !pte_is_valid(pte_read(slot));
    if (empty) {
        pte_install(slot, pte);
        f->mm->rss_pages++;
    }
    spin_unlock(&f->mm->pt_lock);
    if (!empty)
        page_put(page);
    return empty;
}

/* --- Step 3, nothing mapped yet --- */

/* Private anonymous memory: zeros, shared by all until they are written to. */
static enum need get_zeros(struct fault *f, const struct vma *vma, pte_t *slot)
{
    struct page *page = zero_page;
    bool write = f->access == PROT_WRITE;
    if (write) {
        page = kalloc(PAGE_ANON);
        if (page == NULL)
            return FAILED_OOM;
        page_zero(page_data(page));
    } else {
        page_get(page);
    }
    if (vma->prot & PROT_EXEC)
        icache_sync(f->mm);
    bool done = install(f, slot, entry_for(vma, page, write), page);
    note_kind(f, !done ? FAULT_SPURIOUS : write ? FAULT_ZERO_FILL : FAULT_ZERO_READ);
    return DONE;
}

/* Asks for something to be done about the object's page at the fault. */
static enum need ask(struct fault *f, struct object *o, uint64_t index, enum need need)
{
    object_get(o);
    f->object = o;
    f->index = index;
    return need;
}

/* Whether the page may be mapped: it is there and holds what it should. */
static struct page *find_valid(struct object *o, uint64_t index) REQUIRES(o->lock)
{
    struct page *page = object_find(o, index);
    if (page == NULL || !page_has(page, PAGE_VALID))
        return NULL;
    object_note_use(page);
    return page;
}

/*
 * Cached neighbours of a page that was read come along, without being asked for: those in the same
 * AROUND pages of the address space, which have their entries in one table. MADV_RANDOM says no.
 */
#define AROUND 16

static void map_around(struct fault *f, const struct vma *vma, struct object *o, pte_t *slot)
    REQUIRES(o->lock)
{
    uint64_t low = round_down(f->va, AROUND * PAGE_SIZE), start = max_u64(low, vma->start);
    uint64_t end = min_u64(low + AROUND * PAGE_SIZE, vma->end);
    pte_t *at = slot - (f->va - start) / PAGE_SIZE;
    uint64_t index = vma_index(vma, start), behind = index + (end - start) / PAGE_SIZE;
    unsigned mapped = 0;
    spin_lock(&f->mm->pt_lock);
    for (behind = min_u64(behind, object_end_index(o)); index < behind; index++, at++) {
        struct page *page = pte_is_valid(pte_read(at)) ? NULL : object_find(o, index);
        if (page == NULL || !page_has(page, PAGE_VALID))
            continue;
        page_get(page);
        bool writable = (vma->flags & VMA_SHARED) && page_has(page, PAGE_BACKED);
        pte_install(at, entry_for(vma, page, writable));
        mapped++;
    }
    f->mm->rss_pages += mapped;
    spin_unlock(&f->mm->pt_lock);
}

/* An object's page itself: for reading, or for stores of a shared mapping. */
static enum need get_object_page(struct fault *f, const struct vma *vma, pte_t *slot)
{
    struct object *o = vma->object;
    uint64_t index = vma_index(vma, f->va);
    enum need need = DONE;
    spin_lock(&o->lock);
    struct page *page = find_valid(o, index);
    bool writable = (vma->flags & VMA_SHARED) && page != NULL && page_has(page, PAGE_BACKED);
    if (index >= object_end_index(o))
        need = FAILED_BUS;
    else if (page == NULL)
        need = PAGE_READ;
    else if (f->access == PROT_WRITE && !writable)
        need = PAGE_BLOCK;
    if (need == DONE) {
        if (vma->prot & PROT_EXEC)
            icache_sync(f->mm);
        page_get(page);
        bool done = install(f, slot, entry_for(vma, page, writable), page);
        note_kind(f, done ? FAULT_CACHE_HIT : FAULT_SPURIOUS);
        if (f->access != PROT_WRITE && !(vma->flags & VMA_RANDOM))
            map_around(f, vma, o, slot);
    }
    spin_unlock(&o->lock);
    if (need == PAGE_READ || need == PAGE_BLOCK)
        return ask(f, o, index, need);
    return need;
}

/* A private copy of an object's page, for the first store to it. */
static enum need get_private_copy(struct fault *f, const struct vma *vma, pte_t *slot)
{
    struct object *o = vma->object;
    uint64_t index = vma_index(vma, f->va);
    spin_lock(&o->lock);
    bool behind = index >= object_end_index(o);
    struct page *source = behind ? NULL : find_valid(o, index);
    if (source != NULL)
        page_pin(source);
    spin_unlock(&o->lock);
    if (behind)
        return FAILED_BUS;
    if (source == NULL)
        return ask(f, o, index, PAGE_READ);

    struct page *copy = kalloc(PAGE_ANON);
    if (copy != NULL) {
        page_copy(page_data(copy), page_data(source));
        if (vma->prot & PROT_EXEC)
            icache_sync(f->mm);
    }
    spin_lock(&o->lock);
    bool cut_off = source->object != o;
    bool done = copy != NULL && !cut_off && install(f, slot, entry_for(vma, copy, true), copy);
    spin_unlock(&o->lock);
    page_unpin(source);
    if (copy == NULL)
        return FAILED_OOM;
    if (cut_off)
        page_put(copy);
    note_kind(f, done ? FAULT_COW_COPY : FAULT_SPURIOUS);
    return DONE; /* of a page that was cut off, the access itself finds out */
}

/* --- Step 3, a page is mapped --- */

/* Gives a mapped page the right to be written, if the entry is still what it was. */
static void enable_write(struct fault *f, pte_t *slot, pte_t seen)
{
    spin_lock(&f->mm->pt_lock);
    if (pte_pa(pte_read(slot)) == pte_pa(seen))
        pte_set_bits(slot, PTE_W | PTE_A | PTE_D | PTE_SOFT_DIRTY);
    spin_unlock(&f->mm->pt_lock);
    tlb_flush_page(f->va);
}

/* A store through a shared mapping that could not be stored to yet: its page had no block. */
static enum need enable_shared(struct fault *f, const struct vma *vma, pte_t *slot, pte_t seen)
{
    struct object *o = vma->object;
    uint64_t index = vma_index(vma, f->va);
    spin_lock(&o->lock);
    struct page *page = object_find(o, index);
    bool mapped = page != NULL && page == page_of_pa(pte_pa(seen));
    bool backed = mapped && page_has(page, PAGE_BACKED);
    if (backed)
        enable_write(f, slot, seen);
    spin_unlock(&o->lock);
    if (mapped && !backed)
        return ask(f, o, index, PAGE_BLOCK);
    note_kind(f, backed ? FAULT_WRITE_ENABLE : FAULT_SPURIOUS);
    return DONE;
}

/*
 * Replaces the mapped page by a private copy. The copying happens without the page-table lock; a
 * pin keeps the page from being reused by another sharer meanwhile.
 */
static enum need replace_by_copy(struct fault *f, const struct vma *vma, pte_t *slot, pte_t seen)
{
    struct page *copy = kalloc(PAGE_ANON), *source = NULL;
    if (copy == NULL)
        return FAILED_OOM;
    spin_lock(&f->mm->pt_lock);
    if (pte_pa(pte_read(slot)) == pte_pa(seen)) {
        source = page_of_pa(pte_pa(seen));
        page_pin(source);
    }
    spin_unlock(&f->mm->pt_lock);
    bool done = false;
    if (source != NULL) {
        if (source == zero_page)
            page_zero(page_data(copy));
        else
            page_copy(page_data(copy), page_data(source));
        if (vma->prot & PROT_EXEC)
            icache_sync(f->mm);
        spin_lock(&f->mm->pt_lock);
        done = pte_is_valid(pte_read(slot)) && pte_pa(pte_read(slot)) == pte_pa(seen);
        if (done)
            pte_install(slot, entry_for(vma, copy, true) | PTE_D);
        spin_unlock(&f->mm->pt_lock);
        page_unpin(source);
    }
    if (!done) {
        page_put(copy);
        note_kind(f, FAULT_SPURIOUS);
        return DONE;
    }
    tlb_flush_range(f->mm, f->va, f->va + PAGE_SIZE);
    page_put(source);
    note_kind(f, source == zero_page ? FAULT_ZERO_FILL : FAULT_COW_COPY);
    return DONE;
}

/* A store to a private page that is mapped read-only: it is copied, unless nobody else has it. */
static enum need get_own_copy(struct fault *f, const struct vma *vma, pte_t *slot, pte_t seen)
{
    struct page *page = page_of_pa(pte_pa(seen));
    bool reuse = false;
    spin_lock(&f->mm->pt_lock);
    if (pte_pa(pte_read(slot)) == pte_pa(seen) && page->state == PAGE_ANON && page->refs == 1) {
        pte_set_bits(slot, PTE_W | PTE_A | PTE_D | PTE_SOFT_DIRTY);
        reuse = true;
    }
    spin_unlock(&f->mm->pt_lock);
    if (!reuse)
        return replace_by_copy(f, vma, slot, seen);
    tlb_flush_page(f->va);
    note_kind(f, FAULT_COW_REUSE);
    return DONE;
}

static enum need get_mapped(struct fault *f, const struct vma *vma, pte_t *slot, pte_t seen)
{
    if (pte_allows(seen, f->access)) {
        /* Another thread's work, a stale translation, or a hart that does not set A and D itself.
         */
        spin_lock(&f->mm->pt_lock);
        if (pte_allows(pte_read(slot), f->access))
            pte_set_bits(slot, f->access == PROT_WRITE ? PTE_A | PTE_D : PTE_A);
        spin_unlock(&f->mm->pt_lock);
        tlb_flush_page(f->va);
        note_kind(f, FAULT_SPURIOUS);
        return DONE;
    }
    return vma->flags & VMA_SHARED ? enable_shared(f, vma, slot, seen)
                                   : get_own_copy(f, vma, slot, seen);
}

/* --- The steps --- */

static enum need serve(struct fault *f) REQUIRES_SHARED(f->mm->lock)
{
    const struct vma *vma = vma_find(f->mm, f->va);
    if (vma == NULL)
        return FAILED_SEGV;
    if (unlikely(f->va < vma->start))
        return vma->flags & VMA_GROWS_DOWN ? STACK_ROOM : FAILED_SEGV;

    unsigned allowed = vma->prot & PROT_WRITE ? vma->prot | PROT_READ : vma->prot;
    if (unlikely(!(allowed & f->access)))
        return FAILED_SEGV;

    pte_t *slot = pt_make(f->mm, f->va);
    if (unlikely(slot == NULL))
        return FAILED_OOM;
    pte_t pte = pte_read(slot);
    if (pte_is_valid(pte))
        return get_mapped(f, vma, slot, pte);
    if (vma->object == NULL)
        return get_zeros(f, vma, slot);
    if (f->access == PROT_WRITE && !(vma->flags & VMA_SHARED))
        return get_private_copy(f, vma, slot);
    return get_object_page(f, vma, slot);
}

/* Does what the fault needs, with no lock held. DONE: it may be tried again. */
static enum need provide_page(struct fault *f, enum need need)
{
    int result;
    if (need == PAGE_READ) {
        if (f->pinned != NULL)
            page_unpin(f->pinned);
        f->pinned = NULL;
        result = object_read_page(f->object, f->index, &f->pinned);
        if (result > 0)
            note_kind(f, FAULT_DISK_READ);
    } else {
        result = f->object->ops->prepare_store(f->object, f->index);
    }
    object_put(f->object);
    /* Behind the end (-ENXIO): the next look at the object finds that out by itself. */
    return result == -ENOMEM ? FAILED_OOM : result < 0 && result != -ENXIO ? FAILED_BUS : DONE;
}

static enum need provide_stack(struct fault *f)
{
    rwlock_write_lock(&f->mm->lock);
    int err = vma_grow_down(f->mm, f->va);
    rwlock_write_unlock(&f->mm->lock);
    note_kind(f, FAULT_STACK_GROW);
    return err == 0 ? DONE : FAILED_SEGV;
}

enum fault_kind fault_serve(struct mm *mm, uint64_t va, unsigned access)
{
    struct fault f = {
        .mm = mm, .va = round_down(va, PAGE_SIZE), .access = access, .kind = FAULT_NKINDS};
    enum need need;
    do {
        rwlock_read_lock(&f.mm->lock);
        need = serve(&f);
        rwlock_read_unlock(&f.mm->lock);
        if (likely(need == DONE))
            break;
        if (need == PAGE_READ || need == PAGE_BLOCK)
            need = provide_page(&f, need);
        else if (need == STACK_ROOM)
            need = provide_stack(&f);
    } while (need == DONE);
    if (f.pinned != NULL)
        page_unpin(f.pinned);
    if (need == FAILED_SEGV)
        return FAULT_SEGV;
    return need == FAILED_BUS ? FAULT_BUS : need == FAILED_OOM ? FAULT_OOM : f.kind;
}
