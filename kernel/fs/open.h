/* open(2): from a path and flags to a file. */
#ifndef FS_OPEN_H
#define FS_OPEN_H

#include "fs/file.h"

/*
 * Opens, and with O_CREAT makes, what `path` names. `mode`: permission bits of a new file. Errors
 * are Linux's for open(2).
 */
int open_path(struct inode *start, const char *path, uint32_t flags, uint32_t mode,
              struct file **file);

/* truncate(2) and ftruncate(2) of an inode: -EISDIR, -EINVAL, or data_truncate's. */
int open_truncate(struct inode *ip, uint64_t size);

/*
 * fallocate(2) of an inode with mode 0 or FALLOC_FL_KEEP_SIZE: -EISDIR, -ESPIPE, -ENODEV, -EFBIG,
 * or data_allocate's.
 */
int open_allocate(struct inode *ip, int mode, uint64_t offset, uint64_t length);

#endif
