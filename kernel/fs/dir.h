/*
 * Directories: records of names and inode numbers in the blocks of a directory (format.h). The
 * blocks are metadata: read through the disk's object, changed in handles.
 *
 * Lock: the directory inode's `lock`. Records come from the disk: damaged ones are -EIO.
 */
#ifndef FS_DIR_H
#define FS_DIR_H

#include "fs/inode.h"

/* The inode number of a name. 0, -ENOENT, -EIO, -ENOMEM. */
int dir_find(struct inode *dp, struct dir_name name, uint32_t *ino) REQUIRES(dp->lock);

/* Adds a name that is not there. 0, -ENOSPC, -EIO, -ENOMEM. */
#define DIR_ADD_CREDITS \
    8 /* a record's block; or a new block with its maps and bitmaps; the inode */
int dir_add(struct handle *h, struct inode *dp, struct dir_name name, const struct inode *ip)
    REQUIRES(dp->lock);

/* Makes a name that is there mean another inode; or takes it away. 0, -ENOENT, -EIO. */
#define DIR_CHANGE_CREDITS 2
int dir_replace(struct handle *h, struct inode *dp, struct dir_name name, const struct inode *ip)
    REQUIRES(dp->lock);
int dir_remove(struct handle *h, struct inode *dp, struct dir_name name) REQUIRES(dp->lock);

/* Gives a fresh directory its first block with "." and "..". 0, -ENOSPC, -EIO, -ENOMEM. */
#define DIR_INIT_CREDITS 4
int dir_init(struct handle *h, struct inode *dp, uint32_t parent) REQUIRES(dp->lock);

/* 1: nothing but "." and ".."; 0: more; or -EIO, -ENOMEM. */
int dir_is_empty(struct inode *dp) REQUIRES(dp->lock);

/* What the file system's `list` does (vfs.h). 0, -EIO, -ENOMEM. */
int dir_list(struct inode *dp, uint64_t *at, dir_emit *emit, void *arg) REQUIRES(dp->lock);

#endif
