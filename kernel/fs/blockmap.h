/*
 * Block maps: from a page's index in a file to its block on the disk.
 *
 * Lock: inode->map_lock. The numbers come from the disk, so each is checked before it is used.
 */
#ifndef FS_BLOCKMAP_H
#define FS_BLOCKMAP_H

#include "fs/inode.h"

/* The blocks of `count` pages from `first` on; 0 for a hole. 0 or -EIO, -ENOMEM. */
int blockmap_find(struct inode *ip, uint64_t first, unsigned count, uint32_t *blkno)
    REQUIRES(ip->map_lock);

/*
 * Makes sure that page `index` has a block. *fresh tells whether it is a new one, whose old
 * contents must not be seen. The handle has BLOCKMAP_ALLOC_CREDITS for it. 0, -ENOSPC, -EIO,
 * -ENOMEM.
 */
#define BLOCKMAP_ALLOC_CREDITS 6 /* three blocks at the most, their bitmaps, two levels of maps */
int blockmap_alloc(struct handle *h, struct inode *ip, uint64_t index, uint32_t *blkno, bool *fresh)
    REQUIRES(ip->map_lock);

/*
 * Frees blocks of pages at or behind `first`, as many as the handle has room for, of which it
 * leaves BLOCKMAP_KEEP to the caller. 1: there may be more; 0: that was all; or -EIO.
 */
#define BLOCKMAP_FREE_CREDITS 10
#define BLOCKMAP_KEEP         2
int blockmap_free(struct handle *h, struct inode *ip, uint64_t first) REQUIRES(ip->map_lock);

#endif
