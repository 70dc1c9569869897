/*
 * Writing an image in memory: areas, inodes, files, directories, each once and in order.
 *
 * image_format() lays out an empty file system; image_inode() takes the next inode number;
 * image_file_begin() and image_file_put() give an inode its contents block by block, and
 * image_dir_begin(), image_dir_put() and image_dir_end() those of a directory; image_finish()
 * writes the bitmaps, and only then is the image whole.
 *
 * Nothing here fails for want of room. When blocks or inodes run out, what does not fit is written
 * to a spare block and counted, so that a caller can say in one go how much is missing.
 */
#ifndef MKFS_IMAGE_H
#define MKFS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/format.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the tools lay the on-disk structures over memory: they need a little-endian host"
#endif

struct image {
    uint8_t *base; /* nblocks blocks, aligned to 8 */
    struct disk_super super;
    uint32_t next_block; /* all before it are in use, none from it on */
    uint32_t next_inode;
    uint64_t missing_blocks;
    uint64_t missing_inodes;
    union {
        uint8_t bytes[FS_BLOCK_SIZE];
        struct disk_inode inode;
        uint32_t pointers[FS_PTRS_PER_BLOCK];
    } spare; /* written in place of what is missing; never read */
};

/* A file in the making; at most one block's worth of bytes is put at a time. */
struct image_file {
    struct image *image;
    struct disk_inode *inode;
    uint64_t index; /* of the block to be put next */
    uint32_t *leaf; /* the indirect block in hand, good for blocks below leaf_end */
    uint64_t leaf_end;
    uint32_t *root; /* the double indirect block, once there is one */
};

struct image_dir {
    struct image_file file;
    uint32_t used;            /* bytes of the block in hand */
    struct disk_dirent *last; /* its last record; NULL: it is empty */
    uint64_t block[FS_BLOCK_SIZE / 8];
};

struct image_attr {
    uint32_t mode;
    uint32_t nlink;
    uint32_t rdev;
    int64_t time; /* nanoseconds since 1970 */
};

/*
 * Fills in the areas of a disk; ninodes 0 asks for the default. Returns NULL, or why that
 * cannot be.
 */
const char *image_plan(struct disk_super *super, uint64_t nblocks, uint64_t ninodes);

/* Starts the image that `super` (from image_plan) describes in `base`, which holds zeros only. */
void image_format(struct image *image, void *base, const struct disk_super *super);
void image_finish(struct image *image);

/* Returns the number of a new inode without contents; 0 if there is none left. */
uint32_t image_inode(struct image *image, const struct image_attr *attr);

void image_file_begin(struct image_file *file, struct image *image, uint32_t ino);

/*
 * Adds n (1 to FS_BLOCK_SIZE) bytes, all but the last piece whole blocks. Zeros become a hole.
 * False if the file is as long as a file can be.
 */
bool image_file_put(struct image_file *file, const void *bytes, size_t n);

/* Writes "." and ".."; records follow in the order of image_dir_put(). */
void image_dir_begin(struct image_dir *dir, struct image *image, uint32_t ino, uint32_t parent);
void image_dir_put(struct image_dir *dir, const char *name, uint32_t ino, uint32_t mode);
void image_dir_end(struct image_dir *dir);

#endif
