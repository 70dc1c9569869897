/* Directory streams over getdents64(2), which fills a buffer with records of different lengths. */
#include "syscall.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct directory {
    int fd;
    long at, end;  /* the unread records, in bytes from the start of the buffer */
    long position; /* where the next record begins, as the kernel counts */
    struct dirent entry;
    char buffer[4096] __attribute__((aligned(8)));
};

DIR *fdopendir(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return NULL;
    if (!S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        return NULL;
    }
    DIR *dir = calloc(1, sizeof(*dir));
    if (dir != NULL)
        dir->fd = fd;
    return dir;
}

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    DIR *dir = fdopendir(fd);
    if (dir == NULL)
        close(fd);
    return dir;
}

struct dirent *readdir(DIR *dir)
{
    if (dir->at == dir->end) {
        long n = SYSCALL3(SYS_getdents64, dir->fd, dir->buffer, sizeof(dir->buffer));
        dir->at = 0;
        dir->end = n < 0 ? 0 : n;
        if (dir->end == 0)
            return NULL;
    }
    const struct dirent64 *record = (const struct dirent64 *)(dir->buffer + dir->at);
    struct dirent *entry = &dir->entry;
    entry->d_ino = record->d_ino;
    entry->d_off = record->d_off;
    entry->d_reclen = record->d_reclen;
    entry->d_type = record->d_type;
    strlcpy(entry->d_name, record->d_name, sizeof(entry->d_name));
    dir->at += record->d_reclen;
    dir->position = record->d_off;
    return entry;
}

long telldir(DIR *dir)
{
    return dir->position;
}

void seekdir(DIR *dir, long position)
{
    if (lseek(dir->fd, position, SEEK_SET) < 0)
        return;
    dir->at = dir->end = 0;
    dir->position = position;
}

void rewinddir(DIR *dir)
{
    seekdir(dir, 0);
}

int dirfd(DIR *dir)
{
    return dir->fd;
}

int closedir(DIR *dir)
{
    int result = close(dir->fd);
    free(dir);
    return result;
}
