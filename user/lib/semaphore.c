/*
 * Semaphores. Value and waiters are one word, so that sem_post learns of waiters by the same
 * instruction that adds to the value: the semaphore may be gone after it.
 */
#include "futex.h"

#include <errno.h>
#include <semaphore.h>
#include <stdbool.h>

#define ONE_WAITER (1UL << 32)

static unsigned value_of(uint64_t word)
{
    return (unsigned)word;
}

/* The half that is waited for. */
static int *futex_of(sem_t *sem)
{
    return (int *)&sem->word;
}

static enum futex_scope scope_of(const sem_t *sem)
{
    return sem->shared ? FUTEX_SHARED : FUTEX_OWN;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static bool replace(sem_t *sem, uint64_t *old, uint64_t new)
{
    return __atomic_compare_exchange_n(&sem->word, old, new, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

int sem_init(sem_t *sem, int shared, unsigned value)
{
    if (value > SEM_VALUE_MAX)
        return fail(EINVAL);
    *sem = (sem_t){.word = value, .shared = shared != 0};
    return 0;
}

int sem_destroy(sem_t *sem)
{
    return 0;
}

int sem_getvalue(sem_t *restrict sem, int *restrict value)
{
    *value = (int)value_of(__atomic_load_n(&sem->word, __ATOMIC_RELAXED));
    return 0;
}

/* Takes one, and `waiters` (the caller, or nobody) out of those who wait; false if there is none.
 */
static bool take(sem_t *sem, uint64_t waiters)
{
    uint64_t old = __atomic_load_n(&sem->word, __ATOMIC_RELAXED);
    while (value_of(old) > 0)
        if (replace(sem, &old, old - 1 - waiters))
            return true;
    return false;
}

int sem_trywait(sem_t *sem)
{
    return take(sem, 0) ? 0 : fail(EAGAIN);
}

static int wait_until(sem_t *sem, const struct deadline *deadline)
{
    if (take(sem, 0))
        return 0;
    __atomic_fetch_add(&sem->word, ONE_WAITER, __ATOMIC_ACQ_REL);
    while (!take(sem, ONE_WAITER)) {
        int error = __futex_wait(futex_of(sem), 0, scope_of(sem), deadline);
        if (error == 0 || error == EAGAIN)
            continue;
        __atomic_fetch_sub(&sem->word, ONE_WAITER, __ATOMIC_RELEASE);
        return fail(error);
    }
    return 0;
}

int sem_wait(sem_t *sem)
{
    return wait_until(sem, NULL);
}

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until)
{
    struct deadline deadline = {until, clock};
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return fail(EINVAL);
    return wait_until(sem, &deadline);
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until)
{
    return sem_clockwait(sem, CLOCK_REALTIME, until);
}

int sem_post(sem_t *sem)
{
    enum futex_scope scope = scope_of(sem);
    uint64_t old = __atomic_load_n(&sem->word, __ATOMIC_RELAXED);
    do {
        if (value_of(old) == SEM_VALUE_MAX)
            return fail(EOVERFLOW);
    } while (!replace(sem, &old, old + 1));
    if (old >= ONE_WAITER)
        __futex_wake(futex_of(sem), 1, scope);
    return 0;
}
