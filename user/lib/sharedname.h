/* Names of shared memory and semaphores: files in /dev/shm, which must be a folder. */
#ifndef LIB_SHAREDNAME_H
#define LIB_SHAREDNAME_H

#include <limits.h>

#define SHARED_PATH_SIZE (sizeof("/dev/shm/") + NAME_MAX)

/*
 * Makes the path of a name like "/name" with the prefix before the name. 0, or -1 with errno:
 * EINVAL if it is no name, ENAMETOOLONG.
 */
int __shared_path(char path[SHARED_PATH_SIZE], const char *prefix, const char *name);

#endif
