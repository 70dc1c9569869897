/* System calls that move bytes from file to file, or say how they will be used: see table.h. */
#include "abi/errno.h"
#include "fs/data.h"
#include "fs/fdtable.h"
#include "lib/util.h"
#include "proc/proc.h"
#include "proc/signal.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define MAX_TRANSFER 0x7ffff000UL /* bytes that one call moves at the most, as on Linux */

/* From where to where; an offset of NULL is the file's own. */
struct copy {
    struct file *from, *to;
    uint64_t *from_at, *to_at;
    struct page *buffer;
    bool refused; /* nobody will ever read what is written */
};

static int64_t read_some(struct copy *c, size_t n)
{
    struct iovec vector = {page_data(c->buffer), n};
    struct uio u = uio_of(&vector, 1, n);
    u.in_kernel = true;
    if (c->from_at == NULL)
        return file_read(c->from, &u);
    int64_t got = file_read_at(c->from, &u, *c->from_at);
    *c->from_at += got > 0 ? (uint64_t)got : 0;
    return got;
}

static int64_t write_some(struct copy *c, size_t n)
{
    struct iovec vector = {page_data(c->buffer), n};
    struct uio u = uio_of(&vector, 1, n);
    u.in_kernel = true;
    int64_t put = c->to_at == NULL ? file_write(c->to, &u) : file_write_at(c->to, &u, *c->to_at);
    if (c->to_at != NULL && put > 0)
        *c->to_at += (uint64_t)put;
    c->refused = u.refused;
    return put;
}

/* What was read and not written goes back: the source has positions. */
static void give_back(struct copy *c, uint64_t n)
{
    if (c->from_at != NULL)
        *c->from_at -= n;
    else
        file_seek(c->from, -(int64_t)n, 1);
}

/* Until `size` bytes are moved, the source ends, or the destination takes no more. */
static int64_t copy_all(struct copy *c, uint64_t size)
{
    uint64_t done = 0;
    int64_t got = 0, put = 0;
    while (done < size && put >= 0) {
        got = read_some(c, min_u64(size - done, PAGE_SIZE));
        if (got <= 0)
            break;
        put = write_some(c, (size_t)got);
        done += put > 0 ? (uint64_t)put : 0;
        if (put < got) {
            give_back(c, (uint64_t)(got - (put > 0 ? put : 0)));
            break;
        }
        sched_relax();
        if (thread_is_interrupted())
            break;
    }
    return done > 0 ? (int64_t)done : got < 0 ? got : put < 0 ? put : 0;
}

static int64_t run_copy(struct copy *c, uint64_t size)
{
    c->buffer = kalloc(PAGE_BUFFER);
    if (c->buffer == NULL)
        return -ENOMEM;
    int64_t n = copy_all(c, min_u64(size, MAX_TRANSFER));
    page_put(c->buffer);
    if (c->refused)
        signal_send_self(SIGPIPE);
    return n;
}

/* Gets both files: 0 or -EBADF, with nothing to be put. */
static int get_files(struct copy *c, long from, long to)
{
    c->from = file_argument_get(from);
    c->to = c->from == NULL ? NULL : file_argument_get(to);
    if (c->to != NULL && file_is_readable(c->from) && file_is_writable(c->to))
        return 0;
    if (c->from != NULL)
        file_put(c->from);
    if (c->to != NULL)
        file_put(c->to);
    return -EBADF;
}

static void put_files(struct copy *c)
{
    file_put(c->from);
    file_put(c->to);
}

/* An offset in the user's memory; NULL in *at if there is none. */
static int get_offset(long from, uint64_t *offset, uint64_t **at)
{
    *at = NULL;
    if (from == 0)
        return 0;
    if (copy_from_user(offset, (uint64_t)from, sizeof(*offset)) != 0)
        return -EFAULT;
    *at = offset;
    return (int64_t)*offset < 0 ? -EINVAL : 0;
}

long sys_sendfile(long to, long from, long offset, long size)
{
    struct copy c = {.refused = false};
    uint64_t at;
    int64_t n = get_offset(offset, &at, &c.from_at);
    if (n == 0)
        n = get_files(&c, from, to);
    if (n != 0)
        return n;
    if (!file_is_seekable(c.from) || (c.to->flags & O_APPEND))
        n = -EINVAL;
    else
        n = run_copy(&c, (uint64_t)size);
    put_files(&c);
    if (n >= 0 && offset != 0 && copy_to_user((uint64_t)offset, &at, sizeof(at)) != 0)
        return -EFAULT;
    return n;
}

/* Files of data only, and no range onto itself. */
static int check_range_copy(const struct copy *c, uint64_t size)
{
    if (c->from->inode == NULL || c->to->inode == NULL)
        return -EINVAL;
    if (inode_is_dir(c->from->inode) || inode_is_dir(c->to->inode))
        return -EISDIR;
    if (!inode_is_regular(c->from->inode) || !inode_is_regular(c->to->inode))
        return -EINVAL;
    if (c->to->flags & O_APPEND)
        return -EBADF;
    uint64_t from = c->from_at == NULL ? c->from->offset : *c->from_at;
    uint64_t to = c->to_at == NULL ? c->to->offset : *c->to_at;
    bool overlap = c->from->inode == c->to->inode && from < to + size && to < from + size;
    return overlap ? -EINVAL : 0;
}

long sys_copy_file_range(long from, long from_offset, long to, long to_offset, long size,
                         long flags)
{
    struct copy c = {.refused = false};
    uint64_t from_at, to_at, wanted = min_u64((uint64_t)size, MAX_TRANSFER);
    int64_t n = flags != 0 ? -EINVAL : get_offset(from_offset, &from_at, &c.from_at);
    if (n == 0)
        n = get_offset(to_offset, &to_at, &c.to_at);
    if (n == 0)
        n = get_files(&c, from, to);
    if (n != 0)
        return n;
    n = check_range_copy(&c, wanted);
    if (n == 0)
        n = run_copy(&c, wanted);
    put_files(&c);
    if (n >= 0 && from_offset != 0 && copy_to_user((uint64_t)from_offset, &from_at, 8) != 0)
        return -EFAULT;
    if (n >= 0 && to_offset != 0 && copy_to_user((uint64_t)to_offset, &to_at, 8) != 0)
        return -EFAULT;
    return n;
}

/* --- How files will be used --- */

/* Whether something is a file with contents on which advice makes sense: 0, or why not. */
static long check_file(long fd, long wrong_kind)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    long err = f->inode == NULL || S_ISFIFO(f->inode->mode) ? wrong_kind : 0;
    file_put(f);
    return err;
}

/* Reading ahead goes by what programs do. */
long sys_fadvise64(long fd, long offset, long size, long advice)
{
    long err = check_file(fd, -ESPIPE);
    return err == 0 && (size < 0 || (int)advice < 0 || (int)advice > 5) ? -EINVAL : err;
}

long sys_readahead(long fd, long offset, long size)
{
    return check_file(fd, -EINVAL);
}

/* Of a part, all is written; of waiting for what others write, too. */
long sys_sync_file_range(long fd, long offset, long size, long flags)
{
    if (offset < 0 || size < 0 || offset > INT64_MAX - size || ((int)flags & ~7) != 0)
        return -EINVAL;
    long err = check_file(fd, -ESPIPE);
    if (err != 0 || flags == 0)
        return err;
    return sys_fdatasync(fd);
}

#define CLOSE_RANGE_UNSHARE 2
#define CLOSE_RANGE_CLOEXEC 4

/* A table of its own, which CLOSE_RANGE_UNSHARE asks for, is not made for one that is shared. */
long sys_close_range(long first, long last, long flags)
{
    struct fdtable *t = proc_current()->files;
    uint32_t from = (uint32_t)first, to = (uint32_t)last;
    if (from > to || ((int)flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) != 0)
        return -EINVAL;
    if ((flags & CLOSE_RANGE_UNSHARE) && __atomic_load_n(&t->refs, __ATOMIC_RELAXED) > 1)
        return -EINVAL;
    to = (uint32_t)min_u64(to, MAX_FDS - 1);
    for (int fd = from > to ? -1 : fdtable_next(t, (int)from); fd >= 0 && (uint32_t)fd <= to;
         fd = fdtable_next(t, fd + 1)) {
        if (flags & CLOSE_RANGE_CLOEXEC)
            fdtable_set_flags(t, fd, true);
        else
            sys_close(fd);
    }
    return 0;
}
