/* poll(2) with sets of descriptors, of which each has one bit. */
#ifndef SYS_SELECT_H
#define SYS_SELECT_H

#include <signal.h>

#define FD_SETSIZE 1024

#define __FD_BITS  64

typedef struct {
    unsigned long bits[FD_SETSIZE / __FD_BITS];
} fd_set;

#define __FD_WORD(fd, set) ((set)->bits[(fd) / __FD_BITS])
#define __FD_BIT(fd)       (1UL << ((fd) % __FD_BITS))

#define FD_ZERO(set)       ((void)(*(set) = (fd_set){{0}}))
#define FD_SET(fd, set)    ((void)(__FD_WORD(fd, set) |= __FD_BIT(fd)))
#define FD_CLR(fd, set)    ((void)(__FD_WORD(fd, set) &= ~__FD_BIT(fd)))
#define FD_ISSET(fd, set)  ((__FD_WORD(fd, set) & __FD_BIT(fd)) != 0)

int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout);
int pselect(int count, fd_set *restrict readable, fd_set *restrict writable,
            fd_set *restrict exceptional, const struct timespec *restrict timeout,
            const sigset_t *restrict mask);

#endif
