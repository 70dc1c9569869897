/*
 * Waiting for words of memory, and the library's own locks, which are such words. None of this
 * touches errno.
 */
#ifndef LIB_FUTEX_H
#define LIB_FUTEX_H

#include "abi/futex.h"
#include "abi/time.h"

/* Who may wait for a word: threads of this process, or whoever shares the memory. */
enum futex_scope { FUTEX_OWN = FUTEX_PRIVATE_FLAG, FUTEX_SHARED = 0 };

struct deadline {
    const struct timespec *time; /* NULL: there is none */
    int clock;                   /* CLOCK_REALTIME or CLOCK_MONOTONIC */
};

/*
 * Sleeps if the word has that value, until it is woken: 0, or EAGAIN, EINTR, ETIMEDOUT, or EINVAL
 * if the deadline is no time. The caller has to look at the word again in any case. No deadline:
 * NULL.
 */
int __futex_wait(int *word, int value, enum futex_scope scope, const struct deadline *deadline);

void __futex_wake(int *word, int count, enum futex_scope scope);

/* --- Locks: 0 is free, 1 held, 2 held and perhaps waited for --- */

void __lock_wait(int *lock);

static inline int __lock_try(int *lock)
{
    int free = 0;
    return __atomic_compare_exchange_n(lock, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void __lock_acquire(int *lock)
{
    if (!__lock_try(lock))
        __lock_wait(lock);
}

static inline void __lock_release(int *lock)
{
    if (__atomic_exchange_n(lock, 0, __ATOMIC_RELEASE) == 2)
        __futex_wake(lock, 1, FUTEX_OWN);
}

#endif
