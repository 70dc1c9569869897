/* Locks that survive their owners. */
#include "lock.h"

#include "../demo.h"

#if ROBUST_MUTEXES

void lock_make(union lock *lock)
{
    pthread_mutexattr_t attributes;
    memset(lock, 0, sizeof(*lock));
    if (pthread_mutexattr_init(&attributes) != 0 ||
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) != 0 ||
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) != 0 ||
        pthread_mutex_init(&lock->mutex, &attributes) != 0)
        die("a robust mutex");
}

bool lock_take(union lock *lock)
{
    int error = pthread_mutex_lock(&lock->mutex);
    if (error == EOWNERDEAD)
        error = pthread_mutex_consistent(&lock->mutex) == 0 ? EOWNERDEAD : EINVAL;
    errno = error;
    if (error != 0 && error != EOWNERDEAD)
        die("pthread_mutex_lock");
    return error == EOWNERDEAD;
}

void lock_give(union lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

#else

enum { TRIES = 50 }; /* between looks at the owner */

void lock_make(union lock *lock)
{
    memset(lock, 0, sizeof(*lock));
}

static bool replace(union lock *lock, uint32_t owner, uint32_t by)
{
    return __atomic_compare_exchange_n(&lock->owner, &owner, by, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Of several that find the owner dead, one replaces it. Numbers are not given again so soon. */
bool lock_take(union lock *lock)
{
    uint32_t self = (uint32_t)getpid();
    for (unsigned tries = 1; !replace(lock, 0, self); tries++) {
        uint32_t owner = look(&lock->owner);
        bool dead = tries % TRIES == 0 && owner != 0 && kill((pid_t)owner, 0) != 0;
        if (dead && errno == ESRCH && replace(lock, owner, self))
            return true;
        sched_yield();
    }
    return false;
}

void lock_give(union lock *lock)
{
    __atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

#endif
