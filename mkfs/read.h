/*
 * Reading an image in memory by paths. It may be damaged: what is out of range reads as missing.
 * Call fs_check() first, which replays the journal and looks at the superblock.
 */
#ifndef MKFS_READ_H
#define MKFS_READ_H

#include <stdint.h>

#include "fs/format.h"

struct reader {
    const uint8_t *image; /* aligned to 8, its superblock found good */
    const struct disk_super *super;
};

void read_begin(struct reader *reader, const uint8_t *image);

/* NULL: no such inode, or it is free. */
const struct disk_inode *read_inode(const struct reader *reader, uint32_t ino);

/* A block of a file; of zeros where the file has a hole. NULL: its number is out of range. */
const void *read_block(const struct reader *reader, const struct disk_inode *inode, uint64_t index);

/* The next record in use of a directory at *at (bytes), which moves behind it; NULL: the end. */
const struct disk_dirent *read_dirent(const struct reader *reader, const struct disk_inode *dir,
                                      uint64_t *at);

/* The inode at a path from the root, of which no part but the last may be a link; 0: none. */
uint32_t read_find(const struct reader *reader, const char *path);

#endif
