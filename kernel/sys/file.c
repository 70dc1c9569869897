/* System calls on descriptors: see table.h. */
#include "abi/dirent.h"
#include "abi/errno.h"
#include "abi/mman.h"
#include "abi/termios.h"
#include "fs/data.h"
#include "fs/dir.h"
#include "fs/fdtable.h"
#include "fs/memfile.h"
#include "fs/open.h"
#include "fs/pipe.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "proc/proc.h"
#include "proc/signal.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define MEMFD_NAME_MAX 249          /* bytes: Linux puts "memfd:" before it */
#define MAX_TRANSFER   0x7ffff000UL /* bytes that one call moves at the most, as on Linux */

static struct fdtable *my_files(void)
{
    return proc_current()->files;
}

/* --- Opening and closing --- */

/* A descriptor is looked for first: without one, nothing is made and nothing emptied. */
static int open_at(const struct path_argument *at, uint32_t flags, uint32_t mode)
{
    struct file *f;
    int err = fdtable_make_room(my_files());
    if (err == 0)
        err = open_path(at->start, at->path, flags, mode, &f);
    if (err != 0)
        return err;
    int fd = fdtable_add(my_files(), f, 0, flags & O_CLOEXEC);
    if (fd < 0)
        file_put(f);
    return fd;
}

/* O_SYNC and O_DSYNC are one bit and two; whatever Linux knows and Quire has no use for is let be.
 */
long sys_openat(long dirfd, long path, long flags, long mode)
{
    struct path_argument at;
    long result = path_argument_get(&at, (int)dirfd, (uint64_t)path);
    if (result != 0)
        return result;
    result = open_at(&at, (uint32_t)flags, (uint32_t)mode & 07777 & ~proc_current()->place->umask);
    path_argument_put(&at);
    return result;
}

/* The name is for people who debug. Sealing is not to be had. */
long sys_memfd_create(long name, long flags)
{
    char text[MEMFD_NAME_MAX + 7] = "memfd:"; /* as /proc shows it */
    if ((uint32_t)flags & ~(uint32_t)MFD_CLOEXEC)
        return -EINVAL;
    long length = copy_string_from_user(text + 6, (uint64_t)name, MEMFD_NAME_MAX + 1);
    if (length < 0)
        return length == -ENAMETOOLONG ? -EINVAL : length;
    struct file *f = memfile_new(text);
    if (f == NULL)
        return -ENOMEM;
    int fd = fdtable_add(my_files(), f, 0, flags & MFD_CLOEXEC);
    if (fd < 0)
        file_put(f);
    return fd;
}

long sys_close(long fd)
{
    return fdtable_close(my_files(), (int)fd);
}

/* --- Reading and writing --- */

typedef int64_t transfer_fn(struct file *f, struct uio *u);

static long finish(struct file *f, int64_t result)
{
    file_put(f);
    return result;
}

static long finish_transfer(struct file *f, const struct uio *u, int64_t result)
{
    if (unlikely(u->refused))
        signal_send_self(SIGPIPE);
    return finish(f, result);
}

static long transfer(long fd, long buffer, long size, transfer_fn *move)
{
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    struct iovec vector = {(void *)buffer, min_u64((uint64_t)size, MAX_TRANSFER)};
    struct uio u = uio_of(&vector, 1, vector.iov_len);
    int64_t moved = move(f, &u);
    return finish_transfer(f, &u, moved);
}

long sys_read(long fd, long buffer, long size)
{
    return signal_restart(transfer(fd, buffer, size, file_read), fd, RESTART_IF_ASKED);
}

long sys_write(long fd, long buffer, long size)
{
    return signal_restart(transfer(fd, buffer, size, file_write), fd, RESTART_IF_ASKED);
}

typedef int64_t transfer_at_fn(struct file *f, struct uio *u, uint64_t offset);

static long transfer_at(long fd, long buffer, long size, long offset, transfer_at_fn *move)
{
    if (offset < 0)
        return -EINVAL;
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    struct iovec vector = {(void *)buffer, min_u64((uint64_t)size, MAX_TRANSFER)};
    struct uio u = uio_of(&vector, 1, vector.iov_len);
    int64_t moved = move(f, &u, (uint64_t)offset);
    return finish_transfer(f, &u, moved);
}

long sys_pread64(long fd, long buffer, long size, long offset)
{
    return transfer_at(fd, buffer, size, offset, file_read_at);
}

long sys_pwrite64(long fd, long buffer, long size, long offset)
{
    return transfer_at(fd, buffer, size, offset, file_write_at);
}

/* Copies the vectors in and adds their lengths up; *vectors is kmalloc's. */
static long get_vectors(long from, long count, struct iovec **vectors, size_t *total)
{
    if (count < 0 || count > IOV_MAX)
        return -EINVAL;
    struct iovec *v = kmalloc((size_t)(count + 1) * sizeof(*v));
    if (v == NULL)
        return -ENOMEM;
    long err = copy_from_user(v, (uint64_t)from, (size_t)count * sizeof(*v));
    *total = 0;
    for (long i = 0; i < count && err == 0; i++) {
        if ((int64_t)v[i].iov_len < 0)
            err = -EINVAL;
        v[i].iov_len = min_u64(v[i].iov_len, MAX_TRANSFER - *total);
        *total += v[i].iov_len;
    }
    if (err != 0)
        kfree(v);
    else
        *vectors = v;
    return err;
}

static long transfer_vectors(long fd, long from, long count, long offset, transfer_at_fn *move)
{
    struct iovec *vectors;
    size_t total;
    if (offset < 0)
        return -EINVAL;
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    long err = get_vectors(from, count, &vectors, &total);
    if (err != 0) {
        file_put(f);
        return err;
    }
    struct uio u = uio_of(vectors, (unsigned)count, total);
    int64_t moved = move(f, &u, (uint64_t)offset);
    long result = finish_transfer(f, &u, moved);
    kfree(vectors);
    return result;
}

/* At the file's own position, whatever the offset says. */
static int64_t read_here(struct file *f, struct uio *u, uint64_t offset)
{
    return file_read(f, u);
}

static int64_t write_here(struct file *f, struct uio *u, uint64_t offset)
{
    return file_write(f, u);
}

long sys_readv(long fd, long vectors, long count)
{
    return signal_restart(transfer_vectors(fd, vectors, count, 0, read_here), fd, RESTART_IF_ASKED);
}

long sys_writev(long fd, long vectors, long count)
{
    return signal_restart(transfer_vectors(fd, vectors, count, 0, write_here), fd,
                          RESTART_IF_ASKED);
}

long sys_preadv(long fd, long vectors, long count, long offset)
{
    return transfer_vectors(fd, vectors, count, offset, file_read_at);
}

long sys_pwritev(long fd, long vectors, long count, long offset)
{
    return transfer_vectors(fd, vectors, count, offset, file_write_at);
}

long sys_lseek(long fd, long offset, long whence)
{
    struct file *f = file_argument_get(fd);
    return f == NULL ? -EBADF : finish(f, file_seek(f, offset, (int)whence));
}

/* --- The file behind the descriptor --- */

long sys_ftruncate(long fd, long size)
{
    struct file *f = file_argument_get(fd);
    long err = -EINVAL;
    if (f == NULL)
        return -EBADF;
    if (size >= 0 && file_is_writable(f) && f->inode != NULL)
        err = open_truncate(f->inode, (uint64_t)size);
    return finish(f, err);
}

long sys_fallocate(long fd, long mode, long offset, long length)
{
    struct file *f = file_argument_get(fd);
    long err = -EBADF;
    if (f == NULL)
        return err;
    if (offset < 0 || length <= 0)
        err = -EINVAL;
    else if ((int)mode & ~FALLOC_FL_KEEP_SIZE)
        err = -EOPNOTSUPP;
    else if (file_is_writable(f))
        err = f->inode == NULL
                  ? -ESPIPE
                  : open_allocate(f->inode, (int)mode, (uint64_t)offset, (uint64_t)length);
    return finish(f, err);
}

static long sync_file(long fd, bool times)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    return finish(f, file_is_seekable(f) ? data_sync(f->inode, times) : -EINVAL);
}

long sys_fsync(long fd)
{
    return sync_file(fd, true);
}

long sys_fdatasync(long fd)
{
    return sync_file(fd, false);
}

long sys_fstat(long fd, long to)
{
    struct stat st;
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    file_stat(f, &st);
    file_put(f);
    return copy_to_user((uint64_t)to, &st, sizeof(st));
}

/* FIONBIO is any file's; everything else depends on its kind. */
static long set_nonblocking(struct file *f, long from)
{
    int32_t on;
    int err = copy_from_user(&on, (uint64_t)from, sizeof(on));
    if (err != 0)
        return err;
    f->flags = on ? f->flags | O_NONBLOCK : f->flags & ~(uint32_t)O_NONBLOCK;
    return 0;
}

long sys_ioctl(long fd, long request, long argument)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    if ((uint32_t)request == FIONBIO)
        return finish(f, set_nonblocking(f, argument));
    long err = f->ops->control == NULL ? -ENOTTY
                                       : f->ops->control(f, (uint32_t)request, (uint64_t)argument);
    return finish(f, err);
}

/* --- Descriptors --- */

/* A second descriptor for a file. */
static long duplicate(long fd, int lowest, bool close_on_exec)
{
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    int copy = fdtable_add(my_files(), f, lowest, close_on_exec);
    if (copy < 0)
        file_put(f);
    return copy;
}

long sys_dup(long fd)
{
    return duplicate(fd, 0, false);
}

long sys_dup3(long fd, long as, long flags)
{
    if ((int)fd == (int)as || (flags & ~(long)O_CLOEXEC) != 0)
        return -EINVAL;
    struct file *f = fdtable_get(my_files(), (int)fd);
    if (f == NULL)
        return -EBADF;
    int result = fdtable_set(my_files(), f, (int)as, flags & O_CLOEXEC);
    if (result < 0)
        file_put(f);
    return result;
}

static long set_status_flags(long fd, long flags)
{
    const uint32_t changeable = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    f->flags = (f->flags & ~changeable) | ((uint32_t)flags & changeable);
    return finish(f, 0);
}

static long get_status_flags(long fd)
{
    struct file *f = fdtable_get(my_files(), (int)fd);
    return f == NULL ? -EBADF : finish(f, f->flags | O_LARGEFILE);
}

static long control_pipe(long fd, long command, long argument)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    return finish(f, command == F_GETPIPE_SZ ? pipe_get_size(f)
                                             : pipe_set_size(f, (uint32_t)argument));
}

/*
 * Another thread may close the descriptor while this one waits, and then releases nothing: so it is
 * looked at again.
 */
static int lock_records(struct file *f, long fd, int command, struct flock *record)
{
    struct fdtable *t = my_files();
    struct lock_process process = {t, proc_current()->pid};
    int err = lock_control(f, command, record, process);
    if (err != 0 || (command != F_SETLK && command != F_SETLKW))
        return err;
    struct file *now = fdtable_get(t, (int)fd);
    if (now != NULL)
        file_put(now);
    if (now != f)
        lock_release(f->inode, t);
    return now == f ? 0 : -EBADF;
}

static long control_locks(long fd, int command, long argument)
{
    struct flock record;
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    int err = copy_from_user(&record, (uint64_t)argument, sizeof(record));
    if (err == 0)
        err = lock_records(f, fd, command, &record);
    if (err == 0 && (command == F_GETLK || command == F_OFD_GETLK))
        err = copy_to_user((uint64_t)argument, &record, sizeof(record));
    return finish(f, err);
}

long sys_flock(long fd, long operation)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    return finish(f, signal_restart(lock_whole(f, (int)operation), fd, RESTART_IF_ASKED));
}

long sys_fcntl(long fd, long command, long argument)
{
    switch ((int)command) {
    case F_DUPFD: return duplicate(fd, (int)argument, false);
    case F_DUPFD_CLOEXEC: return duplicate(fd, (int)argument, true);
    case F_GETFD: return fdtable_get_flags(my_files(), (int)fd);
    case F_SETFD: return fdtable_set_flags(my_files(), (int)fd, argument & FD_CLOEXEC);
    case F_GETFL: return get_status_flags(fd);
    case F_SETFL: return set_status_flags(fd, argument);
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return signal_restart(control_locks(fd, (int)command, argument), fd, RESTART_IF_ASKED);
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ: return control_pipe(fd, (int)command, argument);
    default: return fdtable_get_flags(my_files(), (int)fd) < 0 ? -EBADF : -EINVAL;
    }
}

/* Both ends get descriptors and the user their numbers, or nothing is left. */
long sys_pipe2(long to, long flags)
{
    struct file *ends[2];
    int32_t fds[2] = {-1, -1};
    if ((flags & ~(long)(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) != 0)
        return -EINVAL;
    int err = pipe_new((uint32_t)flags & (O_NONBLOCK | O_DIRECT), &ends[0], &ends[1]);
    if (err != 0)
        return err;
    for (unsigned i = 0; i < 2; i++) {
        fds[i] = err == 0 ? fdtable_add(my_files(), ends[i], 0, flags & O_CLOEXEC) : -1;
        if (fds[i] < 0) {
            err = err == 0 ? fds[i] : err;
            file_put(ends[i]);
        }
    }
    if (err == 0)
        err = copy_to_user((uint64_t)to, fds, sizeof(fds));
    for (unsigned i = 0; i < 2 && err != 0; i++)
        if (fds[i] >= 0)
            fdtable_close(my_files(), fds[i]);
    return err;
}

/* --- Directories --- */

/* Where getdents64 puts its records. */
struct dirent_buffer {
    uint64_t to;
    size_t left;
    int err;
};

static bool emit_dirent(void *arg, const struct dir_entry *entry)
{
    struct dirent_buffer *b = arg;
    char record[sizeof(struct dirent64) + NAME_MAX + 1 + 8];
    struct dirent64 *d = (struct dirent64 *)record;
    size_t size = round_up(offsetof(struct dirent64, d_name) + entry->name.length + 1, 8);
    if (size > b->left) {
        b->err = -EINVAL; /* counts only if not even one record fits */
        return false;
    }
    memset(record, 0, size);
    d->d_ino = entry->ino;
    d->d_off = (int64_t)entry->next;
    d->d_reclen = (uint16_t)size;
    d->d_type = entry->type;
    memcpy(d->d_name, entry->name.text, entry->name.length);
    b->err = copy_to_user(b->to, record, size);
    if (b->err != 0)
        return false;
    b->to += size;
    b->left -= size;
    return true;
}

static long list_directory(struct file *f, struct dirent_buffer *b)
{
    size_t size = b->left;
    mutex_lock(&f->offset_lock);
    inode_note_read(f->inode);
    int err = f->inode->fs->list(f->inode, &f->offset, emit_dirent, b);
    mutex_unlock(&f->offset_lock);
    if (b->left < size)
        return (long)(size - b->left);
    return err != 0 ? err : b->err;
}

long sys_getdents64(long fd, long buffer, long size)
{
    struct dirent_buffer b = {(uint64_t)buffer, min_u64((uint64_t)size, MAX_TRANSFER), 0};
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    if (f->inode == NULL || !inode_is_dir(f->inode))
        return finish(f, -ENOTDIR);
    return finish(f, list_directory(f, &b));
}
