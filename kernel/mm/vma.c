/*
 * The VMAs of an address space: see mm.h. They stand in a balanced tree by address; each knows the
 * gap below it, and each subtree the largest gap in it, so a free range is found in logarithmic
 * time.
 */
#include "mm/vma.h"

#include "abi/errno.h"
#include "abi/resource.h"
#include "lib/caps.h"
#include "lib/print.h"
#include "lib/util.h"
#include "mm/pagetable.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "sync/sched.h"

static struct slab_cache vma_cache;

static struct vma *vma_of(const struct tree_node *node)
{
    return node == NULL ? NULL : container_of(node, struct vma, node);
}

void vma_init(void)
{
    slab_init(&vma_cache, "vma", sizeof(struct vma));
}

void vma_tree_init(struct mm *mm)
{
    mm->vmas.root = NULL;
}

struct vma *vma_new(struct mm *mm)
{
    struct vma *vma = slab_alloc(&vma_cache);
    if (vma != NULL) {
        vma->mm = mm;
        list_init(&vma->object_node);
    }
    return vma;
}

void vma_free(struct vma *vma)
{
    slab_free(&vma_cache, vma);
}

/* --- Finding --- */

struct vma *vma_find(const struct mm *mm, uint64_t va)
{
    struct tree_node *node = mm->vmas.root;
    struct vma *found = NULL;
    while (node != NULL) {
        struct vma *vma = container_of(node, struct vma, node);
        if (va >= vma->end) {
            node = node->right;
        } else {
            found = vma;
            if (va >= vma->start)
                break;
            node = node->left;
        }
    }
    return found;
}

struct vma *vma_next(const struct vma *vma)
{
    return vma_of(tree_next(&vma->node));
}

struct vma *vma_previous(const struct vma *vma)
{
    return vma_of(tree_previous(&vma->node));
}

/* The highest start of `size` bytes in the gap below `vma` and under `limit`; 0 if it is too small.
 */
static uint64_t fit(const struct vma *vma, uint64_t size, uint64_t limit)
{
    uint64_t low = vma->start - vma->node.weight, high = min_u64(vma->start, limit);
    return high > low && high - low >= size ? high - size : 0;
}

/*
 * From high addresses to low ones, skipping subtrees without a gap that is large enough. Only gaps
 * that `limit` cuts can disappoint, and there is one of them at the most.
 */
static uint64_t search_gap(const struct tree_node *node, uint64_t size, uint64_t limit)
{
    const struct tree_node *from = node == NULL ? NULL : node->parent;
    while (node != NULL) {
        const struct tree_node *parent = node->parent;
        bool from_above = from == parent;
        if (from_above && tree_most(node) >= size && tree_most(node->right) >= size &&
            vma_of(node)->start < limit) {
            from = node;
            node = node->right;
            continue;
        }
        if ((from_above || from == node->right) && tree_most(node) >= size) {
            uint64_t start = fit(vma_of(node), size, limit);
            if (start != 0)
                return start;
            if (tree_most(node->left) >= size) {
                from = node;
                node = node->left;
                continue;
            }
        }
        from = node;
        node = parent;
    }
    return 0;
}

uint64_t vma_find_gap(const struct mm *mm, uint64_t size, uint64_t limit)
{
    const struct vma *top = vma_of(tree_last(&mm->vmas));
    uint64_t low = top == NULL ? USER_START : top->end;
    if (limit > low && limit - low >= size)
        return limit - size;
    return search_gap(mm->vmas.root, size, limit);
}

/* --- Accounts --- */

/* The address space gains `size` bytes of a mapping, or loses them. */
static void account(struct vma *vma, int64_t size)
{
    vma_count(&vma->mm->use, vma->flags, vma->prot, size);
}

static int64_t vma_size(const struct vma *vma)
{
    return (int64_t)(vma->end - vma->start);
}

void vma_set_rights(struct vma *vma, uint32_t flags, uint32_t prot)
{
    struct vm_use *use = &vma->mm->use;
    int64_t pages = vma_size(vma) / PAGE_SIZE;
    use->data += pages * (vma_is_data(flags, prot) - vma_is_data(vma->flags, vma->prot));
    use->locked += pages * (!!(flags & VMA_LOCKED) - !!(vma->flags & VMA_LOCKED));
    vma->flags = flags;
    vma->prot = prot;
}

void vma_count_out(struct mm *mm, uint64_t start, uint64_t end, struct vm_use *use)
{
    struct vma *vma = vma_find(mm, start);
    for (; vma != NULL && vma->start < end; vma = vma_next(vma)) {
        uint64_t size = min_u64(end, vma->end) - max_u64(start, vma->start);
        vma_count(use, vma->flags, vma->prot, -(int64_t)size);
    }
}

/* Whether a number of pages grows, and beyond what a limit, in bytes, allows. */
static bool exceeds(int64_t now, int64_t more, int resource)
{
    return more > 0 && (uint64_t)(now + more) > process_limit(resource) / PAGE_SIZE;
}

int vma_check_limits(const struct mm *mm, const struct vm_use *change)
{
    const struct vm_use *now = &mm->use;
    if (exceeds(now->locked, change->locked, RLIMIT_MEMLOCK))
        return -EAGAIN;
    if (exceeds(now->all, change->all, RLIMIT_AS) || exceeds(now->data, change->data, RLIMIT_DATA))
        return -ENOMEM;
    return 0;
}

/* --- Entering and leaving --- */

/* Recomputes the gap below a VMA (NULL: behind the last one, which nobody records). */
static void refresh_gap(struct mm *mm, struct vma *vma)
{
    if (vma == NULL)
        return;
    const struct vma *below = vma_previous(vma);
    vma->node.weight = vma->start - (below == NULL ? USER_START : below->end);
    tree_refresh(&vma->node);
}

static void enter_tree(struct vma *vma)
{
    struct mm *mm = vma->mm;
    struct tree_node **link = &mm->vmas.root, *parent = NULL;
    while (*link != NULL) {
        parent = *link;
        link = vma->start < vma_of(parent)->start ? &parent->left : &parent->right;
    }
    tree_insert(&mm->vmas, &vma->node, parent, link);
    refresh_gap(mm, vma);
    refresh_gap(mm, vma_next(vma));
    mm->nvmas++;
    account(vma, vma_size(vma));
}

static void leave_tree(struct vma *vma)
{
    struct mm *mm = vma->mm;
    struct vma *above = vma_next(vma);
    tree_remove(&mm->vmas, &vma->node);
    refresh_gap(mm, above);
    mm->nvmas--;
    account(vma, -vma_size(vma));
}

static bool stores_reach_object(const struct vma *vma)
{
    return (vma->flags & VMA_SHARED) && (vma->flags & VMA_MAY_WRITE);
}

/*
 * A child's VMA goes right behind the one that it copies. So when rmap walks the list while page
 * table entries are being copied, it meets the source first: what it no longer finds there was
 * copied before, and is found in the copy.
 */
static void enter_object(struct vma *vma, struct vma *place)
{
    struct object *o = vma->object;
    if (o == NULL)
        return;
    spin_lock(&o->lock);
    list_insert_after(place != NULL ? &place->object_node : o->vmas.prev, &vma->object_node);
    if (stores_reach_object(vma))
        object_add_writer(o, 1);
    spin_unlock(&o->lock);
}

static void leave_object(struct vma *vma)
{
    struct object *o = vma->object;
    if (o == NULL)
        return;
    spin_lock(&o->lock);
    list_remove(&vma->object_node);
    if (stores_reach_object(vma))
        object_add_writer(o, -1);
    spin_unlock(&o->lock);
}

void vma_insert(struct vma *vma, struct vma *fork_of)
{
    KASSERT(vma->start < vma->end && vma->start >= USER_START && vma->end <= USER_END, "[%lx, %lx)",
            (long)vma->start, (long)vma->end);
    enter_tree(vma);
    enter_object(vma, fork_of);
}

/* --- Splitting and merging --- */

static inline void move_bounds(struct vma *vma, uint64_t start, uint64_t end)
{
    vma->first += (start - vma->start) / PAGE_SIZE; /* wraps back when start moves down */
    vma->start = start;
    vma->end = end;
}

/* Sets a VMA's bounds, where rmap may be looking. */
static void set_seen_bounds(struct vma *vma, uint64_t start, uint64_t end)
{
    spin_lock(&vma->object->lock);
    move_bounds(vma, start, end);
    spin_unlock(&vma->object->lock);
}

static inline void set_bounds(struct vma *vma, uint64_t start, uint64_t end)
{
    if (vma->object == NULL)
        move_bounds(vma, start, end);
    else
        set_seen_bounds(vma, start, end);
}

/* Cuts `vma` at `at`, which lies inside; the upper part is `upper`, fresh from vma_new. */
static void split(struct vma *vma, uint64_t at, struct vma *upper)
{
    upper->start = at;
    upper->end = vma->end;
    upper->first = vma_index(vma, at);
    upper->object = vma->object;
    upper->flags = vma->flags;
    upper->prot = vma->prot;
    if (upper->object != NULL)
        object_get(upper->object);
    /* For a moment both cover the upper part; rmap does the same thing twice then. */
    if (upper->object != NULL)
        enter_object(upper, vma);
    set_bounds(vma, vma->start, at);
    tree_insert_after(&vma->mm->vmas, &upper->node, &vma->node); /* with no gap between */
    vma->mm->nvmas++;
}

static bool continues(const struct vma *low, const struct vma *high)
{
    return low != NULL && high != NULL && low->end == high->start && low->prot == high->prot &&
           low->flags == high->flags && low->object == high->object &&
           (low->object == NULL || vma_index(low, low->end) == high->first) &&
           !(low->flags & VMA_GROWS_DOWN);
}

/* `low` takes over the range of `high`, which disappears. */
static void join(struct vma *low, struct vma *high)
{
    set_bounds(low, low->start, high->end);
    tree_remove(&low->mm->vmas, &high->node);
    low->mm->nvmas--;
    if (high->object != NULL) {
        leave_object(high);
        object_put(high->object); /* not the last reference: `low` has one */
    }
    vma_free(high);
}

void vma_merge(struct vma *vma)
{
    struct vma *above = vma_next(vma), *below = vma_previous(vma);
    if (continues(vma, above))
        join(vma, above);
    if (continues(below, vma))
        join(below, vma);
}

void vma_extend(struct vma *vma, uint64_t end)
{
    account(vma, (int64_t)(end - vma->end));
    set_bounds(vma, vma->start, end);
    if (vma_next(vma) != NULL)
        refresh_gap(vma->mm, vma_next(vma));
    vma_merge(vma);
}

struct vma *vma_merge_below(struct vma *below, struct vma *vma)
{
    if (!continues(below, vma))
        return vma;
    join(below, vma);
    return below;
}

void vma_merge_range(struct mm *mm, uint64_t start, uint64_t end)
{
    struct vma *vma = vma_find(mm, start), *next;
    struct vma *below = vma == NULL ? NULL : vma_previous(vma);
    for (; vma != NULL && vma->start <= end; vma = next) {
        next = vma_next(vma);
        rwlock_check_write_held(&vma->mm->lock);
        below = vma_merge_below(below, vma);
    }
}

/* --- Unmapping --- */

int vma_split_at_ends(struct mm *mm, uint64_t start, uint64_t end, struct vma **first)
{
    struct vma *low = vma_find(mm, start), *high = low;
    *first = low;
    if (low == NULL || (low->start == start && low->end == end))
        return 0;
    if (low->end < end)
        high = vma_find(mm, end);
    if (low->start >= start)
        low = NULL;
    if (high != NULL && (high->start >= end || high->end == end))
        high = NULL;
    struct vma *upper_low = low == NULL ? NULL : vma_new(mm);
    struct vma *upper_high = high == NULL ? NULL : vma_new(mm);
    bool full = low != NULL && low == high && mm->nvmas >= MAX_VMAS;
    if ((low != NULL && upper_low == NULL) || (high != NULL && upper_high == NULL) || full) {
        if (upper_low != NULL)
            vma_free(upper_low);
        if (upper_high != NULL)
            vma_free(upper_high);
        return -ENOMEM;
    }
    if (high != NULL)
        split(high, end, upper_high);
    if (low != NULL) {
        split(low, start, upper_low);
        *first = upper_low;
    }
    return 0;
}

int vma_detach(struct mm *mm, uint64_t start, uint64_t end, struct list *removed)
{
    struct vma *vma, *next;
    int err = vma_split_at_ends(mm, start, end, &vma);
    if (err != 0)
        return err;
    if (vma == NULL || vma->start >= end)
        return 0;
    const struct vma *previous = vma_previous(vma);
    struct pt_gap gap = {.floor = previous == NULL ? 0 : previous->end, .start = vma->start};
    for (; vma != NULL && vma->start < end; vma = next) {
        gap.end = vma->end;
        next = vma_next(vma);
        pt_unmap(vma, vma->start, vma->end);
        leave_tree(vma);
        leave_object(vma);
        list_push_back(removed, &vma->object_node);
    }
    gap.ceiling = vma == NULL ? USER_END : vma->start;
    pt_free_tables(mm, &gap);
    return 0;
}

/* What a shared mapping of a file promises when it ends: its stores are on the disk. */
static void flush(const struct vma *vma)
{
    struct object *o = vma->object;
    if (!vma_has_backing(vma) || (vma->flags & VMA_NO_SYNC))
        return;
    writeback_clean_marked(o, vma->first, vma_index(vma, vma->end) - 1);
    o->ops->commit(o);
}

void vma_drop(struct list *removed)
{
    for (struct list *node; (node = list_pop_front(removed)) != NULL;) {
        struct vma *vma = list_entry(node, struct vma, object_node);
        if (vma->object != NULL) {
            flush(vma);
            object_put(vma->object);
        }
        vma_free(vma);
    }
}

/* --- Stacks --- */

/* The guard below a stack counts from the VMA below it; pages above `va` come along. */
int vma_grow_down(struct mm *mm, uint64_t va)
{
    struct vma *vma = vma_find(mm, va);
    if (vma == NULL || !(vma->flags & VMA_GROWS_DOWN))
        return -EFAULT;
    uint64_t start = round_down(va, PAGE_SIZE);
    if (start >= vma->start)
        return 0; /* another thread was faster */
    const struct vma *below = vma_previous(vma);
    if (below != NULL && start - below->end < STACK_GUARD && !(below->flags & VMA_GROWS_DOWN))
        return -EFAULT;
    if (start < USER_START + STACK_GUARD || vma->end - start > process_limit(RLIMIT_STACK))
        return -EFAULT;
    struct vm_use change = {0, 0, 0};
    vma_count(&change, vma->flags, vma->prot, (int64_t)(vma->start - start));
    int err = vma_check_limits(mm, &change);
    if (err != 0)
        return err;
    account(vma, (int64_t)(vma->start - start));
    set_bounds(vma, start, vma->end);
    refresh_gap(mm, vma);
    return 0;
}

/* --- Looking at it --- */

unsigned vma_check(struct mm *mm)
{
    unsigned wrong = 0, count = 0;
    uint64_t at = USER_START;
    struct vm_use use = {0, 0, 0};
    if (!tree_is_valid(&mm->vmas)) {
        kprintf("audit: the tree of VMAs of %p is out of balance\n", (void *)mm);
        wrong++;
    }
    for (const struct vma *v = vma_of(tree_first(&mm->vmas)); v != NULL; v = vma_next(v)) {
        if (v->start < at || v->end <= v->start || v->end > USER_END ||
            v->node.weight != v->start - at) {
            kprintf("audit: VMA [%lx, %lx) of %p, gap %lx, follows %lx\n", (long)v->start,
                    (long)v->end, (void *)mm, (long)v->node.weight, (long)at);
            wrong++;
        }
        at = v->end;
        count++;
        vma_count(&use, v->flags, v->prot, vma_size(v));
    }
    if (count != mm->nvmas || use.all != mm->use.all || use.data != mm->use.data ||
        use.locked != mm->use.locked) {
        kprintf("audit: %p has %u VMAs of %lu pages, %lu of data, %lu locked; counted %u of %lu, "
                "%lu, %lu\n",
                (void *)mm, count, (long)use.all, (long)use.data, (long)use.locked, mm->nvmas,
                (long)mm->use.all, (long)mm->use.data, (long)mm->use.locked);
        wrong++;
    }
    return wrong;
}
