/* xv6's structure of a file's status. */
#include "../kernel/stat.h"

#include "shim.h"

#include "../user/user.h"

_Static_assert(sizeof(struct stat) == 24, "programs print it and compare it");

static int give(const struct __xv6_status *from, struct stat *to)
{
    if (!__xv6_can_write(to, sizeof(*to)))
        return -1;
    memset(to, 0, sizeof(*to));
    to->dev = (int)from->device;
    to->ino = (uint)from->inode;
    to->type = from->type;
    to->nlink = (short)from->links;
    to->size = from->size;
    return 0;
}

int fstat(int fd, struct stat *status)
{
    struct __xv6_status from;
    return __xv6_status_get(fd, NULL, &from) < 0 ? -1 : give(&from, status);
}

int stat(const char *path, struct stat *status)
{
    struct __xv6_status from;
    if (path == NULL || __xv6_status_get(-1, path, &from) < 0)
        return -1;
    return give(&from, status);
}
