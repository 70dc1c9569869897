/* Who is running: the sleeping locks' and wait queues' view of a thread. */
#ifndef SYNC_SELF_H
#define SYNC_SELF_H

#include "arch/thread.h"

struct thread;

static inline struct thread *thread_self(void)
{
    return (struct thread *)thread_core_self();
}

static inline struct held_ranks *thread_held_ranks(void)
{
    return &thread_core_self()->held;
}

static inline void cpu_pause(void)
{
    __asm__ volatile("nop");
}

#endif
