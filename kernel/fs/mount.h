/* Taking the disk into use, and giving it back. */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include <stdint.h>

/*
 * Reads the superblock, replays the journal, finishes interrupted deletions. NULL, or what is wrong
 * with the image, in words.
 */
const char *fs_mount(void);

/* Everything that was written is durable when this returns. 0 or the first error. */
int fs_sync(void);

/* Before power-off: the same, and the journal is empty. */
int fs_unmount(void);

/* Writes back and then frees all cached data that nobody uses; for tests that start cold. */
int fs_drop_caches(void);

/* The flusher: writes back every few seconds and whenever memory runs short. A kernel thread. */
void fs_flusher(void *unused);

/* Size and free room of the file system, in blocks, and of the inode table. 0 or -EIO. */
struct fs_usage {
    uint64_t blocks, free_blocks, inodes, free_inodes;
};
int fs_get_usage(struct fs_usage *usage);

#endif
