/*
 * Threads: what the scheduler runs. A thread of a process runs user code between its traps; a
 * kernel thread runs a function of the kernel. See sched.h.
 */
#ifndef PROC_THREAD_H
#define PROC_THREAD_H

#include "arch/thread.h"
#include "lib/assert.h"
#include "lib/list.h"
#include "proc/timer.h"

struct proc;

/*
 *                 chosen                    thread_park, no permit
 *      READY ------------------> RUNNING --------------------------> PARKED
 *        ^  ^-------------------    |                                   |
 *        |      its time is up      | thread_exit                       |
 *        |                          v                                   |
 *        |                        ENDED                                 |
 *        +--------------------------------------------------------------+
 *                       thread_unpark, or its timer
 */
enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_PARKED, THREAD_ENDED };

/* [queue]: the lock of the run queue of hart core.hart. */
struct thread {
    struct thread_core core; /* first: tp points to it */
    struct proc *proc;       /* [const] NULL: a kernel thread */
    enum thread_state state; /* [queue] */
    bool permit;             /* [queue] the next thread_park returns at once */
    struct list queue_node;  /* [queue] in the run queue while READY */
    struct list proc_node;   /* [proc tree lock] among its process's threads */
    struct timer alarm;      /* [owner] for thread_park with a deadline */
    uint64_t running_since;  /* [owner] ticks: when it last began to run */
    uint64_t ran_ticks;      /* [queue] sum until then */
    char name[16];           /* [const] of a kernel thread */
};

static inline struct thread *thread_current(void)
{
    return (struct thread *)thread_core_self();
}

static inline struct proc *proc_current(void)
{
    return thread_current()->proc;
}

void thread_cache_init(void);

/* A thread with a stack, not yet started: NULL without memory. `p`: NULL for a kernel thread. */
struct thread *thread_new(struct proc *p);

/* Undoes thread_new for a thread that was never started. */
void thread_discard(struct thread *t);

/* Lets a new thread run: at trap_first_return with the frame as the caller filled it in. */
void thread_start(struct thread *t);

/* Starts a kernel thread that runs function(arg), which does not return. False: no memory. */
bool kthread_start(const char *name, void (*function)(void *arg), void *arg);

/* Ends the current thread; its stack goes when nobody stands on it. */
NORETURN void thread_exit(void);

/* Ticks that the thread has run; exact for the caller's own. */
uint64_t thread_run_ticks(const struct thread *t);

/* The boot hart's, which becomes its idle thread. arch/entry.S starts on it. */
extern struct thread boot_thread;

#endif
