/* /proc/PID/pagemap and clear_refs: a process's pages one by one; see mm/footprint.h. */
#include "abi/errno.h"
#include "lib/util.h"
#include "mm/footprint.h"
#include "proc/procfs_nodes.h"

#define ENTRIES 64 /* that are made at once */

/* The entries of consecutive pages from `va` on. */
static void fill_entries(struct mm *mm, uint64_t va, uint64_t *entries, size_t n)
{
    rwlock_read_lock(&mm->lock);
    for (size_t i = 0; i < n; i++)
        entries[i] = footprint_page(mm, va + i * PAGE_SIZE);
    rwlock_read_unlock(&mm->lock);
}

/* Behind the last address the file ends. */
int64_t pagemap_read(struct proc_view *v, struct uio *u, uint64_t *offset)
{
    const uint64_t size = USER_END / PAGE_SIZE * sizeof(uint64_t);
    int64_t done = 0;
    if (*offset % sizeof(uint64_t) != 0 || u->left % sizeof(uint64_t) != 0)
        return -EINVAL;
    while (v->mm != NULL && u->left > 0 && *offset < size) {
        uint64_t entries[ENTRIES];
        size_t n = min_u64(min_u64(u->left, size - *offset), sizeof(entries));
        fill_entries(v->mm, *offset / sizeof(uint64_t) * PAGE_SIZE, entries, n / sizeof(uint64_t));
        size_t moved = uio_write(u, entries, n);
        done += (int64_t)moved;
        *offset += moved;
        if (moved < n)
            return done > 0 ? done : -EFAULT;
        sched_relax();
    }
    return done;
}

/* 1: accessed bits of all; 2: of anonymous memory; 3: of files; 4: soft-dirty marks of all. */
int clear_refs_write(struct proc_view *v, int what)
{
    if (what < 1 || what > 4)
        return -EINVAL;
    if (v->mm == NULL)
        return -ESRCH;
    enum footprint_bit bit = what == 4 ? FOOTPRINT_SOFT_DIRTY : FOOTPRINT_ACCESSED;
    rwlock_read_lock(&v->mm->lock);
    for (struct vma *vma = vma_find(v->mm, 0); vma != NULL; vma = vma_next(vma)) {
        bool of_file = vma->object != NULL;
        rwlock_check_read_held(&vma->mm->lock);
        if ((what != 2 || !of_file) && (what != 3 || of_file))
            footprint_clear(vma, bit);
    }
    rwlock_read_unlock(&v->mm->lock);
    return 0;
}
