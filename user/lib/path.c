/* Files by name: making, linking, renaming and removing them. */
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SYMLINKS 40

int mkdirat(int dirfd, const char *path, mode_t mode)
{
    return (int)SYSCALL3(SYS_mkdirat, dirfd, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    return (int)SYSCALL4(SYS_mknodat, AT_FDCWD, path, mode, device);
}

int mkfifo(const char *path, mode_t mode)
{
    return mknod(path, S_IFIFO | mode, 0);
}

int linkat(int fromfd, const char *from, int tofd, const char *to, int flags)
{
    return (int)SYSCALL5(SYS_linkat, fromfd, from, tofd, to, flags);
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int symlinkat(const char *target, int dirfd, const char *path)
{
    return (int)SYSCALL3(SYS_symlinkat, target, dirfd, path);
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

ssize_t readlinkat(int dirfd, const char *restrict path, char *restrict to, size_t size)
{
    return SYSCALL4(SYS_readlinkat, dirfd, path, to, size);
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size)
{
    return readlinkat(AT_FDCWD, path, to, size);
}

int unlinkat(int dirfd, const char *path, int flags)
{
    return (int)SYSCALL3(SYS_unlinkat, dirfd, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    int result = unlink(path);
    return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

int renameat(int fromfd, const char *from, int tofd, const char *to)
{
    return renameat2(fromfd, from, tofd, to, 0);
}

int renameat2(int fromfd, const char *from, int tofd, const char *to, unsigned flags)
{
    return (int)SYSCALL5(SYS_renameat2, fromfd, from, tofd, to, flags);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int truncate(const char *path, off_t length)
{
    return (int)SYSCALL2(SYS_truncate, path, length);
}

int chdir(const char *path)
{
    return (int)SYSCALL1(SYS_chdir, path);
}

int fchdir(int fd)
{
    return (int)SYSCALL1(SYS_fchdir, fd);
}

/* With no buffer given, the caller gets one to free. */
char *getcwd(char *to, size_t size)
{
    char path[PATH_MAX];
    if (to != NULL)
        return SYSCALL2(SYS_getcwd, to, size) < 0 ? NULL : to;
    return SYSCALL2(SYS_getcwd, path, sizeof(path)) < 0 ? NULL : strdup(path);
}

/* What realpath has still to walk, and the path without links that it stands on. */
struct walk {
    char rest[PATH_MAX];
    char done[PATH_MAX];
    int links;
};

/* Puts a link's target before the rest of the way; an absolute one starts at the root again. */
static int follow_link(struct walk *walk, const char *target)
{
    char joined[PATH_MAX];
    if (++walk->links > MAX_SYMLINKS) {
        errno = ELOOP;
        return -1;
    }
    if (snprintf(joined, PATH_MAX, "%s/%s", target, walk->rest) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (target[0] == '/')
        walk->done[0] = '\0';
    strcpy(walk->rest, joined);
    return 0;
}

/* Appends one name to the path; if that is a link, takes it away again and follows it. */
static int walk_name(struct walk *walk, const char *name)
{
    char target[PATH_MAX];
    size_t length = strlen(walk->done);
    if (name[0] == '\0' || strcmp(name, ".") == 0)
        return 0;
    if (strcmp(name, "..") == 0) {
        char *slash = strrchr(walk->done, '/');
        if (slash != NULL)
            *slash = '\0';
        return 0;
    }
    int grown = snprintf(walk->done + length, PATH_MAX - length, "/%s", name);
    if (length + (size_t)grown >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    ssize_t n = readlink(walk->done, target, sizeof(target) - 1);
    if (n < 0)
        return errno == EINVAL ? 0 : -1;
    target[n] = '\0';
    walk->done[length] = '\0';
    return follow_link(walk, target);
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    struct walk walk = {.links = 0};
    if (path[0] == '\0' || strlen(path) >= PATH_MAX) {
        errno = path[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return NULL;
    }
    if (path[0] != '/' && getcwd(walk.done, PATH_MAX) == NULL)
        return NULL;
    if (strcmp(walk.done, "/") == 0)
        walk.done[0] = '\0';
    strcpy(walk.rest, path);
    while (walk.rest[0] != '\0') {
        char name[PATH_MAX];
        size_t length = strcspn(walk.rest, "/");
        size_t skip = length + (walk.rest[length] == '/');
        memcpy(name, walk.rest, length);
        name[length] = '\0';
        memmove(walk.rest, walk.rest + skip, strlen(walk.rest + skip) + 1);
        if (walk_name(&walk, name) < 0)
            return NULL;
    }
    const char *result = walk.done[0] == '\0' ? "/" : walk.done;
    return resolved == NULL ? strdup(result) : strcpy(resolved, result);
}
