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

#endif
