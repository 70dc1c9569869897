/* Waiting for descriptors: poll, and select as another form of it. */
#include "syscall.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/select.h>

#define MS_PER_S  1000
#define NS_PER_MS 1000000
#define NS_PER_US 1000
#define US_PER_S  1000000

/* The system call may store the rest of the time; the caller's stays as it is. */
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec copy;
    if (timeout != NULL)
        copy = *timeout;
    return (int)SYSCALL5(SYS_ppoll, fds, count, timeout == NULL ? NULL : &copy, mask,
                         sizeof(*mask));
}

int poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    struct timespec timeout = {.tv_sec = milliseconds / MS_PER_S,
                               .tv_nsec = (long)(milliseconds % MS_PER_S) * NS_PER_MS};
    return ppoll(fds, count, milliseconds < 0 ? NULL : &timeout, NULL);
}

/* --- select --- */

struct sets {
    fd_set *readable, *writable, *exceptional; /* each may be NULL */
};

#define READABLE    (POLLIN | POLLHUP | POLLERR)
#define WRITABLE    (POLLOUT | POLLERR)
#define EXCEPTIONAL POLLPRI

static bool has(int fd, const fd_set *set)
{
    return set != NULL && FD_ISSET(fd, set);
}

/* One pollfd for each descriptor that is in a set; returns how many. */
static nfds_t sets_to_fds(int count, const struct sets *sets, struct pollfd *fds)
{
    nfds_t used = 0;
    for (int fd = 0; fd < count; fd++) {
        int events = (has(fd, sets->readable) ? POLLIN : 0) |
                     (has(fd, sets->writable) ? POLLOUT : 0) |
                     (has(fd, sets->exceptional) ? POLLPRI : 0);
        if (events != 0)
            fds[used++] = (struct pollfd){.fd = fd, .events = (short)events};
    }
    return used;
}

/* Takes a descriptor out of a set if nothing of what the set is for has happened; 1 if it stays. */
static int keep(const struct pollfd *fd, fd_set *set, int events)
{
    if (!has(fd->fd, set))
        return 0;
    if (fd->revents & events)
        return 1;
    FD_CLR(fd->fd, set);
    return 0;
}

static int fds_to_sets(nfds_t count, const struct pollfd *fds, const struct sets *sets)
{
    int kept = 0;
    for (nfds_t i = 0; i < count; i++) {
        if (fds[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
    }
    for (nfds_t i = 0; i < count; i++) {
        kept += keep(&fds[i], sets->readable, READABLE);
        kept += keep(&fds[i], sets->writable, WRITABLE);
        kept += keep(&fds[i], sets->exceptional, EXCEPTIONAL);
    }
    return kept;
}

static int select_sets(int count, const struct sets *sets, const struct timespec *timeout,
                       const sigset_t *mask)
{
    struct pollfd fds[FD_SETSIZE];
    if (count < 0) {
        errno = EINVAL;
        return -1;
    }
    nfds_t used = sets_to_fds(count < FD_SETSIZE ? count : FD_SETSIZE, sets, fds);
    int ready = ppoll(fds, used, timeout, mask);
    return ready < 0 ? -1 : fds_to_sets(used, fds, sets);
}

int pselect(int count, fd_set *restrict readable, fd_set *restrict writable,
            fd_set *restrict exceptional, const struct timespec *restrict timeout,
            const sigset_t *restrict mask)
{
    struct sets sets = {readable, writable, exceptional};
    return select_sets(count, &sets, timeout, mask);
}

/* More than a second in microseconds is taken for what it is. */
int select(int count, fd_set *restrict readable, fd_set *restrict writable,
           fd_set *restrict exceptional, struct timeval *restrict timeout)
{
    struct sets sets = {readable, writable, exceptional};
    if (timeout == NULL)
        return select_sets(count, &sets, NULL, NULL);
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0) {
        errno = EINVAL;
        return -1;
    }
    struct timespec time = {.tv_sec = timeout->tv_sec + timeout->tv_usec / US_PER_S,
                            .tv_nsec = timeout->tv_usec % US_PER_S * NS_PER_US};
    return select_sets(count, &sets, &time, NULL);
}
