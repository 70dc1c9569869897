/* From an object to the page tables that map it: see rmap.h. */
#include "mm/rmap.h"

#include "lib/util.h"
#include "mm/pagetable.h"

/* The addresses at which a VMA maps pages [first, last] of its object; false if it maps none. */
static bool overlap(const struct vma *vma, uint64_t first, uint64_t last, uint64_t *start,
                    uint64_t *end)
{
    uint64_t pages = (vma->end - vma->start) / PAGE_SIZE;
    uint64_t low = max_u64(first, vma->first);
    uint64_t high = min_u64(last, vma->first + pages - 1);
    if (low > high)
        return false;
    *start = vma->start + (low - vma->first) * PAGE_SIZE;
    *end = vma->start + (high - vma->first + 1) * PAGE_SIZE;
    return true;
}

void rmap_unmap(struct object *o, uint64_t first, uint64_t last)
{
    uint64_t start, end;
    spin_lock(&o->lock);
    list_for_each (node, &o->vmas) {
        struct vma *vma = list_entry(node, struct vma, object_node);
        spin_check_held(&vma->object->lock);
        if (overlap(vma, first, last, &start, &end))
            pt_unmap_cut(vma, start, end);
    }
    spin_unlock(&o->lock);
}

void rmap_harvest(struct object *o, uint64_t first, uint64_t last)
{
    uint64_t start, end;
    spin_lock(&o->lock);
    if (o->shared_writers != 0) {
        list_for_each (node, &o->vmas) {
            struct vma *vma = list_entry(node, struct vma, object_node);
            spin_check_held(&vma->object->lock);
            if ((vma->flags & VMA_SHARED) && overlap(vma, first, last, &start, &end))
                pt_harvest(vma, start, end);
        }
    }
    spin_unlock(&o->lock);
}
