/* msync: see msync.h. Nothing is locked while the disk works: the range is looked at piece by
 * piece. */
#include "mm/msync.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/util.h"
#include "mm/vma.h"

/* What lies at `at`: a piece of a mapping, or a gap. */
struct piece {
    uint64_t end;          /* of the piece, or of the gap before it */
    bool is_gap;           /* nothing is mapped from `at` to `end` */
    bool is_locked;        /* by mlock */
    struct object *object; /* referenced, if stores to it have to be written; or NULL */
    uint64_t first, last;  /* indices in the object */
};

static struct piece look(struct mm *mm, uint64_t at, uint64_t end)
{
    struct piece p = {.end = end, .is_gap = true};
    rwlock_read_lock(&mm->lock);
    struct vma *vma = vma_find(mm, at);
    if (vma != NULL && vma->start > at) {
        p.end = min_u64(end, vma->start);
    } else if (vma != NULL) {
        p.end = min_u64(end, vma->end);
        p.is_gap = false;
        p.is_locked = (vma->flags & VMA_LOCKED) != 0;
        p.first = vma_index(vma, at);
        p.last = vma_index(vma, p.end) - 1;
        if (vma_has_backing(vma)) {
            p.object = vma->object;
            object_get(p.object);
        }
    }
    rwlock_read_unlock(&mm->lock);
    return p;
}

static int write_piece(const struct piece *p)
{
    int err = object_clean(p->object, p->first, p->last);
    return err != 0 ? err : p->object->ops->commit(p->object);
}

int mm_sync(struct mm *mm, uint64_t start, uint64_t size, unsigned flags)
{
    bool gaps = false;
    if ((flags & ~(unsigned)(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || start % PAGE_SIZE != 0 ||
        (flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    uint64_t end = round_up(start + size, PAGE_SIZE);
    if (size > USER_END || start > USER_END - size)
        return -ENOMEM;
    for (uint64_t at = start; at < end;) {
        struct piece p = look(mm, at, end);
        int err = (flags & MS_INVALIDATE) && p.is_locked ? -EBUSY : 0;
        if (p.object != NULL) {
            if (err == 0 && (flags & MS_SYNC))
                err = write_piece(&p);
            object_put(p.object);
        }
        if (err != 0)
            return err;
        gaps |= p.is_gap;
        at = p.end;
    }
    return gaps ? -ENOMEM : 0;
}
