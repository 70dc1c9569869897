/* madvise, mincore and the flags of mlock: see advise.h. */
#include "mm/advise.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "abi/resource.h"
#include "lib/util.h"
#include "mm/fault.h"
#include "mm/pagetable.h"
#include "mm/vma.h"
#include "sync/sched.h"

/* What lies above user space is one more gap; what wraps around is nonsense. */
static int check_range(uint64_t start, uint64_t size)
{
    uint64_t rounded = round_up(size, PAGE_SIZE);
    return start % PAGE_SIZE != 0 || rounded < size || start + rounded < start ? -EINVAL : 0;
}

/* --- Flags --- */

struct flag_change {
    uint32_t set, clear;
    bool skips_gaps;     /* all that is mapped changes; else all below the first gap */
    bool anonymous_only; /* stops with -EINVAL at memory of a file */
};

static int change_one(struct vma *vma, const struct flag_change *change)
{
    if (change->anonymous_only && vma->object != NULL)
        return -EINVAL;
    rwlock_check_write_held(&vma->mm->lock);
    vma_set_rights(vma, (vma->flags & ~change->clear) | change->set, vma->prot);
    return 0;
}

/* RLIMIT_MEMLOCK, where gaps count like pages to be locked. */
static int check_locking(struct mm *mm, uint64_t start, uint64_t end) REQUIRES_SHARED(mm->lock)
{
    struct vm_use change = {.locked = (int64_t)((end - start) / PAGE_SIZE)};
    vma_count_out(mm, start, end, &change);
    return vma_check_limits(mm, &change) != 0 ? -ENOMEM : 0;
}

/* Gaps are -ENOMEM in the end. */
static int change_flags(struct mm *mm, uint64_t start, uint64_t size, struct flag_change change)
{
    uint64_t end = round_up(start + size, PAGE_SIZE), at = start;
    bool gaps = false;
    struct vma *vma = NULL;
    if (size == 0)
        return 0;
    rwlock_write_lock(&mm->lock);
    int err = change.set & VMA_LOCKED ? check_locking(mm, start, end) : 0;
    if (err == 0)
        err = vma_split_at_ends(mm, start, end, &vma);
    for (; err == 0 && at < end; vma = vma_next(vma)) {
        gaps |= vma == NULL || vma->start > at;
        if (vma == NULL || vma->start >= end || (gaps && !change.skips_gaps))
            break;
        err = change_one(vma, &change);
        at = vma->end;
    }
    vma_merge_range(mm, start, end);
    rwlock_write_unlock(&mm->lock);
    return err != 0 ? err : gaps ? -ENOMEM : 0;
}

/* --- Giving pages up --- */

static bool may_discard(const struct vma *vma, int advice)
{
    if (vma->flags & VMA_LOCKED)
        return false;
    return advice == MADV_DONTNEED || (vma->object == NULL && !(vma->flags & VMA_SHARED));
}

/* The next access finds the object's page again, or zeros. */
static int discard(struct mm *mm, uint64_t start, uint64_t end, int advice)
{
    bool gaps = false;
    int err = 0;
    uint64_t at = start;
    rwlock_write_lock(&mm->lock);
    for (struct vma *vma = vma_find(mm, at); at < end && err == 0; vma = vma_next(vma)) {
        gaps |= vma == NULL || vma->start > at;
        if (vma == NULL || vma->start >= end)
            break;
        if (may_discard(vma, advice))
            pt_unmap(vma, max_u64(at, vma->start), min_u64(end, vma->end));
        else
            err = -EINVAL;
        at = vma->end;
    }
    rwlock_write_unlock(&mm->lock);
    return err != 0 ? err : gaps ? -ENOMEM : 0;
}

/* --- Getting pages --- */

#define AS_MAPPED 0 /* the access that a mapping will most likely see */

static unsigned likely_access(const struct vma *vma)
{
    if ((vma->prot & PROT_WRITE) && !(vma->flags & VMA_SHARED))
        return PROT_WRITE;
    return vma->prot & PROT_READ ? PROT_READ : vma->prot & PROT_EXEC;
}

static int populate_page(struct mm *mm, uint64_t va, unsigned access)
{
    rwlock_read_lock(&mm->lock);
    const struct vma *vma = vma_find(mm, va);
    bool mapped = vma != NULL && vma->start <= va;
    if (mapped && access == AS_MAPPED)
        access = likely_access(vma);
    bool allowed = mapped && (vma->prot & access);
    pte_t *slot = allowed ? pt_find(mm, va) : NULL;
    bool done = slot != NULL && pte_allows(pte_read(slot), access);
    rwlock_read_unlock(&mm->lock);
    if (!allowed)
        return mapped ? -EINVAL : -ENOMEM;
    if (done)
        return 0;
    switch (fault_serve(mm, va, access)) {
    case FAULT_SEGV:
    case FAULT_BUS: return -EFAULT;
    case FAULT_OOM: return -ENOMEM;
    default: return 0;
    }
}

int mm_populate(struct mm *mm, uint64_t start, uint64_t size, unsigned access)
{
    uint64_t end = round_up(start + size, PAGE_SIZE);
    int err = 0;
    for (uint64_t va = start; va < end && err == 0; va += PAGE_SIZE) {
        err = populate_page(mm, va, access);
        sched_relax();
    }
    return err;
}

void mm_prefault(struct mm *mm, uint64_t start, uint64_t size)
{
    mm_populate(mm, start, size, AS_MAPPED);
}

void mm_prefault_locked(struct mm *mm, uint64_t start, uint64_t size)
{
    rwlock_read_lock(&mm->lock);
    const struct vma *vma = vma_find(mm, start);
    bool locked = vma != NULL && (vma->flags & (VMA_LOCKED | VMA_ON_FAULT)) == VMA_LOCKED;
    rwlock_read_unlock(&mm->lock);
    if (locked)
        mm_prefault(mm, start, size);
}

/* --- Locking --- */

/* What locking does to the flags of a mapping. */
static struct flag_change locking(bool on_fault)
{
    return (struct flag_change){
        .set = on_fault ? VMA_LOCKED | VMA_ON_FAULT : VMA_LOCKED,
        .clear = VMA_LOCKED | VMA_ON_FAULT,
    };
}

static const struct flag_change unlocking = {.clear = VMA_LOCKED | VMA_ON_FAULT};

int mm_lock(struct mm *mm, uint64_t start, uint64_t size, bool on_fault)
{
    if (process_limit(RLIMIT_MEMLOCK) == 0)
        return -EPERM;
    int err = change_flags(mm, start, size, locking(on_fault));
    if (err == 0 && !on_fault)
        err = mm_populate(mm, start, size, AS_MAPPED);
    return err == 0 ? 0 : -ENOMEM;
}

int mm_unlock(struct mm *mm, uint64_t start, uint64_t size)
{
    return change_flags(mm, start, size, unlocking);
}

/* The mapping that follows `at`: its start, and *end. 0: none. */
static uint64_t next_mapping(struct mm *mm, uint64_t at, uint64_t *end)
{
    rwlock_read_lock(&mm->lock);
    const struct vma *vma = vma_find(mm, at);
    uint64_t start = vma == NULL ? 0 : vma->start;
    *end = vma == NULL ? 0 : vma->end;
    rwlock_read_unlock(&mm->lock);
    return start;
}

/* The same for all there is. */
static void change_all(struct mm *mm, struct flag_change change)
{
    bool gets_pages = change.set != 0 && !(change.set & VMA_ON_FAULT);
    uint64_t start, end;
    for (uint64_t at = USER_START; (start = next_mapping(mm, at, &end)) != 0; at = end) {
        change_flags(mm, start, end - start, change);
        if (gets_pages)
            mm_prefault(mm, start, end - start);
    }
}

int mm_lock_all(struct mm *mm, unsigned flags)
{
    struct flag_change change = locking((flags & MCL_ONFAULT) != 0);
    uint64_t limit = process_limit(RLIMIT_MEMLOCK);
    if (limit == 0)
        return -EPERM;
    rwlock_write_lock(&mm->lock);
    bool fits = !(flags & MCL_CURRENT) || (uint64_t)mm->use.all <= limit / PAGE_SIZE;
    if (fits)
        mm->future = flags & MCL_FUTURE ? change.set : 0;
    rwlock_write_unlock(&mm->lock);
    if (fits && (flags & MCL_CURRENT))
        change_all(mm, change);
    return fits ? 0 : -ENOMEM;
}

void mm_unlock_all(struct mm *mm)
{
    rwlock_write_lock(&mm->lock);
    mm->future = 0;
    rwlock_write_unlock(&mm->lock);
    change_all(mm, unlocking);
}

/* --- Advice --- */

static bool is_all_mapped(struct mm *mm, uint64_t start, uint64_t end)
{
    rwlock_read_lock(&mm->lock);
    struct vma *vma = vma_find(mm, start);
    while (start < end && vma != NULL && vma->start <= start) {
        start = vma->end;
        vma = vma_next(vma);
    }
    rwlock_read_unlock(&mm->lock);
    return start >= end;
}

#define WILLNEED_MAX 256 /* pages: more than that may be gone again before it is used */

/* Reads pages of an object; that it cannot is found out by those who use them. */
static void read_pages(struct object *o, uint64_t first, uint64_t count)
{
    struct page *page;
    for (uint64_t index = first; index < first + count && index < object_end_index(o); index++) {
        if (object_read_page(o, index, &page) < 0)
            break;
        page_unpin(page);
        sched_relax();
    }
}

static int read_files(struct mm *mm, uint64_t start, uint64_t end)
{
    uint64_t budget = WILLNEED_MAX, mapping_end, from;
    for (uint64_t at = start; at < end && budget > 0; at = mapping_end) {
        rwlock_read_lock(&mm->lock);
        const struct vma *vma = vma_find(mm, at);
        bool inside = vma != NULL && vma->start < end;
        struct object *o = inside ? vma->object : NULL;
        from = inside ? max_u64(at, vma->start) : end;
        uint64_t first = inside ? vma_index(vma, from) : 0;
        mapping_end = inside ? min_u64(end, vma->end) : end;
        if (o != NULL)
            object_get(o);
        rwlock_read_unlock(&mm->lock);
        if (o == NULL)
            continue;
        uint64_t count = min_u64(budget, (mapping_end - from) / PAGE_SIZE);
        read_pages(o, first, count);
        object_put(o);
        budget -= count;
    }
    return is_all_mapped(mm, start, end) ? 0 : -ENOMEM;
}

int mm_advise(struct mm *mm, uint64_t start, uint64_t size, int advice)
{
    int err = check_range(start, size);
    uint64_t end = round_up(start + size, PAGE_SIZE);
    struct flag_change change = {.skips_gaps = true};
    if (err != 0)
        return err;
    switch (advice) {
    case MADV_WILLNEED: return read_files(mm, start, end);
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_COLD:
    case MADV_PAGEOUT: return is_all_mapped(mm, start, end) ? 0 : -ENOMEM;
    case MADV_DONTNEED:
    case MADV_FREE: return discard(mm, start, end, advice);
    case MADV_POPULATE_READ: return mm_populate(mm, start, size, PROT_READ);
    case MADV_POPULATE_WRITE: return mm_populate(mm, start, size, PROT_WRITE);
    case MADV_NORMAL:
    case MADV_SEQUENTIAL: change.clear = VMA_RANDOM; break;
    case MADV_RANDOM: change.set = VMA_RANDOM; break;
    case MADV_WIPEONFORK:
        change.set = VMA_WIPE;
        change.anonymous_only = true;
        break;
    case MADV_DONTFORK: change.set = VMA_NO_FORK; break;
    case MADV_DOFORK: change.clear = VMA_NO_FORK; break;
    case MADV_KEEPONFORK: change.clear = VMA_WIPE; break;
    default: return -EINVAL;
    }
    return change_flags(mm, start, size, change);
}

/* --- What is in memory --- */

static bool is_resident(struct mm *mm, struct vma *vma, uint64_t va)
{
    pte_t *slot = pt_find(mm, va);
    if (slot != NULL && pte_is_valid(pte_read(slot)))
        return true;
    struct object *o = vma->object;
    if (o == NULL)
        return false;
    spin_lock(&o->lock);
    const struct page *page = object_find(o, vma_index(vma, va));
    bool valid = page != NULL && page_has(page, PAGE_VALID);
    spin_unlock(&o->lock);
    return valid;
}

int mm_residence(struct mm *mm, uint64_t start, unsigned count, uint8_t *resident)
{
    int err = 0;
    rwlock_read_lock(&mm->lock);
    for (unsigned i = 0; i < count && err == 0; i++) {
        uint64_t va = start + i * PAGE_SIZE;
        struct vma *vma = vma_find(mm, va);
        if (vma == NULL || vma->start > va)
            err = -ENOMEM;
        else
            resident[i] = is_resident(mm, vma, va);
    }
    rwlock_read_unlock(&mm->lock);
    return err;
}
