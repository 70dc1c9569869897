/*
 * /proc: what processes and the system look like, as files (proc(5)). Nothing of it is stored:
 * directories are lists of what there is at the moment, inodes are made when a name is looked up,
 * and the text of a file when it is read from its beginning.
 */
#ifndef PROC_PROCFS_H
#define PROC_PROCFS_H

#include "fs/vfs.h"

extern struct file_system proc_fs;

/* Makes the root directory: 0 or -ENOMEM. */
int procfs_init(void);

/* Who counts page faults tells them to /proc/vmstat: of the system, by kind (abi/quire.h). */
void procfs_set_faults(void (*sum)(uint64_t *counts));

#endif
