/* A lock of xv6's kernel, for programs that include its headers. */
#ifndef XV6_KERNEL_SPINLOCK_H
#define XV6_KERNEL_SPINLOCK_H

#include "types.h"

struct cpu;

struct spinlock {
    uint locked;
    char *name;
    struct cpu *cpu;
};

#endif
