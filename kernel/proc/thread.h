/*
 * Threads: what the scheduler runs. A thread of a process runs user code between its traps; a
 * kernel thread runs a function of the kernel. See sched.h.
 */
#ifndef PROC_THREAD_H
#define PROC_THREAD_H

#include "abi/ucontext.h"
#include "arch/thread.h"
#include "lib/assert.h"
#include "lib/list.h"
#include "proc/pending.h"
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

/* Whether a call that a signal interrupted is made again when the signal has been dealt with. */
enum restart {
    RESTART_NOT,        /* there is no such call */
    RESTART_IF_ASKED,   /* if no handler ran, or all that did have SA_RESTART */
    RESTART_NO_HANDLER, /* only if no handler ran */
};

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

    /* Of a process's thread only: */
    int tid;                   /* [tree_lock to change] its process's pid, or a number like a pid */
    struct signal_info forced; /* [owner] what it has caused itself, before all others; 0: none */
    struct sigset_pending pending; /* [tree_lock] signals for this thread */
    uint64_t blocked;              /* [tree_lock to change, owner] signals */
    uint64_t waits_for;        /* [tree_lock to change] sigtimedwait: signals it takes besides */
    uint64_t blocked_before;   /* [owner] what a call like sigsuspend has replaced */
    bool restores_blocked;     /* [owner] that has to be put back */
    enum restart restart;      /* [owner] */
    uint64_t restart_argument; /* [owner] a0 of the call */
    uint64_t sleep_deadline;   /* [owner] of a sleep that is made again; 0: none */
    stack_t signal_stack;      /* [owner] sigaltstack; no size: none */
    uint64_t clear_tid_at;     /* [owner] user address to be cleared at its end; 0: none */
    uint64_t robust_list;      /* [owner] user address; 0: none */
    bool vfork_done;           /* [tree_lock] its vfork child does without its memory now */
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

/* If it runs on another hart, that hart looks at its work at once. */
void thread_kick(const struct thread *t);

/* Starts a kernel thread that runs function(arg), which does not return. False: no memory. */
bool kthread_start(const char *name, void (*function)(void *arg), void *arg);

/* Ends the current thread; its stack goes when nobody stands on it. */
NORETURN void thread_exit(void);

/* Ticks that the thread has run; exact for the caller's own. */
uint64_t thread_run_ticks(const struct thread *t);

/* The boot hart's, which becomes its idle thread. arch/entry.S starts on it. */
extern struct thread boot_thread;

#endif
