/* Wait queues: see waitq.h. */
#include "sync/waitq.h"

#include "abi/errno.h"
#include "sync/self.h"

void waitq_init(struct waitq *q)
{
    list_init(&q->sleepers);
}

/* Sleeps once; the wake-up may be anybody's. */
static void sleep_once(struct spinlock *lock, uint64_t deadline_ns) REQUIRES(lock)
{
    spin_unlock(lock);
    thread_park(deadline_ns);
    spin_lock(lock);
}

void waitq_sleep(struct waitq *q, struct spinlock *lock)
{
    struct sleeper me = {.thread = thread_self()};
    list_push_back(&q->sleepers, &me.node);
    while (!list_is_empty(&me.node))
        sleep_once(lock, TIME_NEVER);
}

int waitq_sleep_until(struct waitq *q, struct spinlock *lock, uint64_t deadline_ns)
{
    struct sleeper me = {.thread = thread_self()};
    list_push_back(&q->sleepers, &me.node);
    int err = 0;
    for (;;) {
        if (thread_is_interrupted())
            err = -EINTR;
        else if (deadline_ns != TIME_NEVER && clock_monotonic_ns() >= deadline_ns)
            err = -ETIMEDOUT;
        if (err != 0)
            break;
        sleep_once(lock, deadline_ns);
        if (list_is_empty(&me.node))
            return 0;
    }
    list_remove(&me.node);
    return err;
}

int waitq_sleep_interruptible(struct waitq *q, struct spinlock *lock)
{
    return waitq_sleep_until(q, lock, TIME_NEVER);
}

void waitq_wake_one(struct waitq *q)
{
    struct list *node = list_pop_front(&q->sleepers);
    if (node != NULL)
        thread_unpark(list_entry(node, struct sleeper, node)->thread);
}

void waitq_wake_all(struct waitq *q)
{
    while (!list_is_empty(&q->sleepers))
        waitq_wake_one(q);
}

/* --- Watches --- */

void watch_init(struct watch *w)
{
    list_init(&w->sleeper.node);
    w->sleeper.thread = thread_self();
    w->lock = NULL;
}

void waitq_enter(struct waitq *q, struct spinlock *lock, struct watch *w)
{
    DEBUG_ASSERT(w->lock == NULL || w->lock == lock, "a watch in two queues");
    w->lock = lock;
    if (list_is_empty(&w->sleeper.node))
        list_push_back(&q->sleepers, &w->sleeper.node);
}

void watch_end(struct watch *w)
{
    if (w->lock == NULL)
        return;
    spin_lock(w->lock);
    list_remove(&w->sleeper.node);
    spin_unlock(w->lock);
    w->lock = NULL;
}
