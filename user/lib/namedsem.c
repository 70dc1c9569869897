/*
 * Named semaphores: files in /dev/shm that hold a sem_t, and are mapped. Whoever opens one again
 * gets the same address, so there is a list of those that are open, found by what file they are.
 */
#include "futex.h"
#include "sharedname.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "sem."

struct opened {
    sem_t *sem;
    dev_t device;
    ino_t inode;
    unsigned count;
    struct opened *next;
};

static int lock;
static struct opened *list; /* [lock] */

static struct opened *find(const struct stat *file)
{
    struct opened *opened = list;
    while (opened != NULL && (opened->device != file->st_dev || opened->inode != file->st_ino))
        opened = opened->next;
    return opened;
}

/* NULL with errno. */
static struct opened *map_file(int fd, const struct stat *file)
{
    struct opened *opened = malloc(sizeof(*opened));
    if (opened == NULL)
        return NULL;
    void *at = mmap(NULL, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) {
        free(opened);
        return NULL;
    }
    *opened = (struct opened){at, file->st_dev, file->st_ino, 0, list};
    return list = opened;
}

/* Closes the descriptor. */
static sem_t *open_file(int fd)
{
    struct stat file;
    struct opened *opened = NULL;
    __lock_acquire(&lock);
    bool valid = fstat(fd, &file) == 0;
    if (valid && file.st_size < (off_t)sizeof(sem_t)) {
        errno = EINVAL;
        valid = false;
    }
    if (valid && (opened = find(&file)) == NULL)
        opened = map_file(fd, &file);
    if (opened != NULL)
        opened->count++;
    __lock_release(&lock);
    int saved_errno = errno;
    close(fd);
    errno = saved_errno;
    return opened == NULL ? SEM_FAILED : opened->sem;
}

/*
 * A file of that name appears with its contents: it is made under another name and linked. The
 * descriptor, or -1 with errno: EEXIST if somebody was faster.
 */
static int create_file(const char *path, mode_t mode, unsigned value)
{
    char other[] = "/dev/shm/.semXXXXXX";
    sem_t sem = {.word = value, .shared = 1};
    int fd = mkstemp(other);
    if (fd < 0)
        return -1;
    bool made = write(fd, &sem, sizeof(sem)) == sizeof(sem) && fchmod(fd, mode) == 0 &&
                link(other, path) == 0;
    int saved_errno = errno;
    unlink(other);
    if (!made)
        close(fd);
    errno = saved_errno;
    return made ? fd : -1;
}

static mode_t masked(mode_t mode)
{
    mode_t mask = umask(0);
    umask(mask);
    return mode & 0777 & ~mask;
}

/* Opens what is there, or creates what is not, until one of the two is the case. */
static int open_or_create(const char *path, int flags, mode_t mode, unsigned value)
{
    for (;;) {
        int fd = flags & O_EXCL ? -1 : open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 || (!(flags & O_EXCL) && errno != ENOENT))
            return fd;
        fd = create_file(path, masked(mode), value);
        if (fd >= 0 || errno != EEXIST || (flags & O_EXCL))
            return fd;
    }
}

sem_t *sem_open(const char *name, int flags, ...)
{
    char path[SHARED_PATH_SIZE];
    mode_t mode = 0;
    unsigned value = 0;
    if (__shared_path(path, PREFIX, name) < 0)
        return SEM_FAILED;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        value = va_arg(arguments, unsigned);
        va_end(arguments);
        if (value > SEM_VALUE_MAX) {
            errno = EINVAL;
            return SEM_FAILED;
        }
    }
    int fd = flags & O_CREAT ? open_or_create(path, flags, mode, value)
                             : open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? SEM_FAILED : open_file(fd);
}

/* Takes a semaphore that is closed for the last time out of the list; NULL if it is open still. */
static struct opened *give_up(struct opened **link)
{
    struct opened *opened = *link;
    if (--opened->count > 0)
        return NULL;
    *link = opened->next;
    return opened;
}

int sem_close(sem_t *sem)
{
    struct opened **link = &list, *last = NULL;
    __lock_acquire(&lock);
    while (*link != NULL && (*link)->sem != sem)
        link = &(*link)->next;
    bool found = *link != NULL;
    if (found)
        last = give_up(link);
    __lock_release(&lock);
    if (last != NULL) {
        munmap(sem, sizeof(*sem));
        free(last);
    }
    if (!found)
        errno = EINVAL;
    return found ? 0 : -1;
}

int sem_unlink(const char *name)
{
    char path[SHARED_PATH_SIZE];
    return __shared_path(path, PREFIX, name) < 0 ? -1 : unlink(path);
}
