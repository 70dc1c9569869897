/* A sleeping lock of xv6's kernel, for programs that include its headers. */
#ifndef XV6_KERNEL_SLEEPLOCK_H
#define XV6_KERNEL_SLEEPLOCK_H

#include "spinlock.h"

struct sleeplock {
    uint locked;
    struct spinlock lk;
    char *name;
    int pid;
};

#endif
