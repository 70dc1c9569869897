/*
 * Condition variables. Who waits remembers `sequence` before it unlocks the mutex, and sleeps as
 * long as it is the same; who wakes adds one to it first. So a wake is not missed in between.
 * `waiters` counts those between the two locks of the mutex, with a mark if somebody waits for
 * them all to be gone.
 */
#include "futex.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>

#define DESTROYING 0x40000000

static enum futex_scope scope_of(const pthread_cond_t *cond)
{
    return cond->shared ? FUTEX_SHARED : FUTEX_OWN;
}

int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
    *cond = (pthread_cond_t){0, 0, CLOCK_REALTIME, 0};
    if (attr != NULL) {
        cond->clock = attr->clock;
        cond->shared = attr->shared;
    }
    return 0;
}

/* Those who were woken may not have left yet. */
int pthread_cond_destroy(pthread_cond_t *cond)
{
    int waiters = __atomic_or_fetch(&cond->waiters, DESTROYING, __ATOMIC_ACQ_REL);
    while (waiters != DESTROYING) {
        __futex_wait(&cond->waiters, waiters, scope_of(cond), NULL);
        waiters = __atomic_load_n(&cond->waiters, __ATOMIC_ACQUIRE);
    }
    return 0;
}

static void leave(pthread_cond_t *cond)
{
    enum futex_scope scope = scope_of(cond);
    if (__atomic_sub_fetch(&cond->waiters, 1, __ATOMIC_RELEASE) == DESTROYING)
        __futex_wake(&cond->waiters, 1, scope);
}

static int sleep_until_woken(pthread_cond_t *cond, int sequence, const struct deadline *deadline)
{
    while (__atomic_load_n(&cond->sequence, __ATOMIC_ACQUIRE) == sequence) {
        int error = __futex_wait(&cond->sequence, sequence, scope_of(cond), deadline);
        if (error != EINTR)
            return error == EAGAIN ? 0 : error;
    }
    return 0;
}

static int wait_until(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct deadline *deadline)
{
    __atomic_fetch_add(&cond->waiters, 1, __ATOMIC_RELAXED);
    int sequence = __atomic_load_n(&cond->sequence, __ATOMIC_RELAXED);
    int error = pthread_mutex_unlock(mutex);
    if (error != 0) {
        leave(cond);
        return error;
    }
    error = sleep_until_woken(cond, sequence, deadline);
    leave(cond);
    int locked = pthread_mutex_lock(mutex);
    return locked != 0 ? locked : error;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
    return wait_until(cond, mutex, NULL);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict until)
{
    struct deadline deadline = {until, clock};
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    if (until->tv_nsec < 0 || until->tv_nsec >= 1000000000)
        return EINVAL;
    return wait_until(cond, mutex, &deadline);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    return pthread_cond_clockwait(cond, mutex, cond->clock, until);
}

/* The kernel wakes those first who sleep longest, so nobody can take a wake that came before it. */
static int wake(pthread_cond_t *cond, int count)
{
    if (__atomic_load_n(&cond->waiters, __ATOMIC_RELAXED) == 0)
        return 0;
    __atomic_fetch_add(&cond->sequence, 1, __ATOMIC_RELEASE);
    __futex_wake(&cond->sequence, count, scope_of(cond));
    return 0;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
    return wake(cond, 1);
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
    return wake(cond, INT_MAX);
}
