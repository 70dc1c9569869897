/*
 * Wait queues, used like condition variables: a queue belongs to something that a spinlock guards,
 * the sleeper holds that lock, finds that its condition is false, and sleeps; whoever makes it true
 * holds the lock and wakes. Between unlocking and sleeping no wake-up is lost.
 *
 *     spin_lock(&x->lock);
 *     while (!x->ready)
 *         waitq_sleep(&x->waiters, &x->lock);
 *     ...
 *     spin_unlock(&x->lock);
 *
 * The lock is released while asleep and held again on return, so the loop looks again.
 */
#ifndef SYNC_WAITQ_H
#define SYNC_WAITQ_H

#include "lib/list.h"
#include "sync/sched.h"
#include "sync/spinlock.h"

struct waitq {
    struct list sleepers; /* [the owner's lock] struct sleeper, longest waiting first */
};

#define WAITQ_INIT(q)           \
    {                           \
        LIST_INIT((q).sleepers) \
    }

void waitq_init(struct waitq *q);

/* Sleeps until woken. */
void waitq_sleep(struct waitq *q, struct spinlock *lock) REQUIRES(lock);

/* Sleeps until woken (0), or until a signal comes (-EINTR). */
int waitq_sleep_interruptible(struct waitq *q, struct spinlock *lock) REQUIRES(lock);

/* The same, with a limit: -ETIMEDOUT when the clock shows `deadline_ns`. */
int waitq_sleep_until(struct waitq *q, struct spinlock *lock, uint64_t deadline_ns) REQUIRES(lock);

/* Wakes the longest waiting sleeper, or all. The queue's lock is held. */
void waitq_wake_one(struct waitq *q);
void waitq_wake_all(struct waitq *q);

/*
 * Waiting for several things at once, as poll(2) does. A watch stands in a queue like a sleeper,
 * but its thread is awake: it puts one into each queue, under the queue's lock and together with
 * the look at what the queue is about, and then parks. Whatever changes behind a look finds the
 * watch, takes it out and gives its thread the permit that thread_park uses up. Then the thread
 * looks at everything again, entering anew the watches that are out; in the end it takes out all.
 *
 *     for each x:      watch_init(&x->watch);
 *     until one is ready:
 *         for each x:  lock; look at x; waitq_enter(its queue, its lock, &x->watch); unlock
 *         none is:     thread_park(deadline);
 *     for each x:      watch_end(&x->watch);
 *
 * Only for queues that are woken with waitq_wake_all: woken alone, a watch would have the wake-up
 * that a sleeper behind it needs.
 */
struct sleeper {
    struct list node; /* [the queue's lock] alone when somebody has woken it */
    struct thread *thread;
};

struct watch {
    struct sleeper sleeper;
    struct spinlock *lock; /* [owner] the queue's; NULL: it never stood in one */
};

/* A watch of the running thread's. */
void watch_init(struct watch *w);

/* Puts it into the queue, unless it stands there. Always the same queue, until watch_end. */
void waitq_enter(struct waitq *q, struct spinlock *lock, struct watch *w) REQUIRES(lock);

/* Takes it out; the queue is not gone yet. */
void watch_end(struct watch *w);

#endif
