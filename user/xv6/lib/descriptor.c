/* Files by descriptor. */
#include "shim.h"

#include "../user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"

/* Flags of xv6's open that have other values here. */
enum { XV6_CREATE = 0x200, XV6_TRUNC = 0x400, XV6_NOFOLLOW = 0x800 };

enum { TYPE_FILE = 2 };

/* A new file may be executed, as all of xv6's may. */
int open(const char *path, int flags)
{
    struct __xv6_path buffer;
    path = __xv6_path_take(&buffer, path);
    if (path == NULL)
        return -1;
    int mode = flags & O_ACCMODE;
    mode |= flags & XV6_CREATE ? O_CREAT : 0;
    mode |= flags & XV6_TRUNC ? O_TRUNC : 0;
    mode |= flags & XV6_NOFOLLOW ? O_PATH | O_NOFOLLOW : 0;
    return __xv6_descriptor(CALL4(SYS_openat, AT_FDCWD, path, mode, 0777));
}

int close(int fd)
{
    return __xv6_result(syscall3(SYS_close, fd, 0, 0));
}

int dup(int fd)
{
    return __xv6_descriptor(syscall3(SYS_dup, fd, 0, 0));
}

int pipe(int *fds)
{
    if (syscall3(SYS_pipe2, (long)fds, 0, 0) < 0)
        return -1;
    if (fds[0] < NOFILE && fds[1] < NOFILE)
        return 0;
    close(fds[0]);
    close(fds[1]);
    return -1;
}

int read(int fd, void *to, int n)
{
    if (n < 0)
        return -1;
    long result = syscall3(SYS_read, fd, (long)to, n);
    return result == -EISDIR ? __xv6_directory_read(fd, to, n) : __xv6_result(result);
}

/* Somebody has cut the file off before the place where this descriptor writes: xv6 has no holes. */
static bool is_beyond_end(int fd)
{
    struct __xv6_status status;
    long at = syscall3(SYS_lseek, fd, 0, SEEK_CUR);
    return at > 0 && __xv6_status_get(fd, NULL, &status) == 0 && status.type == TYPE_FILE &&
           (uint64)at > status.size;
}

/* All or nothing, though what could be written stays. */
int write(int fd, const void *from, int n)
{
    if (is_beyond_end(fd))
        return -1;
    long result = syscall3(SYS_write, fd, (long)from, n);
    return result == n ? n : -1;
}
