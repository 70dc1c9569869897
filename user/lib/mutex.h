/*
 * Mutexes. The word is the owner's thread id; FUTEX_WAITERS beside it says that somebody may sleep
 * until it changes. It is 0 when nobody owns the mutex, or FUTEX_OWNER_DIED, which the kernel puts
 * there for a robust one, with FUTEX_WAITERS as it was.
 *
 * A robust mutex is HEALTHY, or INCONSISTENT after an owner has died, until somebody says that what
 * it protects is consistent again; who unlocks it instead makes it LOST for good.
 */
#ifndef LIB_MUTEX_H
#define LIB_MUTEX_H

#include "futex.h"

#include <pthread.h>

enum mutex_kind { MUTEX_TYPE = 3, MUTEX_SHARED = 4, MUTEX_ROBUST = 8 };

enum mutex_state { MUTEX_HEALTHY, MUTEX_INCONSISTENT, MUTEX_LOST };

static inline enum futex_scope __mutex_scope(const pthread_mutex_t *mutex)
{
    return mutex->kind & MUTEX_SHARED ? FUTEX_SHARED : FUTEX_OWN;
}

static inline int __mutex_owner(pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->word, __ATOMIC_RELAXED) & (int)FUTEX_TID_MASK;
}

/* --- mutex.c: the word alone --- */

/* Takes a mutex that nobody owns: 0, or EOWNERDEAD, or EBUSY. `mark` is what the word becomes. */
int __mutex_try(pthread_mutex_t *mutex, int mark);

/* The same, and waits: 0, EOWNERDEAD, or ETIMEDOUT or EINVAL by the deadline. */
int __mutex_take(pthread_mutex_t *mutex, const struct deadline *deadline);

void __mutex_release(pthread_mutex_t *mutex);

/* --- robust.c: the same for robust ones, which are in a list of the thread's as well --- */

int __robust_try(pthread_mutex_t *mutex);
int __robust_take(pthread_mutex_t *mutex, const struct deadline *deadline);
void __robust_release(pthread_mutex_t *mutex);

#endif
