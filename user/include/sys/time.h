/* The time of day in microseconds, and timers that send signals. */
#ifndef SYS_TIME_H
#define SYS_TIME_H

#include <sys/select.h>
#include <sys/types.h>

#include "abi/time.h"

int gettimeofday(struct timeval *restrict now, void *restrict zone);
int getitimer(int which, struct itimerval *timer);
int setitimer(int which, const struct itimerval *restrict timer, struct itimerval *restrict old);

#endif
