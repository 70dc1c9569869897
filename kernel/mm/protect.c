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

static int change(struct vma *vma, uint32_t prot) REQUIRES(vma->mm->lock)
{
    struct vm_use change = {0, 0, 0};
    int64_t size = (int64_t)(vma->end - vma->start);
    if (vma->prot == prot)
        return 0;
    if (!may_become(vma, prot))
        return -EACCES;
    vma_count(&change, vma->flags, prot, size);
    vma_count(&change, vma->flags, vma->prot, -size);
    int err = vma_check_limits(vma->mm, &change);
    if (err != 0)
        return err;
    vma_set_rights(vma, vma->flags, prot);
    pt_protect(vma);
    if (prot & PROT_EXEC)
        icache_sync(vma->mm);
    return 0;
}

/* From mapping to mapping, as far as they are without gaps and allow it. */
static int change_all(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot) REQUIRES(mm->lock)
{
    uint64_t at = start;
    for (struct vma *vma = vma_find(mm, at); at < end; vma = vma_next(vma)) {
        if (vma == NULL || vma->start > at)
            return -ENOMEM;
        rwlock_check_write_held(&vma->mm->lock);
        int err = change(vma, prot);
        if (err != 0)
            return err;
        at = vma->end;
    }
    return 0;
}

int mm_protect(struct mm *mm, uint64_t start, uint64_t size, uint32_t prot)
{
    if (start % PAGE_SIZE != 0)
        return -EINVAL;
    if (size == 0)
        return 0;
    if (size > USER_END || start > USER_END - size)
        return -ENOMEM;
    uint64_t end = round_up(start + size, PAGE_SIZE);
    rwlock_write_lock(&mm->lock);
    int err = vma_split_at_ends(mm, start, end);
    if (err == 0) {
        err = change_all(mm, start, end, prot);
        vma_merge_range(mm, start, end);
    }
    rwlock_write_unlock(&mm->lock);
    return err;
}
