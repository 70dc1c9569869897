/*
 * Mappings: each VMA is a range of pages of an address space, with one protection, over one object
 * or over nothing (private anonymous memory). See mm.h for the invariants.
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include "mm/mm.h"
#include "mm/object.h"

#define VMA_SHARED     0x1   /* MAP_SHARED: stores go to the object */
#define VMA_GROWS_DOWN 0x2   /* a stack: faults below it extend it */
#define VMA_NO_SYNC    0x4   /* MAP_NOSYNC: not flushed when unmapped */
#define VMA_MAY_WRITE  0x8   /* PROT_WRITE may be set: a private mapping, or a writable file */
#define VMA_MAY_READ   0x10  /* the file is open for reading */
#define VMA_NO_FORK    0x20  /* MADV_DONTFORK: children do not get it */
#define VMA_WIPE       0x40  /* MADV_WIPEONFORK: children get it empty */
#define VMA_LOCKED     0x80  /* mlock: its pages stay */
#define VMA_ON_FAULT   0x100 /* besides VMA_LOCKED: and come when they are touched */
#define VMA_RANDOM     0x200 /* MADV_RANDOM: faults bring no neighbours */

struct vma {
    struct tree_node node;   /* [mm->lock] in mm->vmas; its weight: unmapped bytes below start */
    uint64_t start, end;     /* [mm->lock, object->lock] virtual addresses */
    uint64_t first;          /* [mm->lock, object->lock] index in the object of the page at start */
    struct object *object;   /* [const] referenced; NULL: private anonymous memory */
    struct mm *mm;           /* [const] */
    struct list object_node; /* [object->lock] in object->vmas; or in a list of removed VMAs */
    uint32_t flags;          /* [mm->lock] VMA_*; SHARED, MAY_*, GROWS_DOWN are constant */
    uint32_t prot;           /* [mm->lock] PROT_* */
};

void vma_init(void);
void vma_tree_init(struct mm *mm);

/* The VMA that holds `va` or the first one behind it; NULL if there is none. */
struct vma *vma_find(const struct mm *mm, uint64_t va);
struct vma *vma_next(const struct vma *vma);
struct vma *vma_previous(const struct vma *vma);

struct vma *vma_new(struct mm *mm);
void vma_free(struct vma *vma);

/* Enters a VMA in the address space and its object's list; takes over its object reference. */
void vma_insert(struct vma *vma, struct vma *fork_of) REQUIRES(vma->mm->lock);

/* Joins a VMA with its neighbours where they are alike and continue each other. */
void vma_merge(struct vma *vma) REQUIRES(vma->mm->lock);

/* The same with the one below only; returns the VMA that has its pages now. */
struct vma *vma_merge_below(struct vma *below, struct vma *vma) REQUIRES(vma->mm->lock);

/* The same for all that touch [start, end]. */
void vma_merge_range(struct mm *mm, uint64_t start, uint64_t end) REQUIRES(mm->lock);

/* Moves a VMA's end up, where nothing is. */
void vma_extend(struct vma *vma, uint64_t end) REQUIRES(vma->mm->lock);

/*
 * Cuts VMAs that reach over the ends of a range in two. 0, or -ENOMEM with nothing changed; *first
 * is then the VMA at `start` or the first one behind it, or NULL.
 */
int vma_split_at_ends(struct mm *mm, uint64_t start, uint64_t end, struct vma **first)
    REQUIRES(mm->lock);

/*
 * Takes all VMAs in [start, end) out of the address space into `removed`, splitting those that
 * reach out of it, and empties the page table there. 0, or -ENOMEM with nothing changed.
 */
int vma_detach(struct mm *mm, uint64_t start, uint64_t end, struct list *removed)
    REQUIRES(mm->lock);

/* Ends detached VMAs: writes what has to be written, drops references. No locks are held. */
void vma_drop(struct list *removed);

/* What RLIMIT_DATA counts. */
static inline int vma_is_data(uint32_t flags, uint32_t prot)
{
    return (prot & PROT_WRITE) && !(flags & (VMA_SHARED | VMA_GROWS_DOWN));
}

/* Counts `size` bytes of a mapping of this kind; what is mapped in [start, end) as going. */
static inline void vma_count(struct vm_use *use, uint32_t flags, uint32_t prot, int64_t size)
{
    int64_t pages = size / PAGE_SIZE;
    use->all += pages;
    if (vma_is_data(flags, prot))
        use->data += pages;
    if (flags & VMA_LOCKED)
        use->locked += pages;
}
void vma_count_out(struct mm *mm, uint64_t start, uint64_t end, struct vm_use *use)
    REQUIRES_SHARED(mm->lock);

/* Whether the running process's limits allow a change: 0, -ENOMEM, -EAGAIN for locked pages. */
int vma_check_limits(const struct mm *mm, const struct vm_use *change) REQUIRES_SHARED(mm->lock);

/* Changes what accounts depend on, without asking for limits. */
void vma_set_rights(struct vma *vma, uint32_t flags, uint32_t prot) REQUIRES(vma->mm->lock);

/*
 * Where a new program's stack ends, how large it is at first, and how much mmap leaves it: as much
 * as RLIMIT_STACK is at first.
 */
#define STACK_TOP     (USER_END - 0x10000)
#define STACK_INITIAL (320 * 1024UL) /* arguments and environment fit in it */
#define STACK_MAX     (8 * 1024 * 1024UL)
#define STACK_GUARD   (1024 * 1024UL) /* kept free below a stack */

/* Extends a stack down to `va` if the rules and limits allow. 0 or -EFAULT, -ENOMEM, -EAGAIN. */
int vma_grow_down(struct mm *mm, uint64_t va) REQUIRES(mm->lock);

/* The highest free range of `size` bytes below `limit`; 0 if there is none. */
uint64_t vma_find_gap(const struct mm *mm, uint64_t size, uint64_t limit);

unsigned vma_check(struct mm *mm);

/* Whether stores through it have to be written to a disk some time. */
static inline bool vma_has_backing(const struct vma *vma)
{
    uint32_t both = VMA_SHARED | VMA_MAY_WRITE;
    return vma->object != NULL && (vma->flags & both) == both && vma->object->ops->clean != NULL;
}

static inline uint64_t vma_index(const struct vma *vma, uint64_t va)
{
    return vma->first + (va - vma->start) / PAGE_SIZE;
}

#endif
