/* The time of day in microseconds, and timers that send signals. */
#ifndef SYS_TIME_H
#define SYS_TIME_H

#include <sys/select.h>
#include <sys/types.h>

#include "abi/time.h"

#define ITIMER_REAL    0
#define ITIMER_VIRTUAL 1
#define ITIMER_PROF    2

struct itimerval {
    struct timeval it_interval; /* 0: it goes off once */
    struct timeval it_value;    /* until it goes off; 0: it does not */
};

int gettimeofday(struct timeval *restrict now, void *restrict zone);
int getitimer(int which, struct itimerval *timer);
int setitimer(int which, const struct itimerval *restrict timer, struct itimerval *restrict old);

#endif
