/*
 * File data: between an inode's object, its block map and the disk.
 *
 * A block is given to a file only for a page that is in memory and valid, in a handle; the page is
 * dirty from then on, and the transaction is ordered behind its data. So no crash shows what the
 * block held before.
 *
 * The size in memory (object.size) is what readers and faults see; disk_size is what the inode's
 * block says. Growing writes raise disk_size first, in the handle that allocates, and object.size
 * when the bytes are there.
 */
#ifndef FS_DATA_H
#define FS_DATA_H

#include "fs/inode.h"
#include "mm/usercopy.h"

extern const struct object_ops inode_object_ops;

/* At mount: -ENOMEM. */
int data_init(void);

/* inode.c: ops->release. */
void inode_release(struct object *o);

/*
 * Reads at `offset` into the user's buffers up to the end of file. Returns the number of bytes, or
 * -EFAULT, -EIO, -ENOMEM when there are none.
 */
int64_t data_read(struct inode *ip, struct uio *u, uint64_t offset);

/*
 * Writes the user's buffers at `offset`; the same returns, and -ENOSPC, -EFBIG, -EROFS. The inode
 * is locked.
 */
int64_t data_write(struct inode *ip, struct uio *u, uint64_t offset) REQUIRES(ip->lock);

/* Sets the size: 0, -EFBIG, -EIO, -ENOMEM, -EROFS. The inode is locked. */
int data_truncate(struct inode *ip, uint64_t size) REQUIRES(ip->lock);

/*
 * Gives all pages in [offset, end) blocks, so that no later write there finds the disk full, and
 * makes the file at least that long. With `keep_size` it stays as it is: blocks wholly behind the
 * size cannot be had (format.h, F5), -EOPNOTSUPP. 0, -ENOSPC, -EIO, -ENOMEM, -EROFS; after an error
 * the size is what it was, though holes below it may have got blocks of zeros.
 */
int data_allocate(struct inode *ip, uint64_t offset, uint64_t end, bool keep_size)
    REQUIRES(ip->lock);

/* Makes a string the contents of a fresh symbolic link. 0, -ENOSPC, -EIO, -ENOMEM, -EROFS. */
int data_set_target(struct inode *ip, const char *target);

/* Frees all blocks of an inode that nobody refers to any more. */
int data_free_all(struct inode *ip);

/* Finishes a truncation that a crash interrupted: frees what lies behind the size. */
int data_finish_truncate(struct inode *ip);

/* Makes data and metadata durable; without `times` those that changed alone do not count. */
int data_sync(struct inode *ip, bool times);

#endif
