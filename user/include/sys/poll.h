/* The same as <poll.h>. */
#ifndef SYS_POLL_H
#define SYS_POLL_H

#include <poll.h>

#endif
