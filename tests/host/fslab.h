/* A kernel's file system on a ram disk, driven beside a model; and images held against models. */
#ifndef TESTS_HOST_FSLAB_H
#define TESTS_HOST_FSLAB_H

#include "tests/host/fsmodel.h"
#include "tests/host/ramdisk.h"

#define FSLAB_BLOCKS 160

/* A new file system of so many blocks in shared memory. */
uint8_t *fslab_make(size_t nblocks, unsigned ninodes);

/* Boots a machine with so many pages of memory and mounts. NULL, or what is wrong. */
const char *fslab_mount(uint8_t *image, size_t nblocks, size_t npages, struct ramdisk_trace *trace);

/* What a random operation was, for histories. */
struct fslab_step {
    int file;        /* that was written or truncated or synced; or -1 */
    bool synced_all; /* everything is durable now */
    bool synced;     /* `file` is */
    bool changed;    /* the file's inode changed, names included */
};

/* One operation on the kernel and the model, which agree afterwards. */
struct fslab_step fslab_step(struct model *m);

/* -ENOSPC, -ENOMEM or -EIO may come out of operations, which then have not happened. */
extern int fslab_may_fail; /* the errno, or 0 */
extern unsigned fslab_failures;

/* Files reach to where the double indirect block leads. */
extern bool fslab_far;

/* Reads everything back through the kernel. */
void fslab_expect_files(const struct model *m);

/* Unmounts and holds the image against the model. */
void fslab_unmount(const struct model *m, uint8_t *image, size_t nblocks);

/* fsck of an image; journals are replayed into it. Fails the test when it is damaged. */
void fslab_fsck(uint8_t *image, size_t nblocks, bool nothing_left);

/* Whether the image has these names; and for each file of the model its inode number then. */
bool fslab_same_names(const uint8_t *image, const struct model *m, uint32_t *ino);

/* The bytes of a file, in memory from the heap. */
uint8_t *fslab_read_file(const uint8_t *image, uint32_t ino, uint64_t *size);

/* Whether the bytes of the last block behind the end are zeros. */
bool fslab_tail_is_zero(const uint8_t *image, uint32_t ino);

#endif
