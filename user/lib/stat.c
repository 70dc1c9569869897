/* The status of files and file systems, and changing a file's mode, owner and times. */
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

int fstatat(int dirfd, const char *restrict path, struct stat *restrict status, int flags)
{
    return (int)SYSCALL4(SYS_newfstatat, dirfd, path, status, flags);
}

int stat(const char *restrict path, struct stat *restrict status)
{
    return fstatat(AT_FDCWD, path, status, 0);
}

int lstat(const char *restrict path, struct stat *restrict status)
{
    return fstatat(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int fstat(int fd, struct stat *status)
{
    return (int)SYSCALL2(SYS_fstat, fd, status);
}

/* The system call has no flags. */
int fchmodat(int dirfd, const char *path, mode_t mode, int flags)
{
    if (flags != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return (int)SYSCALL3(SYS_fchmodat, dirfd, path, mode);
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int fchmod(int fd, mode_t mode)
{
    return (int)SYSCALL2(SYS_fchmod, fd, mode);
}

int fchownat(int dirfd, const char *path, uid_t uid, gid_t gid, int flags)
{
    return (int)SYSCALL5(SYS_fchownat, dirfd, path, uid, gid, flags);
}

int chown(const char *path, uid_t uid, gid_t gid)
{
    return fchownat(AT_FDCWD, path, uid, gid, 0);
}

int lchown(const char *path, uid_t uid, gid_t gid)
{
    return fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
    return (int)SYSCALL3(SYS_fchown, fd, uid, gid);
}

mode_t umask(mode_t mask)
{
    return (mode_t)SYSCALL1(SYS_umask, mask);
}

/* The system call has no flags. All users are the same one, so AT_EACCESS asks nothing new. */
int faccessat(int dirfd, const char *path, int mode, int flags)
{
    if (flags & ~AT_EACCESS) {
        errno = EINVAL;
        return -1;
    }
    return (int)SYSCALL3(SYS_faccessat, dirfd, path, mode);
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
    return (int)SYSCALL4(SYS_utimensat, dirfd, path, times, flags);
}

int futimens(int fd, const struct timespec times[2])
{
    return utimensat(fd, NULL, times, 0);
}

int statfs(const char *path, struct statfs *status)
{
    return (int)SYSCALL2(SYS_statfs, path, status);
}

int fstatfs(int fd, struct statfs *status)
{
    return (int)SYSCALL2(SYS_fstatfs, fd, status);
}
