/* Locks on files: lockf by records, flock on the whole. */
#include "syscall.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int flock(int fd, int operation)
{
    return (int)SYSCALL2(SYS_flock, fd, operation);
}

/* 0 if nobody else has a lock in the section. */
static int test_section(int fd, struct flock *section)
{
    if (fcntl(fd, F_GETLK, section) < 0)
        return -1;
    if (section->l_type == F_UNLCK || section->l_pid == getpid())
        return 0;
    errno = EACCES;
    return -1;
}

/* The section begins where the descriptor stands; a negative length goes backwards from there. */
int lockf(int fd, int command, off_t length)
{
    struct flock section = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_len = length};
    switch (command) {
    case F_LOCK: return fcntl(fd, F_SETLKW, &section);
    case F_TLOCK: return fcntl(fd, F_SETLK, &section);
    case F_TEST: return test_section(fd, &section);
    case F_ULOCK: section.l_type = F_UNLCK; return fcntl(fd, F_SETLK, &section);
    default: errno = EINVAL; return -1;
    }
}
