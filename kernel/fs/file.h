/*
 * Open files: what descriptors refer to. One struct file per open, pipe end or device; dup and fork
 * share it, and with it the offset.
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include "abi/fcntl.h"
#include "abi/stat.h"
#include "fs/inode.h"
#include "mm/usercopy.h"

struct file;

/* All may sleep and are called without locks; the open mode has been checked. */
struct file_ops {
    /*
     * Moves bytes between the file, from *offset on, and the user's buffers, and *offset along.
     * Returns how many, or a negated errno if none. Files that are no sequence of bytes with
     * positions (pipes, terminals) leave *offset alone.
     */
    int64_t (*read)(struct file *f, struct uio *u, uint64_t *offset);
    int64_t (*write)(struct file *f, struct uio *u, uint64_t *offset);

    /* ioctl(2). NULL: -ENOTTY. */
    int (*control)(struct file *f, uint64_t request, uint64_t argument);

    /*
     * The object that mmap maps, with a reference. NULL: -ENODEV. `size` is that of a shared
     * mapping, 0 for a private one, which may do without an object.
     */
    int (*object)(struct file *f, uint64_t size, struct object **o);

    /*
     * What a read or write would find: POLL* bits, without regard to the open mode. With a watch it
     * also enters that into the queue that is woken when the answer may be another one; it looks
     * and enters under one lock. Does not sleep. NULL: always ready for both.
     */
    uint32_t (*poll)(struct file *f, struct watch *w);

    /* The last descriptor is closed. NULL: nothing to do. */
    void (*release)(struct file *f);
};

struct file {
    uint32_t refs;              /* [atomic] */
    uint32_t flags;             /* [racy] O_*: the access mode is [const], status flags change */
    const struct file_ops *ops; /* [const] */
    struct inode *inode;        /* [const] with a reference; NULL for pipes */
    void *private;              /* [const] the pipe */
    uint64_t number;            /* [const] without an inode: what stands for its number */
    struct mutex offset_lock;   /* RANK_FILE */
    uint64_t offset;            /* [offset_lock] bytes; of a directory: dir_list's position */
};

void file_cache_init(void);

/* A file with one reference, that takes over the inode's; NULL without memory. */
struct file *file_new(const struct file_ops *ops, uint32_t flags, struct inode *ip);

void file_get(struct file *f);
void file_put(struct file *f);

/* The operations for an inode of a regular file, directory or symbolic link. */
extern const struct file_ops inode_file_ops;

static inline bool file_is_readable(const struct file *f)
{
    uint32_t mode = f->flags & O_ACCMODE; /* the fourth value allows neither */
    return (mode == O_RDONLY || mode == O_RDWR) && !(f->flags & O_PATH);
}

static inline bool file_is_writable(const struct file *f)
{
    uint32_t mode = f->flags & O_ACCMODE;
    return (mode == O_WRONLY || mode == O_RDWR) && !(f->flags & O_PATH);
}

/* Whether it has positions: a regular file or a directory. */
static inline bool file_is_seekable(const struct file *f)
{
    return f->inode != NULL && !S_ISCHR(f->inode->mode);
}

/* read(2) and write(2) at the file's own offset, which moves along. */
int64_t file_read(struct file *f, struct uio *u);
int64_t file_write(struct file *f, struct uio *u);

/* pread(2) and pwrite(2): -ESPIPE without positions. */
int64_t file_read_at(struct file *f, struct uio *u, uint64_t offset);
int64_t file_write_at(struct file *f, struct uio *u, uint64_t offset);

/* lseek(2): the new offset, -ESPIPE, -EINVAL, -ENXIO. */
int64_t file_seek(struct file *f, int64_t offset, int whence);

/*
 * Whether the running process may make a file as long as `end` bytes (RLIMIT_FSIZE): 0, or -EFBIG
 * and a signal.
 */
int file_check_limit(uint64_t end);

void file_stat(struct file *f, struct stat *st);

#endif
