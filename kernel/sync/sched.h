/*
 * What the scheduler and the processes do for the layers below them; proc/ defines these, and the
 * host tests bring stand-ins. A thread has at most one permit to go on: thread_park uses it up or
 * sleeps until it comes, so a permit given before the thread parks is not lost.
 */
#ifndef SYNC_SCHED_H
#define SYNC_SCHED_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

#define TIME_NEVER UINT64_MAX

/* Sleeps until a permit comes, or until the clock shows `deadline`. No spinlock may be held. */
void thread_park(uint64_t deadline_ns);

/* Gives `t` a permit. May be called with any lock but a run queue's. */
void thread_unpark(struct thread *t);

/* Whether a signal waits that the thread has to see: sleeps on behalf of a user end then. */
bool thread_is_interrupted(void);

/*
 * The running process's limit of a resource (RLIMIT_*), the one that counts; RLIM_INFINITY for
 * kernel threads.
 */
uint64_t process_limit(int resource);

/* It tried to make a file longer than it may: a signal besides -EFBIG. */
void process_file_too_large(void);

/* Nanoseconds since boot, and since 1970. */
uint64_t clock_monotonic_ns(void);
uint64_t clock_realtime_ns(void);

/*
 * A named point: lets pending interrupts in, and other threads if this one's time is up. For loops
 * that may run long. No spinlock may be held.
 */
void sched_relax(void);

#endif
