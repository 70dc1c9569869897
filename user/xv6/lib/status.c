/* Names of files, and what Quire says of one. */
#include "shim.h"

#include "../user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"

enum { XV6_CONSOLE = 1, DIRECTORY = 1, FILE_TYPE = 2, DEVICE = 3, SYMLINK = 4 };

static short type_of(uint mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR: return DIRECTORY;
    case S_IFREG: return FILE_TYPE;
    case S_IFCHR: return DEVICE;
    case S_IFLNK: return SYMLINK;
    default: return 0;
    }
}

/* xv6 does not count a directory's own "." as a link, and has no status of pipes. */
int __xv6_status_get(int fd, const char *path, struct __xv6_status *status)
{
    struct stat from;
    struct __xv6_path buffer;
    long result = -1;
    if (path == NULL)
        result = syscall3(SYS_fstat, fd, (long)&from, 0);
    else if ((path = __xv6_path_take(&buffer, path)) != NULL)
        result = CALL4(SYS_newfstatat, AT_FDCWD, path, &from, 0);
    if (result < 0 || type_of(from.st_mode) == 0)
        return -1;
    *status = (struct __xv6_status){
        .device = from.st_dev,
        .inode = from.st_ino,
        .size = (uint64)from.st_size,
        .links = from.st_nlink - S_ISDIR(from.st_mode),
        .type = type_of(from.st_mode),
    };
    return 0;
}

int mknod(const char *path, short major, short minor)
{
    struct __xv6_path buffer;
    path = __xv6_path_take(&buffer, path);
    if (path == NULL)
        return -1;
    long device = major == XV6_CONSOLE ? MAKEDEV(5, 1) : MAKEDEV(major, minor);
    return __xv6_result(CALL4(SYS_mknodat, AT_FDCWD, path, S_IFCHR | 0666, device));
}

int mkdir(const char *path)
{
    struct __xv6_path buffer;
    path = __xv6_path_take(&buffer, path);
    return path == NULL ? -1 : __xv6_result(syscall3(SYS_mkdirat, AT_FDCWD, (long)path, 0777));
}

int chdir(const char *path)
{
    struct __xv6_path buffer;
    path = __xv6_path_take(&buffer, path);
    return path == NULL ? -1 : __xv6_result(syscall3(SYS_chdir, (long)path, 0, 0));
}

int link(const char *old, const char *new)
{
    struct __xv6_path old_buffer, new_buffer;
    old = __xv6_path_take(&old_buffer, old);
    new = __xv6_path_take(&new_buffer, new);
    if (old == NULL || new == NULL)
        return -1;
    return __xv6_result(CALL4(SYS_linkat, AT_FDCWD, old, AT_FDCWD, new));
}

int symlink(const char *target, const char *path)
{
    struct __xv6_path target_buffer, path_buffer;
    target = __xv6_path_take(&target_buffer, target);
    path = __xv6_path_take(&path_buffer, path);
    if (target == NULL || path == NULL)
        return -1;
    return __xv6_result(syscall3(SYS_symlinkat, (long)target, AT_FDCWD, (long)path));
}

/* Of an empty directory too. */
int unlink(const char *path)
{
    struct __xv6_path buffer;
    path = __xv6_path_take(&buffer, path);
    if (path == NULL)
        return -1;
    long result = syscall3(SYS_unlinkat, AT_FDCWD, (long)path, 0);
    if (result == -EISDIR)
        result = syscall3(SYS_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR);
    return __xv6_result(result);
}
