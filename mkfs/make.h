/* Making a file system in memory in one call, for programs that test one. */
#ifndef MKFS_MAKE_H
#define MKFS_MAKE_H

#include <stdint.h>

#include "tree.h"

/*
 * Overwrites the `size` bytes of an image, which lie aligned to 8, with a new file system of at
 * least so many inodes (0: the default) that holds the tree; NULL stands for /dev, /proc, /tmp.
 * Returns NULL, or why that cannot be. All times are the tree's, or 0; files with a source are
 * empty.
 */
const char *fs_make(uint8_t *image, uint64_t size, uint64_t ninodes, struct tree *tree);

#endif
