/* quire(2): a look into the kernel. See abi/quire.h. */
#include "abi/quire.h"

#include "abi/errno.h"
#include "debug/audit.h"
#include "dev/block.h"
#include "fs/mount.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/pagetable.h"
#include "mm/slab.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "sys/faults.h"
#include "sys/table.h"
#include "sys/trace.h"

/* Copies a structure out if its size is what the caller expects. */
static long give(long to, long size, const void *what, size_t actual)
{
    return (size_t)size != actual ? -EINVAL : copy_to_user((uint64_t)to, what, actual);
}

static long give_faults(long op, long to, long size)
{
    struct quire_faults f;
    struct proc *p = proc_current();
    if (op == QUIRE_FAULTS_SYSTEM) {
        faults_sum(f.count);
    } else if (op == QUIRE_FAULTS_SELF) {
        memcpy(f.count, p->faults, sizeof(f.count));
    } else {
        spin_lock(&tree_lock);
        memcpy(f.count, p->children_usage.faults, sizeof(f.count));
        spin_unlock(&tree_lock);
    }
    return give(to, size, &f, sizeof(f));
}

static long give_memory(long to, long size)
{
    struct quire_memory *m = kmalloc(sizeof(*m));
    if (m == NULL)
        return -ENOMEM;
    page_count(m->pages, &m->pins);
    m->dirty = object_count_dirty();
    const struct slab_cache *cache = slab_next(NULL);
    for (unsigned i = 0; i < QUIRE_NSLABS && cache != NULL; i++, cache = slab_next(cache)) {
        strlcpy(m->slabs[i].name, cache->name, sizeof(m->slabs[i].name));
        m->slabs[i].in_use = slab_in_use(cache);
        m->slabs[i].object_size = cache->size;
    }
    long err = give(to, size, m, sizeof(*m));
    kfree(m);
    return err;
}

static long give_boot(long to, long size)
{
    struct quire_boot b = {sched_boot_instructions(), sched_slept()};
    return give(to, size, &b, sizeof(b));
}

static long give_page(long to, long size)
{
    struct quire_page q;
    if ((size_t)size != sizeof(q))
        return -EINVAL;
    int err = copy_from_user(&q, (uint64_t)to, sizeof(q));
    if (err != 0)
        return err;
    q = (struct quire_page){.va = q.va};
    struct mm *mm = thread_core_self()->mm;
    rwlock_read_lock(&mm->lock);
    spin_lock(&mm->pt_lock);
    const pte_t *slot = q.va < USER_END ? pt_find(mm, q.va) : NULL;
    pte_t pte = slot == NULL ? 0 : pte_read(slot);
    if (pte_is_valid(pte)) {
        const struct page *page = page_of_pa(pte_pa(pte));
        q.pfn = page_pfn(page);
        q.refs = page->refs;
        q.state = page->state;
        q.writable = pte_is_writable(pte);
        q.dirty = pte_is_dirty(pte);
    }
    spin_unlock(&mm->pt_lock);
    rwlock_read_unlock(&mm->lock);
    return copy_to_user((uint64_t)to, &q, sizeof(q));
}

static long give_disk(long to, long size)
{
    struct block_stats s;
    block_get_stats(&s);
    struct quire_disk d = {s.reads, s.writes, s.flushes, s.blocks_read, s.blocks_written};
    return give(to, size, &d, sizeof(d));
}

static long give_procs(long to, long size)
{
    struct quire_proc *entries;
    if (size <= 0 || (size_t)size % sizeof(*entries) != 0 || (size_t)size > KIB(512))
        return -EINVAL;
    entries = kmalloc((size_t)size);
    if (entries == NULL)
        return -ENOMEM;
    unsigned n = proc_list(entries, (unsigned)((size_t)size / sizeof(*entries)));
    int err = copy_to_user((uint64_t)to, entries, n * sizeof(*entries));
    kfree(entries);
    return err == 0 ? (long)n : err;
}

static long fail_alloc(long n)
{
    struct thread_core *self = thread_core_self();
    long before = self->fails_in;
    if (n < 0 || n > UINT32_MAX)
        return -EINVAL;
    self->fails_in = (unsigned)n;
    return before;
}

long sys_quire(long op, long argument, long size)
{
    switch (op) {
    case QUIRE_FAULTS_SELF:
    case QUIRE_FAULTS_CHILDREN:
    case QUIRE_FAULTS_SYSTEM: return give_faults(op, argument, size);
    case QUIRE_MEMORY: return give_memory(argument, size);
    case QUIRE_PAGE: return give_page(argument, size);
    case QUIRE_DISK: return give_disk(argument, size);
    case QUIRE_PROCS: return give_procs(argument, size);
    case QUIRE_AUDIT: return size == 0 ? audit_run() : -EINVAL;
    case QUIRE_BOOT: return give_boot(argument, size);
    case QUIRE_FAIL_ALLOC: return fail_alloc(size);
    case QUIRE_DROP_CACHES: return size == 0 ? fs_drop_caches() : -EINVAL;
    case QUIRE_TRACE: return trace_set(size);
    case QUIRE_PANIC: panic("asked for by %s", proc_current()->name);
    default: return -EINVAL;
    }
}
