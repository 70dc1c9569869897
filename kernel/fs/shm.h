/*
 * Files of memory with names, at /dev/shm: one directory, for processes that share memory by a
 * name. A name holds a reference to its inode; the pages are gone with the last name, descriptor
 * and mapping, and with the power.
 */
#ifndef FS_SHM_H
#define FS_SHM_H

#include "fs/vfs.h"

extern struct file_system shm_fs;

/* Makes the directory: 0 or -ENOMEM. */
int shm_init(void);

#endif
