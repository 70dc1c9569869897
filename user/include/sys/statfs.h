/* The size and use of a file system. */
#ifndef SYS_STATFS_H
#define SYS_STATFS_H

#include "abi/statfs.h"

int statfs(const char *path, struct statfs *status);
int fstatfs(int fd, struct statfs *status);

#endif
