/* Mapping and unmapping: see mmap.h. Everything that can fail comes before anything changes. */
#include "mm/mmap.h"

#include "abi/errno.h"
#include "lib/caps.h"
#include "lib/util.h"
#include "mm/advise.h"

/* Whether [start, start + size) lies in user space. */
static bool is_user_range(uint64_t start, uint64_t size)
{
    return start >= USER_START && start < USER_END && size <= USER_END - start;
}

static bool is_free(const struct mm *mm, uint64_t start, uint64_t size)
{
    const struct vma *vma = vma_find(mm, start);
    return vma == NULL || vma->start >= start + size;
}

/* Where the mapping goes: the address, or a negated error. */
static int64_t choose_place(const struct mm *mm, const struct mapping *m)
{
    if (m->fixed) {
        if (!is_user_range(m->start, m->size))
            return m->start < USER_START ? -EPERM : -ENOMEM;
        if (!m->replace && !is_free(mm, m->start, m->size))
            return -EEXIST;
        return (int64_t)m->start;
    }
    uint64_t wish = round_down(m->start, PAGE_SIZE);
    if (wish != 0 && is_user_range(wish, m->size) && is_free(mm, wish, m->size))
        return (int64_t)wish;
    uint64_t start = vma_find_gap(mm, m->size, MAP_BASE);
    if (start == 0)
        start = vma_find_gap(mm, m->size, USER_END);
    return start == 0 ? -ENOMEM : (int64_t)start;
}

/* The place, with nothing there: the address, or a negated error with nothing changed. */
static int64_t make_place(struct mm *mm, const struct mapping *m, uint32_t flags,
                          struct list *removed) REQUIRES(mm->lock)
{
    int64_t start = mm->nvmas >= MAX_VMAS ? -ENOMEM : choose_place(mm, m);
    if (start < 0)
        return start;
    uint64_t at = (uint64_t)start, end = at + m->size;
    struct vm_use change = {0, 0, 0};
    vma_count(&change, flags, m->prot, (int64_t)m->size);
    if (m->replace)
        vma_count_out(mm, at, end, &change);
    int err = vma_check_limits(mm, &change);
    if (err == 0 && m->replace)
        err = vma_detach(mm, at, end, removed);
    return err != 0 ? err : start;
}

int64_t mm_map(struct mm *mm, const struct mapping *m)
{
    struct list removed = LIST_INIT(removed);
    struct vma *vma = vma_new(mm);
    if (vma == NULL)
        return -ENOMEM;
    rwlock_write_lock(&mm->lock);
    uint32_t flags = m->flags | mm->future;
    int64_t start = make_place(mm, m, flags, &removed);
    if (start > 0) {
        vma->start = (uint64_t)start;
        vma->end = vma->start + m->size;
        vma->first = m->first;
        vma->object = m->object;
        vma->flags = flags;
        vma->prot = m->prot;
        rwlock_check_write_held(&vma->mm->lock);
        vma_insert(vma, NULL);
        vma_merge(vma);
    }
    rwlock_write_unlock(&mm->lock);
    if (start < 0)
        vma_free(vma);
    vma_drop(&removed);
    bool locked = (flags & VMA_LOCKED) && !(flags & VMA_ON_FAULT);
    if (start > 0 && (m->populate || locked))
        mm_prefault(mm, (uint64_t)start, m->size);
    return start;
}

int mm_unmap(struct mm *mm, uint64_t start, uint64_t size)
{
    struct list removed = LIST_INIT(removed);
    if (start % PAGE_SIZE != 0 || size == 0 || size > USER_END || start > USER_END - size)
        return -EINVAL;
    rwlock_write_lock(&mm->lock);
    int err = vma_detach(mm, start, round_up(start + size, PAGE_SIZE), &removed);
    rwlock_write_unlock(&mm->lock);
    vma_drop(&removed);
    return err;
}

/* --- The program break --- */

static bool heap_grow(struct mm *mm, uint64_t from, uint64_t to)
{
    struct mapping m = {
        .start = from,
        .size = to - from,
        .prot = PROT_READ | PROT_WRITE,
        .flags = VMA_MAY_READ | VMA_MAY_WRITE,
        .fixed = true,
    };
    return mm_map(mm, &m) > 0;
}

/*
 * Two threads that move the break at once are kept apart by mm_map, which refuses the range that
 * the other one got; heap_end is then the later one's.
 */
uint64_t mm_brk(struct mm *mm, uint64_t end)
{
    rwlock_read_lock(&mm->lock);
    uint64_t before = mm->heap_end, start = mm->heap_start;
    rwlock_read_unlock(&mm->lock);
    if (end < start || end > STACK_TOP - STACK_MAX)
        return before;
    uint64_t from = round_up(before, PAGE_SIZE), to = round_up(end, PAGE_SIZE);
    if (to > from && !heap_grow(mm, from, to))
        return before;
    if (to < from && mm_unmap(mm, to, from - to) != 0)
        return before;
    rwlock_write_lock(&mm->lock);
    mm->heap_end = end;
    rwlock_write_unlock(&mm->lock);
    return end;
}
