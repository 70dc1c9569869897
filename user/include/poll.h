/* Waiting until one of several descriptors is ready. */
#ifndef POLL_H
#define POLL_H

#include <signal.h>

#include "abi/poll.h"

typedef unsigned long nfds_t;

int poll(struct pollfd *fds, nfds_t count, int milliseconds);
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);

#endif
