/*
 * mremap: see remap.h.
 *
 * A move first gets all that it may lack (a VMA, the cuts at both ends of the old range, page
 * tables at the new place) and then moves the entries, which cannot fail. The new VMA enters the
 * object's list right behind the old one, so that rmap, which walks the list while entries move,
 * meets each page in one of the two (see vma.c).
 */
#include "mm/remap.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/caps.h"
#include "lib/util.h"
#include "mm/advise.h"
#include "mm/mmap.h"
#include "mm/pagetable.h"

static bool overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* What is wrong with the arguments by themselves. */
static int check_arguments(const struct remapping *r)
{
    unsigned f = r->flags;
    if (f & ~(unsigned)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
        return -EINVAL;
    if ((f & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(f & MREMAP_MAYMOVE))
        return -EINVAL;
    if ((f & MREMAP_DONTUNMAP) && r->new_size != r->size)
        return -EINVAL;
    if (r->start % PAGE_SIZE != 0 || r->new_size == 0 || r->new_size > USER_END)
        return -EINVAL;
    if (r->size > USER_END || r->start > USER_END - r->size)
        return -EFAULT;
    if (!(f & MREMAP_FIXED))
        return 0;
    if (r->new_start % PAGE_SIZE != 0 || r->new_start > USER_END - r->new_size ||
        overlaps(r->start, r->size, r->new_start, r->new_size))
        return -EINVAL;
    return r->new_start < USER_START ? -EPERM : 0;
}

/* The VMA that holds the whole old range; an old size of 0 asks for a second view, if shared. */
static int find_old(struct mm *mm, const struct remapping *r, struct vma **vma) REQUIRES(mm->lock)
{
    *vma = vma_find(mm, r->start);
    if (*vma == NULL || (*vma)->start > r->start)
        return -EFAULT;
    if (r->size == 0)
        return !((*vma)->flags & VMA_SHARED) ? -EINVAL : !(r->flags & MREMAP_MAYMOVE) ? -ENOMEM : 0;
    if (r->start + r->size > (*vma)->end)
        return -EFAULT;
    uint64_t pages = r->new_size / PAGE_SIZE, sum;
    if ((*vma)->object != NULL && __builtin_add_overflow(vma_index(*vma, r->start), pages, &sum))
        return -EINVAL;
    return 0;
}

/* --- In place --- */

static bool can_grow(struct mm *mm, const struct remapping *r, const struct vma *vma)
{
    const struct vma *next = vma_next(vma);
    uint64_t end = r->start + r->new_size;
    return r->start + r->size == vma->end && end <= USER_END && end > r->start &&
           (next == NULL || next->start >= end);
}

/* --- Moving --- */

/* A VMA like the old one for the new place. */
static struct vma *copy_at(struct mm *mm, const struct vma *old, uint64_t start,
                           const struct remapping *r)
{
    struct vma *vma = vma_new(mm);
    if (vma == NULL)
        return NULL;
    vma->start = start;
    vma->end = start + r->new_size;
    vma->first = vma_index(old, r->start);
    vma->object = old->object;
    vma->flags = old->flags;
    vma->prot = old->prot;
    return vma;
}

/* The new place, with nothing there: the address or an error. */
static int64_t make_place(struct mm *mm, const struct remapping *r, struct list *removed)
    REQUIRES(mm->lock)
{
    if (r->flags & MREMAP_FIXED) {
        int err = vma_detach(mm, r->new_start, r->new_start + r->new_size, removed);
        return err != 0 ? err : (int64_t)r->new_start;
    }
    uint64_t start = vma_find_gap(mm, r->new_size, MAP_BASE);
    return start == 0 ? -ENOMEM : (int64_t)start;
}

/* Enters the new VMA and moves the entries over. */
static int move_pages(struct mm *mm, struct vma *vma, const struct remapping *r) REQUIRES(mm->lock)
{
    uint64_t moved = min_u64(r->size, r->new_size);
    int err = pt_reserve(mm, r->start, vma->start, moved);
    if (err != 0) {
        struct pt_gap gap = {vma->start, vma->start, vma->end, vma->end};
        pt_free_tables(mm, &gap);
        return err;
    }
    struct vma *old = vma_find(mm, r->start);
    if (vma->object != NULL)
        object_get(vma->object);
    rwlock_check_write_held(&vma->mm->lock);
    vma_insert(vma, old);
    pt_move(mm, r->start, vma->start, moved);
    return 0;
}

static int64_t move(struct mm *mm, const struct remapping *r, const struct vma *old,
                    struct list *removed) REQUIRES(mm->lock)
{
    if (mm->nvmas >= MAX_VMAS)
        return -ENOMEM;
    struct vma *vma = copy_at(mm, old, 0, r), *first;
    int64_t start = vma == NULL ? -ENOMEM : 0;
    if (start == 0 && r->size > 0)
        start = vma_split_at_ends(mm, r->start, r->start + r->size, &first);
    if (start == 0)
        start = make_place(mm, r, removed);
    if (start > 0) {
        vma->start = (uint64_t)start;
        vma->end = vma->start + r->new_size;
        int err = move_pages(mm, vma, r);
        if (err != 0)
            start = err;
    }
    if (start < 0) {
        if (vma != NULL)
            vma_free(vma);
        vma_merge_range(mm, r->start, r->start + r->size);
        return start;
    }
    /* The ends were cut, so this cannot fail. */
    if (!(r->flags & MREMAP_DONTUNMAP) && r->size > 0)
        vma_detach(mm, r->start, r->start + r->size, removed);
    rwlock_check_write_held(&vma->mm->lock);
    vma_merge(vma);
    return start;
}

/* --- All together --- */

/* What there is more of afterwards counts. */
static int check_limits(struct mm *mm, const struct remapping *r, const struct vma *vma)
    REQUIRES_SHARED(mm->lock)
{
    struct vm_use change = {0, 0, 0};
    vma_count(&change, vma->flags, vma->prot, (int64_t)r->new_size);
    if (!(r->flags & MREMAP_DONTUNMAP))
        vma_count_out(mm, r->start, r->start + r->size, &change);
    if (r->flags & MREMAP_FIXED)
        vma_count_out(mm, r->new_start, r->new_start + r->new_size, &change);
    return vma_check_limits(mm, &change);
}

static int64_t remap_locked(struct mm *mm, const struct remapping *r, struct list *removed)
    REQUIRES(mm->lock)
{
    struct vma *vma;
    int err = find_old(mm, r, &vma);
    if (err == 0)
        err = check_limits(mm, r, vma);
    if (err != 0)
        return err;
    if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) || r->size == 0)
        return move(mm, r, vma, removed);
    if (r->new_size <= r->size) {
        uint64_t end = r->start + r->new_size;
        if (r->new_size < r->size)
            err = vma_detach(mm, end, r->start + r->size, removed);
        return err != 0 ? err : (int64_t)r->start;
    }
    if (can_grow(mm, r, vma)) {
        rwlock_check_write_held(&vma->mm->lock);
        vma_extend(vma, r->start + r->new_size);
        return (int64_t)r->start;
    }
    return r->flags & MREMAP_MAYMOVE ? move(mm, r, vma, removed) : -ENOMEM;
}

int64_t mm_remap(struct mm *mm, const struct remapping *r)
{
    struct list removed = LIST_INIT(removed);
    int64_t result = check_arguments(r);
    if (result != 0)
        return result;
    rwlock_write_lock(&mm->lock);
    result = remap_locked(mm, r, &removed);
    rwlock_write_unlock(&mm->lock);
    vma_drop(&removed);
    if (result > 0 && r->new_size > r->size)
        mm_prefault_locked(mm, (uint64_t)result + r->size, r->new_size - r->size);
    return result;
}
