/* The thread that runs is what the test says, not what a register says: see stand.h. */
#ifndef STAND_ARCH_THREAD_H
#define STAND_ARCH_THREAD_H

#define thread_core_self machine_thread_core_self
#define hart_self        machine_hart_self
#include "kernel/arch/thread.h"
#undef thread_core_self
#undef hart_self

extern struct thread_core *stand_thread;

static inline struct thread_core *thread_core_self(void)
{
    return stand_thread;
}

static inline unsigned hart_self(void)
{
    return stand_thread->hart;
}

#endif
