/* poll(2) and ppoll(2): Linux's generic values. */
#ifndef ABI_POLL_H
#define ABI_POLL_H

#include <stdint.h>

#define POLLIN     0x001
#define POLLPRI    0x002
#define POLLOUT    0x004
#define POLLERR    0x008 /* told whether asked for or not, also the next two */
#define POLLHUP    0x010
#define POLLNVAL   0x020
#define POLLRDNORM 0x040
#define POLLRDBAND 0x080
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200

struct pollfd {
    int32_t fd; /* negative: nothing is asked */
    int16_t events;
    int16_t revents;
};

#endif
