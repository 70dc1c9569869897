/* Waking threads at a time: each hart keeps its own alarms in order of their deadlines. */
#ifndef PROC_TIMER_H
#define PROC_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/tree.h"

struct thread;

struct timer {
    struct tree_node node; /* [its hart's lock] */
    uint64_t deadline;     /* [const while armed] ticks */
    struct thread *thread; /* [const while armed] */
    unsigned hart;         /* [const while armed] */
    bool armed;            /* [its hart's lock] */
};

void timers_init(void);

/* Unparks the current thread at `deadline_ns` of the monotonic clock. */
void timer_arm(struct timer *t, uint64_t deadline_ns);

/* The alarm does not go off from now on; nothing if it has. */
void timer_cancel(struct timer *t);

/* On the timer interrupt: wakes whose time has come. */
void timers_run(void);

/*
 * This hart's timer interrupt comes at the next alarm or `ticks` from now, whichever is first;
 * TIMER_NEVER: only at the next alarm.
 */
void timers_set_slice(uint64_t ticks);

#endif
