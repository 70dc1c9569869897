/*
 * Locks for many readers or one writer. The word counts readers, or is WRITING; WAITED beside it
 * says that somebody may sleep until it changes. Readers go before writers that wait, so that a
 * thread may lock for reading twice.
 */
#include "futex.h"
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

#define WAITED  INT_MIN
#define WRITING INT_MAX
#define COUNT   INT_MAX /* the part of the word without WAITED */

static bool replace(pthread_rwlock_t *rwlock, int *old, int new)
{
    return __atomic_compare_exchange_n(&rwlock->word, old, new, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

int pthread_rwlock_init(pthread_rwlock_t *restrict rwlock,
                        const pthread_rwlockattr_t *restrict attr)
{
    *rwlock = (pthread_rwlock_t){.shared = attr != NULL && attr->shared};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *rwlock)
{
    return __atomic_load_n(&rwlock->word, __ATOMIC_RELAXED) & COUNT ? EBUSY : 0;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *rwlock)
{
    int old = __atomic_load_n(&rwlock->word, __ATOMIC_RELAXED);
    do {
        if ((old & COUNT) == WRITING)
            return EBUSY;
        if ((old & COUNT) == WRITING - 1)
            return EAGAIN;
    } while (!replace(rwlock, &old, old + 1));
    return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *rwlock)
{
    int old = __atomic_load_n(&rwlock->word, __ATOMIC_RELAXED);
    do {
        if ((old & COUNT) != 0)
            return EBUSY;
    } while (!replace(rwlock, &old, old | WRITING));
    rwlock->owner = __thread_tid();
    return 0;
}

/* Sleeps until the word has changed from something that refused `try`. */
static int wait_for_change(pthread_rwlock_t *rwlock, const struct deadline *deadline)
{
    int old = __atomic_load_n(&rwlock->word, __ATOMIC_RELAXED), waited = old | WAITED;
    if ((old & COUNT) == 0 || (old != waited && !replace(rwlock, &old, waited)))
        return 0;
    enum futex_scope scope = rwlock->shared ? FUTEX_SHARED : FUTEX_OWN;
    int error = __futex_wait(&rwlock->word, waited, scope, deadline);
    return error == ETIMEDOUT || error == EINVAL ? error : 0;
}

static int lock_until(pthread_rwlock_t *rwlock, int (*try)(pthread_rwlock_t *),
                      const struct deadline *deadline)
{
    int error;
    while ((error = try(rwlock)) == EBUSY) {
        bool writing = (__atomic_load_n(&rwlock->word, __ATOMIC_RELAXED) & COUNT) == WRITING;
        if (writing && __atomic_load_n(&rwlock->owner, __ATOMIC_RELAXED) == __thread_tid())
            return EDEADLK;
        error = wait_for_change(rwlock, deadline);
        if (error != 0)
            break;
    }
    return error;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *rwlock)
{
    return lock_until(rwlock, pthread_rwlock_tryrdlock, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *rwlock)
{
    return lock_until(rwlock, pthread_rwlock_trywrlock, NULL);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict rwlock,
                               const struct timespec *restrict until)
{
    struct deadline deadline = {until, CLOCK_REALTIME};
    return lock_until(rwlock, pthread_rwlock_tryrdlock, &deadline);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict rwlock,
                               const struct timespec *restrict until)
{
    struct deadline deadline = {until, CLOCK_REALTIME};
    return lock_until(rwlock, pthread_rwlock_trywrlock, &deadline);
}

/* What the word is when the caller's lock is gone: who sleeps is woken when nobody is left. */
static int unlocked(int word)
{
    bool last = (word & COUNT) == WRITING || (word & COUNT) == 1;
    return last ? 0 : word - 1;
}

int pthread_rwlock_unlock(pthread_rwlock_t *rwlock)
{
    enum futex_scope scope = rwlock->shared ? FUTEX_SHARED : FUTEX_OWN;
    int old = __atomic_load_n(&rwlock->word, __ATOMIC_RELAXED);
    if ((old & COUNT) == WRITING)
        __atomic_store_n(&rwlock->owner, 0, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&rwlock->word, &old, unlocked(old), false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
    }
    if ((old & WAITED) && unlocked(old) == 0)
        __futex_wake(&rwlock->word, INT_MAX, scope);
    return 0;
}
