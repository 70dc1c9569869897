/* Descriptors: see fdtable.h. */
#include "fs/fdtable.h"

#include "abi/errno.h"
#include "abi/resource.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "sync/sched.h"

#define FIRST_SIZE 32

static struct slab_cache table_cache;

void fdtable_cache_init(void)
{
    slab_init(&table_cache, "fd table", sizeof(struct fdtable));
}

static struct fdtable *new_of_size(unsigned size)
{
    struct fdtable *t = slab_alloc(&table_cache);
    if (t == NULL)
        return NULL;
    t->files = kmalloc(size * sizeof(*t->files));
    if (t->files == NULL) {
        slab_free(&table_cache, t);
        return NULL;
    }
    spinlock_init(&t->lock, RANK_FDTABLE);
    t->refs = 1;
    t->size = size;
    return t;
}

struct fdtable *fdtable_new(void)
{
    return new_of_size(FIRST_SIZE);
}

/* Copies the files into an empty table, if its size is still the same. */
static bool copy_files(struct fdtable *from, struct fdtable *to)
{
    spin_lock(&from->lock);
    bool fits = from->size == to->size;
    if (fits) {
        memcpy(to->close_on_exec, from->close_on_exec, sizeof(to->close_on_exec));
        memcpy(to->files, from->files, to->size * sizeof(*to->files));
        for (unsigned i = 0; i < to->size; i++)
            if (to->files[i] != NULL)
                file_get(to->files[i]);
    }
    spin_unlock(&from->lock);
    return fits;
}

/* Another thread may make the table larger while the copy's memory is being had. */
struct fdtable *fdtable_copy(struct fdtable *from)
{
    for (;;) {
        struct fdtable *t = new_of_size(__atomic_load_n(&from->size, __ATOMIC_RELAXED));
        if (t == NULL || copy_files(from, t))
            return t;
        fdtable_put(t);
    }
}

void fdtable_share(struct fdtable *t)
{
    __atomic_fetch_add(&t->refs, 1, __ATOMIC_RELAXED);
}

/* The table loses a descriptor of the file, and with it all record locks that it has there. */
static void let_go(const struct fdtable *t, struct file *f)
{
    lock_release(f->inode, t);
    file_put(f);
}

void fdtable_put(struct fdtable *t)
{
    if (__atomic_fetch_sub(&t->refs, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    for (unsigned i = 0; i < t->size; i++)
        if (t->files[i] != NULL)
            let_go(t, t->files[i]);
    kfree(t->files);
    slab_free(&table_cache, t);
}

static struct file **slot(struct fdtable *t, int fd) REQUIRES(t->lock)
{
    return fd >= 0 && (unsigned)fd < t->size ? &t->files[fd] : NULL;
}

static void mark(struct fdtable *t, int fd, bool close_on_exec) REQUIRES(t->lock)
{
    uint64_t bit = 1UL << fd % 64;
    if (close_on_exec)
        t->close_on_exec[fd / 64] |= bit;
    else
        t->close_on_exec[fd / 64] &= ~bit;
}

struct file *fdtable_get(struct fdtable *t, int fd)
{
    struct file *f = NULL;
    spin_lock(&t->lock);
    struct file **s = slot(t, fd);
    if (s != NULL && *s != NULL) {
        f = *s;
        file_get(f);
    }
    spin_unlock(&t->lock);
    return f;
}

int fdtable_next(struct fdtable *t, int fd)
{
    unsigned at = (unsigned)fd;
    spin_lock(&t->lock);
    while (at < t->size && t->files[at] == NULL)
        at++;
    bool found = at < t->size;
    spin_unlock(&t->lock);
    return found ? (int)at : -1;
}

/* Makes room for descriptor `fd`, which is below MAX_FDS. 0 or -ENOMEM. */
static int grow(struct fdtable *t, unsigned fd)
{
    unsigned size = FIRST_SIZE;
    while (size <= fd)
        size *= 2;
    struct file **larger = kmalloc(size * sizeof(*larger)), **old = larger;
    if (larger == NULL)
        return -ENOMEM;
    spin_lock(&t->lock);
    if (t->size < size) {
        old = t->files;
        memcpy(larger, old, t->size * sizeof(*old));
        t->files = larger;
        t->size = size;
    }
    spin_unlock(&t->lock);
    kfree(old);
    return 0;
}

/* The lowest free descriptor at or behind `fd`; it may be one for which there is no slot yet. */
static unsigned find_free(const struct fdtable *t, unsigned fd) REQUIRES(t->lock)
{
    while (fd < t->size && t->files[fd] != NULL)
        fd++;
    return fd;
}

/* Descriptors of the running process are below this. */
static unsigned limit(void)
{
    return (unsigned)min_u64(process_limit(RLIMIT_NOFILE), MAX_FDS);
}

int fdtable_make_room(struct fdtable *t)
{
    spin_lock(&t->lock);
    unsigned fd = find_free(t, 0);
    bool fits = fd < t->size;
    spin_unlock(&t->lock);
    if (fd >= limit())
        return -EMFILE;
    return fits ? 0 : grow(t, fd);
}

int fdtable_add(struct fdtable *t, struct file *f, int lowest, bool close_on_exec)
{
    const unsigned end = limit();
    if (lowest < 0 || (unsigned)lowest >= end)
        return lowest == 0 ? -EMFILE : -EINVAL;
    for (;;) {
        spin_lock(&t->lock);
        unsigned fd = find_free(t, (unsigned)lowest);
        bool fits = fd < t->size && fd < end;
        if (fits) {
            t->files[fd] = f;
            mark(t, (int)fd, close_on_exec);
        }
        spin_unlock(&t->lock);
        if (fits)
            return (int)fd;
        if (fd >= end)
            return -EMFILE;
        int err = grow(t, fd);
        if (err != 0)
            return err;
    }
}

int fdtable_set(struct fdtable *t, struct file *f, int fd, bool close_on_exec)
{
    if (fd < 0 || (unsigned)fd >= limit())
        return -EBADF;
    if ((unsigned)fd >= __atomic_load_n(&t->size, __ATOMIC_RELAXED)) {
        int err = grow(t, (unsigned)fd);
        if (err != 0)
            return err;
    }
    spin_lock(&t->lock);
    struct file *old = t->files[fd];
    t->files[fd] = f;
    mark(t, fd, close_on_exec);
    spin_unlock(&t->lock);
    if (old != NULL)
        let_go(t, old);
    return fd;
}

int fdtable_close(struct fdtable *t, int fd)
{
    struct file *f = NULL;
    spin_lock(&t->lock);
    struct file **s = slot(t, fd);
    if (s != NULL) {
        f = *s;
        *s = NULL;
        mark(t, fd, false);
    }
    spin_unlock(&t->lock);
    if (f == NULL)
        return -EBADF;
    let_go(t, f);
    return 0;
}

int fdtable_get_flags(struct fdtable *t, int fd)
{
    int result = -EBADF;
    spin_lock(&t->lock);
    struct file **s = slot(t, fd);
    if (s != NULL && *s != NULL)
        result = t->close_on_exec[fd / 64] >> fd % 64 & 1 ? FD_CLOEXEC : 0;
    spin_unlock(&t->lock);
    return result;
}

int fdtable_set_flags(struct fdtable *t, int fd, bool close_on_exec)
{
    int result = -EBADF;
    spin_lock(&t->lock);
    struct file **s = slot(t, fd);
    if (s != NULL && *s != NULL) {
        mark(t, fd, close_on_exec);
        result = 0;
    }
    spin_unlock(&t->lock);
    return result;
}

void fdtable_close_on_exec(struct fdtable *t)
{
    for (unsigned fd = 0; fd < t->size; fd++)
        if (t->close_on_exec[fd / 64] >> fd % 64 & 1)
            fdtable_close(t, (int)fd);
}
