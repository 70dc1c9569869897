/*
 * Barriers. A barrier's threads go on when `round` changes. It is the last of them
 * that changes it; the others may still look at the barrier when the first has gone on and wants to
 * destroy it, and so are counted, with a mark if somebody waits for them all to be gone.
 */
#include "futex.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#define DESTROYING 0x40000000

static enum futex_scope scope_of(const pthread_barrier_t *barrier)
{
    return barrier->shared ? FUTEX_SHARED : FUTEX_OWN;
}

int pthread_barrier_init(pthread_barrier_t *restrict barrier,
                         const pthread_barrierattr_t *restrict attr, unsigned count)
{
    if (count == 0 || count > INT_MAX)
        return EINVAL;
    *barrier = (pthread_barrier_t){.needed = (int)count, .shared = attr != NULL && attr->shared};
    return 0;
}

/* Nobody is inside for long, unless threads still wait for others. */
int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    if (__atomic_load_n(&barrier->arrived, __ATOMIC_RELAXED) != 0)
        return EBUSY;
    int inside = __atomic_or_fetch(&barrier->inside, DESTROYING, __ATOMIC_ACQ_REL);
    while (inside != DESTROYING) {
        __futex_wait(&barrier->inside, inside, scope_of(barrier), NULL);
        inside = __atomic_load_n(&barrier->inside, __ATOMIC_ACQUIRE);
    }
    return 0;
}

static void leave(pthread_barrier_t *barrier)
{
    enum futex_scope scope = scope_of(barrier);
    if (__atomic_sub_fetch(&barrier->inside, 1, __ATOMIC_RELEASE) == DESTROYING)
        __futex_wake(&barrier->inside, 1, scope);
}

/* As the locks of futex.h, but held by threads of other processes too. */
static void lock(pthread_barrier_t *barrier)
{
    if (__lock_try(&barrier->lock))
        return;
    while (__atomic_exchange_n(&barrier->lock, 2, __ATOMIC_ACQUIRE) != 0)
        __futex_wait(&barrier->lock, 2, scope_of(barrier), NULL);
}

static void unlock(pthread_barrier_t *barrier)
{
    if (__atomic_exchange_n(&barrier->lock, 0, __ATOMIC_RELEASE) == 2)
        __futex_wake(&barrier->lock, 1, scope_of(barrier));
}

/* Counts the caller; whether it was the last. `round` is the one that it waits for the end of. */
static bool arrive(pthread_barrier_t *barrier, int *round)
{
    lock(barrier);
    *round = barrier->round;
    __atomic_fetch_add(&barrier->inside, 1, __ATOMIC_RELAXED);
    bool last = ++barrier->arrived == barrier->needed;
    if (last) {
        barrier->arrived = 0;
        __atomic_store_n(&barrier->round, *round + 1, __ATOMIC_RELEASE);
    }
    unlock(barrier);
    return last;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    int round;
    bool last = arrive(barrier, &round);
    if (last && barrier->needed > 1)
        __futex_wake(&barrier->round, INT_MAX, scope_of(barrier));
    while (__atomic_load_n(&barrier->round, __ATOMIC_ACQUIRE) == round)
        __futex_wait(&barrier->round, round, scope_of(barrier), NULL);
    leave(barrier);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}
