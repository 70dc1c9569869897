/*
 * setitimer(2): a process's SIGALRM after some time, once or again and again. A thread of the
 * kernel sleeps until the first alarm of all is due.
 */
#ifndef PROC_ALARM_H
#define PROC_ALARM_H

#include "proc/proc.h"

/* Starts the thread; false: no memory. */
bool alarm_init(void);

/* Times in nanoseconds: until the next alarm (0: none comes) and from one to the next (0: one). */
struct alarm_setting {
    uint64_t left, interval;
};

/* Of the current process; `new` may be NULL. */
struct alarm_setting alarm_set(const struct alarm_setting *new);

/* No alarm comes any more. */
void alarm_cancel(struct proc *p) REQUIRES(tree_lock);

#endif
