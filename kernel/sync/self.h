/* Who is running: the sleeping locks' and wait queues' view of a thread. */
#ifndef SYNC_SELF_H
#define SYNC_SELF_H

#include "arch/thread.h"
#include "lib/assert.h"

struct thread;

static inline struct thread *thread_self(void)
{
    return (struct thread *)thread_core_self();
}

static inline struct held_ranks *thread_held_ranks(void)
{
    return &thread_core_self()->held;
}

/*
 * Between these two the thread holds something that writing back needs (a journal handle, a block
 * map) or does the writing: it may take the last free pages and never waits for others to be freed.
 */
static inline void thread_begin_reserve(void)
{
    thread_core_self()->uses_reserve++;
}

static inline void thread_end_reserve(void)
{
    thread_core_self()->uses_reserve--;
}

static inline bool thread_uses_reserve(void)
{
    return thread_core_self()->uses_reserve != 0;
}

/*
 * Whether this allocation of memory has to fail, because a test asked for it (QUIRE_FAIL_ALLOC).
 * Write-back and what it needs are not asked to cope with that: they have a reserve.
 */
static inline bool thread_alloc_fails(void)
{
    struct thread_core *self = thread_core_self();
    if (likely(self->fails_in == 0) || self->uses_reserve != 0)
        return false;
    return --self->fails_in == 0;
}

static inline void cpu_pause(void)
{
    __asm__ volatile("nop");
}

#endif
