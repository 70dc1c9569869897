/*
 * Pointers, paths and descriptors as xv6's kernel checks them. Whether an address can be used only
 * the kernel knows, so it is asked by calls that do nothing else.
 */
#include "shim.h"

#include "../user/user.h"

#include "abi/errno.h"
#include "abi/fcntl.h"

enum { NO_SUCH_OPERATION = 100 };

/* The mask is read before the operation is found wrong. */
bool __xv6_can_read(const void *at)
{
    return CALL4(SYS_rt_sigprocmask, NO_SUCH_OPERATION, at, 0, sizeof(uint64)) != -EFAULT;
}

bool __xv6_can_read_string(const char *text)
{
    return text != NULL && syscall3(SYS_faccessat, AT_FDCWD, (long)text, 0) != -EFAULT;
}

bool __xv6_can_write(void *at, int n)
{
    return syscall3(SYS_getrandom, (long)at, n, 0) == n;
}

const char *__xv6_path_take(struct __xv6_path *path, const char *from)
{
    if (!__xv6_can_read_string(from))
        return NULL;
    char *to = path->text;
    int length = 0;
    for (int i = 0; from[i] != '\0'; i++) {
        length = from[i] == '/' ? 0 : length + 1;
        if (i == MAXPATH - 1)
            return NULL;
        if (length <= DIRSIZ)
            *to++ = from[i];
    }
    *to = '\0';
    return path->text;
}

int __xv6_descriptor(long fd)
{
    if (fd >= NOFILE) {
        close((int)fd);
        return -1;
    }
    return __xv6_result(fd);
}
