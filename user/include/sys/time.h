/* The time of day in microseconds. */
#ifndef SYS_TIME_H
#define SYS_TIME_H

#include <sys/types.h>

#include "abi/time.h"

int gettimeofday(struct timeval *restrict now, void *restrict zone);

#endif
