/* Open files: see file.h. */
#include "fs/file.h"

#include "abi/errno.h"
#include "abi/resource.h"
#include "abi/termios.h"
#include "fs/data.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "sync/sched.h"

static struct slab_cache file_cache;

void file_cache_init(void)
{
    slab_init(&file_cache, "file", sizeof(struct file));
}

struct file *file_new(const struct file_ops *ops, uint32_t flags, struct inode *ip)
{
    struct file *f = slab_alloc(&file_cache);
    if (f == NULL)
        return NULL;
    f->refs = 1;
    f->flags = flags;
    f->ops = ops;
    f->inode = ip;
    mutex_init(&f->offset_lock, RANK_FILE);
    return f;
}

void file_get(struct file *f)
{
    __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
}

void file_put(struct file *f)
{
    uint32_t before = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);
    KASSERT(before != 0, "file %p had no references", (void *)f);
    if (before != 1)
        return;
    if (f->ops->release != NULL)
        f->ops->release(f);
    if (f->inode != NULL) {
        lock_release(f->inode, f);
        inode_put(f->inode);
    }
    slab_free(&file_cache, f);
}

/* --- Reading and writing --- */

int64_t file_read(struct file *f, struct uio *u)
{
    if (!file_is_readable(f))
        return -EBADF;
    if (!file_is_seekable(f))
        return f->ops->read(f, u, &f->offset);
    mutex_lock(&f->offset_lock);
    int64_t n = f->ops->read(f, u, &f->offset);
    mutex_unlock(&f->offset_lock);
    return n;
}

int64_t file_write(struct file *f, struct uio *u)
{
    if (!file_is_writable(f))
        return -EBADF;
    if (!file_is_seekable(f))
        return f->ops->write(f, u, &f->offset);
    mutex_lock(&f->offset_lock);
    int64_t n = f->ops->write(f, u, &f->offset);
    mutex_unlock(&f->offset_lock);
    return n;
}

int64_t file_read_at(struct file *f, struct uio *u, uint64_t offset)
{
    if (!file_is_readable(f))
        return -EBADF;
    return file_is_seekable(f) ? f->ops->read(f, u, &offset) : -ESPIPE;
}

int64_t file_write_at(struct file *f, struct uio *u, uint64_t offset)
{
    if (!file_is_writable(f))
        return -EBADF;
    return file_is_seekable(f) ? f->ops->write(f, u, &offset) : -ESPIPE;
}

/* --- Positions --- */

/* Every byte before the end counts as data, and the end as the only hole: both are allowed. */
static int64_t seek_sparse(const struct file *f, int64_t offset, int whence)
{
    int64_t size = (int64_t)inode_size(f->inode);
    if (offset < 0 || offset >= size)
        return -ENXIO;
    return whence == SEEK_DATA ? offset : size;
}

static int64_t seek_target(const struct file *f, int64_t offset, int whence)
    REQUIRES(f->offset_lock)
{
    int64_t base = 0, target;
    switch (whence) {
    case SEEK_SET: break;
    case SEEK_CUR: base = (int64_t)f->offset; break;
    case SEEK_END: base = (int64_t)inode_size(f->inode); break;
    case SEEK_DATA:
    case SEEK_HOLE: return seek_sparse(f, offset, whence);
    default: return -EINVAL;
    }
    if (__builtin_add_overflow(base, offset, &target) || target < 0)
        return -EINVAL;
    return target;
}

int64_t file_seek(struct file *f, int64_t offset, int whence)
{
    if (!file_is_seekable(f))
        return -ESPIPE;
    mutex_lock(&f->offset_lock);
    int64_t target = seek_target(f, offset, whence);
    if (target >= 0)
        f->offset = (uint64_t)target;
    mutex_unlock(&f->offset_lock);
    return target;
}

void file_stat(struct file *f, struct stat *st)
{
    if (f->inode != NULL)
        inode_stat(f->inode, st);
    else
        *st = (struct stat){
            .st_ino = f->number, .st_mode = S_IFIFO | 0600, .st_nlink = 1, .st_blksize = PAGE_SIZE};
}

/* --- Inodes as files --- */

static int64_t inode_file_read(struct file *f, struct uio *u, uint64_t *offset)
{
    if (inode_is_dir(f->inode))
        return -EISDIR;
    bool asks = u->left > 0;
    int64_t n = data_read(f->inode, u, *offset);
    if (n >= 0 && asks && !(f->flags & O_NOATIME))
        inode_note_read(f->inode);
    if (n > 0)
        *offset += (uint64_t)n;
    return n;
}

int file_check_limit(uint64_t end)
{
    if (end <= process_limit(RLIMIT_FSIZE))
        return 0;
    process_file_too_large();
    return -EFBIG;
}

/* What fits below the limit of the process is written; it is an error only if nothing does. */
static int64_t write_in_limit(struct inode *ip, struct uio *u, uint64_t offset) REQUIRES(ip->lock)
{
    uint64_t limit = process_limit(RLIMIT_FSIZE);
    if (u->left > 0 && offset >= limit)
        return file_check_limit(UINT64_MAX);
    u->left = min_u64(u->left, limit - offset);
    return data_write(ip, u, offset);
}

static int64_t inode_file_write(struct file *f, struct uio *u, uint64_t *offset)
{
    struct inode *ip = f->inode;
    mutex_lock(&ip->lock);
    if (f->flags & O_APPEND)
        *offset = inode_size(ip);
    int64_t n = write_in_limit(ip, u, *offset);
    mutex_unlock(&ip->lock);
    if (n > 0)
        *offset += (uint64_t)n;
    if (n > 0 && (f->flags & O_DSYNC)) {
        int err = data_sync(ip, (f->flags & O_SYNC) == O_SYNC);
        if (err != 0)
            return err;
    }
    return n;
}

/* FIONREAD: what lies before the end. */
static int inode_file_control(struct file *f, uint64_t request, uint64_t argument)
{
    if (request != FIONREAD || !inode_is_regular(f->inode))
        return -ENOTTY;
    mutex_lock(&f->offset_lock);
    int64_t left = (int64_t)inode_size(f->inode) - (int64_t)f->offset;
    mutex_unlock(&f->offset_lock);
    int32_t n = (int32_t)(left > INT32_MAX ? INT32_MAX : left);
    return copy_to_user(argument, &n, sizeof(n));
}

static int inode_file_object(struct file *f, uint64_t size, struct object **o)
{
    if (!inode_is_regular(f->inode))
        return -ENODEV;
    if (!(f->flags & O_NOATIME))
        inode_note_read(f->inode);
    object_get(&f->inode->object);
    *o = &f->inode->object;
    return 0;
}

const struct file_ops inode_file_ops = {
    .read = inode_file_read,
    .write = inode_file_write,
    .control = inode_file_control,
    .object = inode_file_object,
};
