/* Files by descriptor: opening, reading and writing, and what else can be done with one. */
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

/* The mode is there only if the file may be created. */
int openat(int dirfd, const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
    }
    return (int)SYSCALL4(SYS_openat, dirfd, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
    return (int)SYSCALL1(SYS_close, fd);
}

ssize_t read(int fd, void *to, size_t n)
{
    return SYSCALL3(SYS_read, fd, to, n);
}

ssize_t write(int fd, const void *from, size_t n)
{
    return SYSCALL3(SYS_write, fd, from, n);
}

ssize_t pread(int fd, void *to, size_t n, off_t offset)
{
    return SYSCALL4(SYS_pread64, fd, to, n, offset);
}

ssize_t pwrite(int fd, const void *from, size_t n, off_t offset)
{
    return SYSCALL4(SYS_pwrite64, fd, from, n, offset);
}

ssize_t readv(int fd, const struct iovec *buffers, int count)
{
    return SYSCALL3(SYS_readv, fd, buffers, count);
}

ssize_t writev(int fd, const struct iovec *buffers, int count)
{
    return SYSCALL3(SYS_writev, fd, buffers, count);
}

ssize_t preadv(int fd, const struct iovec *buffers, int count, off_t offset)
{
    return SYSCALL4(SYS_preadv, fd, buffers, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *buffers, int count, off_t offset)
{
    return SYSCALL4(SYS_pwritev, fd, buffers, count, offset);
}

off_t lseek(int fd, off_t offset, int whence)
{
    return SYSCALL3(SYS_lseek, fd, offset, whence);
}

int dup(int fd)
{
    return (int)SYSCALL1(SYS_dup, fd);
}

/* dup3 refuses equal descriptors; dup2 takes them, if open. */
int dup2(int from, int to)
{
    if (from == to)
        return fcntl(from, F_GETFD) < 0 ? -1 : to;
    return dup3(from, to, 0);
}

int dup3(int from, int to, int flags)
{
    return (int)SYSCALL3(SYS_dup3, from, to, flags);
}

int pipe(int ends[2])
{
    return pipe2(ends, 0);
}

int pipe2(int ends[2], int flags)
{
    return (int)SYSCALL2(SYS_pipe2, ends, flags);
}

int fcntl(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    return (int)SYSCALL3(SYS_fcntl, fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    long argument = va_arg(list, long);
    va_end(list);
    return (int)SYSCALL3(SYS_ioctl, fd, request, argument);
}

int ftruncate(int fd, off_t length)
{
    return (int)SYSCALL2(SYS_ftruncate, fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    return (int)SYSCALL4(SYS_fallocate, fd, mode, offset, length);
}

/* Alone among these it returns the error's number and leaves errno as it was. */
int posix_fallocate(int fd, off_t offset, off_t length)
{
    return (int)-syscall6(SYS_fallocate, (struct syscall_args){fd, 0, offset, length, 0, 0});
}

int fsync(int fd)
{
    return (int)SYSCALL1(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return (int)SYSCALL1(SYS_fdatasync, fd);
}

void sync(void)
{
    syscall3(SYS_sync, 0, 0, 0);
}
