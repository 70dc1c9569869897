/*
 * mprotect: see protect.h.
 *
 * The mappings at both ends are split first, which is all that can fail for want of memory. Then
 * each mapping and its entries change; at last equal neighbours are joined again. Entries lose
 * rights at once and gain none but those that cost nothing to give: the right to write comes back
 * with the fault that asks for it, which knows about copies and blocks.
 */
#include "mm/protect.h"

#include "abi/errno.h"
#include "lib/util.h"
#include "mm/pagetable.h"
#include "mm/vma.h"

static bool may_become(const struct vma *vma, uint32_t prot)
{
    return !(prot & PROT_WRITE) || (vma->flags & VMA_MAY_WRITE);
}

/* What becomes writable counts as data. */
static int check_data(struct vma *vma, uint32_t prot) REQUIRES(vma->mm->lock)
{
    struct vm_use change = {0, 0, 0};
    int64_t size = (int64_t)(vma->end - vma->start);
    vma_count(&change, vma->flags, prot, size);
    vma_count(&change, vma->flags, vma->prot, -size);
    return vma_check_limits(vma->mm, &change);
}

static int change(struct vma *vma, uint32_t prot) REQUIRES(vma->mm->lock)
{
    if (vma->prot == prot)
        return 0;
    if (!may_become(vma, prot))
        return -EACCES;
    int err = prot & ~vma->prot & PROT_WRITE ? check_data(vma, prot) : 0;
    if (err != 0)
        return err;
    vma_set_rights(vma, vma->flags, prot);
    pt_protect(vma);
    if (prot & PROT_EXEC)
        icache_sync(vma->mm);
    return 0;
}

/* From mapping to mapping, as far as they are without gaps and allow it, joining on the way. */
static int change_all(struct mm *mm, struct vma *vma, uint64_t start, uint64_t end, uint32_t prot)
    REQUIRES(mm->lock)
{
    struct vma *below = vma == NULL ? NULL : vma_previous(vma), *next;
    for (uint64_t at = start; at < end; vma = next) {
        if (vma == NULL || vma->start > at)
            return -ENOMEM;
        rwlock_check_write_held(&vma->mm->lock);
        int err = change(vma, prot);
        if (err != 0)
            return err;
        at = vma->end;
        next = vma_next(vma);
        below = vma_merge_below(below, vma);
    }
    if (vma != NULL) {
        rwlock_check_write_held(&vma->mm->lock);
        vma_merge_below(below, vma);
    }
    return 0;
}

/* PROT_GROWSDOWN: *start becomes that of a mapping that grows down. */
static int extend_range(struct mm *mm, uint64_t *start, uint64_t end, uint32_t grows)
{
    const struct vma *vma = vma_find(mm, *start);
    if (vma == NULL || vma->start >= end)
        return -ENOMEM;
    if (grows != PROT_GROWSDOWN || !(vma->flags & VMA_GROWS_DOWN))
        return -EINVAL;
    *start = vma->start;
    return 0;
}

int mm_protect(struct mm *mm, uint64_t start, uint64_t size, uint32_t prot)
{
    uint32_t grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (size == 0)
        return 0;
    if (size > USER_END || start > USER_END - size)
        return -ENOMEM;
    uint64_t end = round_up(start + size, PAGE_SIZE);
    rwlock_write_lock(&mm->lock);
    struct vma *first;
    int err = grows != 0 ? extend_range(mm, &start, end, grows) : 0;
    if (err == 0)
        err = vma_split_at_ends(mm, start, end, &first);
    if (err == 0) {
        err = change_all(mm, first, start, end, prot & ~grows);
        if (err != 0)
            vma_merge_range(mm, start, end);
    }
    rwlock_write_unlock(&mm->lock);
    return err;
}
