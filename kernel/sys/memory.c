/* System calls on memory: see table.h. */
#include "abi/errno.h"
#include "abi/resource.h"
#include "fs/fdtable.h"
#include "lib/util.h"
#include "mm/advise.h"
#include "mm/mmap.h"
#include "mm/msync.h"
#include "mm/protect.h"
#include "mm/remap.h"
#include "proc/proc.h"
#include "sync/sched.h"
#include "sys/table.h"

#define KNOWN_PROT (PROT_READ | PROT_WRITE | PROT_EXEC)

/* The flags that MAP_SHARED_VALIDATE accepts, bits 26 to 31 for huge pages included, as on Linux.
 */
#define KNOWN_FLAGS                                                                          \
    (MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE | MAP_EXECUTABLE | \
     MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |    \
     MAP_NOSYNC | 0xfc000000)

static struct mm *my_mm(void)
{
    return thread_core_self()->mm;
}

long sys_brk(long end)
{
    return (long)mm_brk(my_mm(), (uint64_t)end);
}

/* What of MAP_* and PROT_* becomes of a mapping, before its object is known. */
static long describe(struct mapping *m, long prot, long flags)
{
    long type = flags & MAP_TYPE;
    if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && (flags & MAP_ANONYMOUS))
        return -EINVAL;
    if (type == MAP_SHARED_VALIDATE && (flags & ~(long)KNOWN_FLAGS))
        return -EOPNOTSUPP;
    m->prot = (uint32_t)prot & KNOWN_PROT;
    m->flags = VMA_MAY_READ | VMA_MAY_WRITE | (type == MAP_PRIVATE ? 0 : VMA_SHARED);
    if (flags & MAP_GROWSDOWN) {
        if (type != MAP_PRIVATE)
            return -EINVAL;
        m->flags |= VMA_GROWS_DOWN;
    }
    if (flags & MAP_NOSYNC)
        m->flags |= VMA_NO_SYNC;
    if (flags & MAP_LOCKED)
        m->flags |= VMA_LOCKED;
    m->populate = (flags & MAP_POPULATE) && !(flags & MAP_NONBLOCK);
    m->fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    m->replace = (flags & MAP_FIXED) && !(flags & MAP_FIXED_NOREPLACE);
    return 0;
}

/* The open mode limits what may be mapped: Linux's table in mmap(2), EACCES. */
static long check_mode(const struct file *f, struct mapping *m)
{
    if (!file_is_readable(f))
        return -EACCES;
    if ((m->flags & VMA_SHARED) && !file_is_writable(f)) {
        if (m->prot & PROT_WRITE)
            return -EACCES;
        m->flags &= ~(uint32_t)VMA_MAY_WRITE;
    }
    return 0;
}

static long get_file_object(struct mapping *m, struct file *f, uint64_t offset)
{
    bool shared = (m->flags & VMA_SHARED) != 0;
    long err = check_mode(f, m);
    if (err != 0)
        return err;
    if (f->ops->object == NULL)
        return -ENODEV;
    if (m->flags & VMA_GROWS_DOWN)
        return -EINVAL;
    m->first = offset / PAGE_SIZE;
    return f->ops->object(f, shared ? m->size : 0, &m->object);
}

static long get_object(struct mapping *m, struct file *f, uint64_t offset)
{
    if (f != NULL)
        return get_file_object(m, f, offset);
    if (m->flags & VMA_SHARED) {
        m->object = object_new_anonymous(m->size);
        return m->object == NULL ? -ENOMEM : 0;
    }
    return 0;
}

/* The same for both: a file and its offset, or NULL and whatever. */
static long map(struct mapping *m, long prot, long flags, struct file *f, long offset)
{
    int64_t end;
    if (m->size == 0 || m->size > USER_END)
        return -ENOMEM;
    if (f != NULL && (offset < 0 || __builtin_add_overflow(offset, (int64_t)m->size, &end)))
        return -EOVERFLOW;
    long err = describe(m, prot, flags);
    if (err == 0 && m->fixed && m->start % PAGE_SIZE != 0)
        err = -EINVAL;
    if (err == 0 && (flags & MAP_LOCKED) && process_limit(RLIMIT_MEMLOCK) == 0)
        err = -EPERM;
    if (err == 0)
        err = get_object(m, f, (uint64_t)offset);
    if (err != 0)
        return err;
    int64_t result = mm_map(my_mm(), m);
    if (result < 0 && m->object != NULL)
        object_put(m->object);
    return result;
}

long sys_mmap(long start, long size, long prot, long flags, long fd, long offset)
{
    struct mapping m = {.start = (uint64_t)start, .size = round_up((uint64_t)size, PAGE_SIZE)};
    bool anonymous = flags & MAP_ANONYMOUS;
    if ((uint64_t)offset % PAGE_SIZE != 0)
        return -EINVAL;
    struct file *f = anonymous ? NULL : fdtable_get(proc_current()->files, (int)fd);
    if (!anonymous && f == NULL)
        return -EBADF;
    long result = size == 0 ? -EINVAL : map(&m, prot, flags, f, offset);
    if (f != NULL)
        file_put(f);
    return result;
}

long sys_mprotect(long start, long size, long prot)
{
    const long grows = PROT_GROWSDOWN | PROT_GROWSUP;
    if (prot & ~(KNOWN_PROT | grows) || (prot & grows) == grows)
        return -EINVAL;
    return mm_protect(my_mm(), (uint64_t)start, (uint64_t)size, (uint32_t)prot);
}

long sys_msync(long start, long size, long flags)
{
    return mm_sync(my_mm(), (uint64_t)start, (uint64_t)size, (unsigned)flags);
}

long sys_madvise(long start, long size, long advice)
{
    return mm_advise(my_mm(), (uint64_t)start, (uint64_t)size, (int)advice);
}

/* The answers are worked out and copied in batches. */
long sys_mincore(long start, long size, long to)
{
    uint8_t resident[256];
    uint64_t va = (uint64_t)start, left = ((uint64_t)size + PAGE_SIZE - 1) / PAGE_SIZE;
    if (va % PAGE_SIZE != 0)
        return -EINVAL;
    if ((uint64_t)size > USER_END || va > USER_END - (uint64_t)size)
        return -ENOMEM;
    for (long err; left > 0; to += sizeof(resident)) {
        unsigned n = (unsigned)min_u64(left, sizeof(resident));
        err = mm_residence(my_mm(), va, n, resident);
        if (err == 0)
            err = copy_to_user((uint64_t)to, resident, n);
        if (err != 0)
            return err;
        left -= n;
        va += n * PAGE_SIZE;
    }
    return 0;
}

static long lock_pages(long start, long size, bool lock, bool on_fault)
{
    uint64_t first = round_down((uint64_t)start, PAGE_SIZE);
    uint64_t rounded = round_up((uint64_t)size + ((uint64_t)start - first), PAGE_SIZE);
    if (rounded < (uint64_t)size || first + rounded < first)
        return -EINVAL;
    if (rounded > USER_END || first > USER_END - rounded)
        return -ENOMEM;
    return lock ? mm_lock(my_mm(), first, rounded, on_fault) : mm_unlock(my_mm(), first, rounded);
}

long sys_mlock(long start, long size)
{
    return lock_pages(start, size, true, false);
}

long sys_mlock2(long start, long size, long flags)
{
    return flags & ~(long)MLOCK_ONFAULT ? -EINVAL : lock_pages(start, size, true, flags != 0);
}

long sys_munlock(long start, long size)
{
    return lock_pages(start, size, false, false);
}

long sys_mlockall(long flags)
{
    if (!(flags & (MCL_CURRENT | MCL_FUTURE)) ||
        flags & ~(long)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        return -EINVAL;
    return mm_lock_all(my_mm(), (unsigned)flags);
}

long sys_munlockall(void)
{
    mm_unlock_all(my_mm());
    return 0;
}

long sys_mremap(long start, long size, long new_size, long flags, long new_start)
{
    struct remapping r = {
        .start = (uint64_t)start,
        .size = round_up((uint64_t)size, PAGE_SIZE),
        .new_size = round_up((uint64_t)new_size, PAGE_SIZE),
        .new_start = (uint64_t)new_start,
        .flags = (unsigned)flags,
    };
    if (flags < 0 || flags > UINT32_MAX)
        return -EINVAL;
    return mm_remap(my_mm(), &r);
}

long sys_munmap(long start, long size)
{
    return mm_unmap(my_mm(), (uint64_t)start, (uint64_t)size);
}
