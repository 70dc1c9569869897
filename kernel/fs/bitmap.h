/*
 * Which blocks and inodes are in use: the bitmaps on the disk, and the blocks that were freed but
 * must not be used again before the next checkpoint (journal.h, J2).
 *
 * Lock: one mutex inside (RANK_BITMAP). All changes happen in the caller's handle.
 */
#ifndef FS_BITMAP_H
#define FS_BITMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/journal.h"

/* The blocks of a handle that one call may use. */
#define BITMAP_CREDITS 1

/* 0 or -ENOMEM. `super` stays where it is. */
int bitmap_init(const struct disk_super *super);

/* A free block, at `goal` or behind it if possible. 0, -ENOSPC, -EIO. */
int bitmap_alloc_block(struct handle *h, uint32_t goal, uint32_t *blkno);

/* Frees a block. -EIO if the image is damaged: the number is off, or the block is free already. */
int bitmap_free_block(struct handle *h, uint32_t blkno);

/* Whether a number that stands in a block map can be one of a data block. */
bool bitmap_is_data_block(uint32_t blkno);

/* 0, -ENOSPC, -EIO. */
int bitmap_alloc_inode(struct handle *h, uint32_t *ino);
int bitmap_free_inode(struct handle *h, uint32_t ino);

/* The mark that the next mount has to finish a truncation or deletion of this inode. */
int bitmap_set_orphan(struct handle *h, uint32_t ino, bool orphan);

/* The first orphan with a number at or above *ino: true, and *ino is it. */
bool bitmap_next_orphan(uint32_t *ino);

/* After a checkpoint: freed blocks may be used again. */
void bitmap_thaw(void);

/* Whether a checkpoint would make blocks available. */
bool bitmap_has_frozen(void);

/* Free blocks and inodes, counted afresh; -EIO. */
int bitmap_count_free(uint64_t *blocks, uint64_t *inodes);

#endif
