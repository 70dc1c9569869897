/* The scheduler, and the flags of clone(2). */
#ifndef SCHED_H
#define SCHED_H

#include "abi/sched.h"

int sched_yield(void);

#endif
