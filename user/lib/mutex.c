/* Locking and unlocking mutexes. See mutex.h. */
#include "mutex.h"
#include "thread.h"

#include <errno.h>
#include <stdbool.h>

static bool replace(pthread_mutex_t *mutex, int *old, int new)
{
    return __atomic_compare_exchange_n(&mutex->word, old, new, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

int __mutex_try(pthread_mutex_t *mutex, int mark)
{
    int old = __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);
    while ((old & (int)FUTEX_TID_MASK) == 0)
        if (replace(mutex, &old, mark | (old & (int)FUTEX_WAITERS)))
            return old & (int)FUTEX_OWNER_DIED ? EOWNERDEAD : 0;
    return EBUSY;
}

/* Whoever has slept keeps FUTEX_WAITERS when it takes the mutex, since others may sleep too. */
int __mutex_take(pthread_mutex_t *mutex, const struct deadline *deadline)
{
    int mark = __thread_tid(), error;
    while ((error = __mutex_try(mutex, mark)) == EBUSY) {
        int old = __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);
        int waited = old | (int)FUTEX_WAITERS;
        if ((old & (int)FUTEX_TID_MASK) == 0 || (old != waited && !replace(mutex, &old, waited)))
            continue;
        error = __futex_wait(&mutex->word, waited, __mutex_scope(mutex), deadline);
        if (error == ETIMEDOUT || error == EINVAL)
            return error;
        mark = __thread_tid() | (int)FUTEX_WAITERS;
    }
    return error;
}

void __mutex_release(pthread_mutex_t *mutex)
{
    enum futex_scope scope = __mutex_scope(mutex);
    if (__atomic_exchange_n(&mutex->word, 0, __ATOMIC_RELEASE) & (int)FUTEX_WAITERS)
        __futex_wake(&mutex->word, 1, scope); /* it may be gone by now; then this wakes nobody */
}

/* --- By type --- */

/* A mutex that the caller owns already; a normal one is like any other's. */
static int relock(pthread_mutex_t *mutex)
{
    if ((mutex->kind & MUTEX_TYPE) != PTHREAD_MUTEX_RECURSIVE)
        return EDEADLK;
    if (mutex->count == INT_MAX)
        return EAGAIN;
    mutex->count++;
    return 0;
}

static bool is_relock(pthread_mutex_t *mutex)
{
    return (mutex->kind & MUTEX_TYPE) != PTHREAD_MUTEX_NORMAL &&
           __mutex_owner(mutex) == __thread_tid();
}

static int lock_until(pthread_mutex_t *mutex, const struct deadline *deadline)
{
    if (is_relock(mutex))
        return relock(mutex);
    return mutex->kind & MUTEX_ROBUST ? __robust_take(mutex, deadline)
                                      : __mutex_take(mutex, deadline);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int free = 0;
    bool plain = !(mutex->kind & MUTEX_ROBUST);
    if (plain && replace(mutex, &free, __thread_tid()))
        return 0;
    return lock_until(mutex, NULL);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    if (is_relock(mutex)) {
        int error = relock(mutex);
        return error == EDEADLK ? EBUSY : error;
    }
    return mutex->kind & MUTEX_ROBUST ? __robust_try(mutex) : __mutex_try(mutex, __thread_tid());
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
                            const struct timespec *restrict until)
{
    struct deadline deadline = {until, clock};
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    return lock_until(mutex, &deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, until);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->kind & ~MUTEX_SHARED) {
        if (__mutex_owner(mutex) != __thread_tid())
            return EPERM;
        if (mutex->count > 0) {
            mutex->count--;
            return 0;
        }
        if (mutex->kind & MUTEX_ROBUST) {
            __robust_release(mutex);
            return 0;
        }
    }
    __mutex_release(mutex);
    return 0;
}

int pthread_mutex_consistent(pthread_mutex_t *mutex)
{
    if (!(mutex->kind & MUTEX_ROBUST) || mutex->state != MUTEX_INCONSISTENT)
        return EINVAL;
    mutex->state = MUTEX_HEALTHY;
    return 0;
}

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
    *mutex = (pthread_mutex_t){.kind = attr == NULL ? PTHREAD_MUTEX_DEFAULT : attr->kind};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return __mutex_owner(mutex) != 0 ? EBUSY : 0;
}
