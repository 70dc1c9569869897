/* The life of an address space: see mm.h. */
#include "mm/mm.h"

#include "mm/pagetable.h"
#include "mm/slab.h"
#include "mm/vma.h"

static struct slab_cache mm_cache;

static struct spinlock all_lock = SPINLOCK_INIT(RANK_WAIT);
static struct list all GUARDED_BY(all_lock) = LIST_INIT(all);

/* What each hart's satp says: NULL is the kernel's own root. */
static struct mm *active[MAX_HARTS]; /* [that hart] */

void mm_init(void)
{
    slab_init(&mm_cache, "address space", sizeof(struct mm));
    vma_init();
}

struct mm *mm_new(void)
{
    struct mm *mm = slab_alloc(&mm_cache);
    if (mm == NULL)
        return NULL;
    mm->root = pt_new();
    if (mm->root == NULL) {
        slab_free(&mm_cache, mm);
        return NULL;
    }
    rwlock_init(&mm->lock, RANK_MM);
    spinlock_init(&mm->pt_lock, RANK_PT);
    vma_tree_init(mm);
    mm->refs = 1;
    mm->stale_icache = ~0u;
    spin_lock(&all_lock);
    list_push_back(&all, &mm->all);
    spin_unlock(&all_lock);
    return mm;
}

void mm_get(struct mm *mm)
{
    __atomic_fetch_add(&mm->refs, 1, __ATOMIC_RELAXED);
}

static void destroy(struct mm *mm)
{
    struct list removed = LIST_INIT(removed);
    KASSERT(mm->harts == 0, "it is active on harts %x", mm->harts);
    rwlock_write_lock(&mm->lock);
    int err = vma_detach(mm, USER_START, USER_END, &removed);
    KASSERT(err == 0, "error %d where nothing is split", err);
    rwlock_write_unlock(&mm->lock);
    vma_drop(&removed);

    spin_lock(&all_lock);
    list_remove(&mm->all);
    spin_unlock(&all_lock);
    pt_destroy(mm);
    if (mm->program != NULL)
        object_put(mm->program);
    slab_free(&mm_cache, mm);
}

void mm_put(struct mm *mm)
{
    uint32_t before = __atomic_fetch_sub(&mm->refs, 1, __ATOMIC_ACQ_REL);
    KASSERT(before != 0, "address space %p had no references", (void *)mm);
    if (before == 1)
        destroy(mm);
}

static struct vma *copy_vma(struct mm *child, const struct vma *vma)
{
    struct vma *copy = vma_new(child);
    if (copy == NULL)
        return NULL;
    copy->start = vma->start;
    copy->end = vma->end;
    copy->first = vma->first;
    copy->object = vma->object;
    copy->flags = vma->flags & ~(uint32_t)(VMA_LOCKED | VMA_ON_FAULT);
    copy->prot = vma->prot;
    if (copy->object != NULL)
        object_get(copy->object);
    return copy;
}

/* The child's VMA stands in the object's list before its entries are copied: see vma.c. */
static int copy_mappings(struct mm *child, struct mm *parent) REQUIRES(parent->lock)
    REQUIRES(child->lock)
{
    for (struct vma *vma = vma_find(parent, 0); vma != NULL; vma = vma_next(vma)) {
        if (vma->flags & VMA_NO_FORK)
            continue;
        struct vma *copy = copy_vma(child, vma);
        if (copy == NULL)
            return -1;
        rwlock_check_write_held(&copy->mm->lock); /* the child's */
        vma_insert(copy, vma);
        if (!(vma->flags & VMA_WIPE) && pt_copy(child, parent, vma) != 0)
            return -1;
    }
    return 0;
}

/* What exec has noted for /proc. */
static void copy_origin(struct mm *child, const struct mm *parent)
{
    child->program = parent->program;
    if (child->program != NULL)
        object_get(child->program);
    child->undumpable = parent->undumpable;
    child->arg_start = parent->arg_start;
    child->arg_end = parent->arg_end;
    child->env_start = parent->env_start;
    child->env_end = parent->env_end;
}

struct mm *mm_fork(struct mm *parent)
{
    struct mm *child = mm_new();
    if (child == NULL)
        return NULL;
    copy_origin(child, parent);
    rwlock_write_lock(&parent->lock);
    rwlock_write_lock_second(&child->lock);
    child->heap_start = parent->heap_start;
    child->heap_end = parent->heap_end;
    int err = copy_mappings(child, parent);
    rwlock_write_unlock(&child->lock);
    rwlock_write_unlock(&parent->lock);
    if (err != 0) {
        mm_put(child);
        return NULL;
    }
    return child;
}

/*
 * The hart's bit is set before the first walk of the new table and cleared after the last one of
 * the old: see tlb_flush_range.
 */
void mm_activate(struct mm *mm)
{
    unsigned hart = hart_self();
    struct mm *before = active[hart];
    uint32_t bit = 1u << hart;
    if (mm == before)
        return;
    if (mm != NULL) {
        __atomic_fetch_or(&mm->harts, bit, __ATOMIC_SEQ_CST);
        pt_activate(pa_of(mm->root));
        if (__atomic_load_n(&mm->stale_icache, __ATOMIC_SEQ_CST) & bit) {
            __atomic_fetch_and(&mm->stale_icache, ~bit, __ATOMIC_RELAXED);
            fence_i();
        }
    } else {
        pt_activate(pa_of(kernel_root));
    }
    if (before != NULL)
        __atomic_fetch_and(&before->harts, ~bit, __ATOMIC_SEQ_CST);
    active[hart] = mm;
}

void mm_for_each(void (*visit)(struct mm *mm, void *arg), void *arg)
{
    spin_lock(&all_lock);
    list_for_each (node, &all)
        visit(list_entry(node, struct mm, all), arg);
    spin_unlock(&all_lock);
}
