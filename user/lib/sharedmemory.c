/* Shared memory by name. */
#include "sharedname.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int __shared_path(char path[SHARED_PATH_SIZE], const char *prefix, const char *name)
{
    while (*name == '/')
        name++;
    size_t length = strlen(prefix) + strlen(name);
    if (*name == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
        strcmp(name, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(path, SHARED_PATH_SIZE, "/dev/shm/%s%s", prefix, name);
    return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[SHARED_PATH_SIZE];
    if (__shared_path(path, "", name) < 0)
        return -1;
    return open(path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

int shm_unlink(const char *name)
{
    char path[SHARED_PATH_SIZE];
    return __shared_path(path, "", name) < 0 ? -1 : unlink(path);
}
