/* Locks that survive their owners. */
#include "lock.h"

#include "../demo.h"

enum { TRIES = 50 }; /* between looks at the owner */

static bool robust;

/* --- Robust mutexes --- */

static bool make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;
    return pthread_mutexattr_init(&attributes) == 0 &&
           pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
           pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
           pthread_mutex_init(mutex, &attributes) == 0;
}

static bool take_mutex(pthread_mutex_t *mutex)
{
    int error = pthread_mutex_lock(mutex);
    bool died = error == EOWNERDEAD;
    errno = died ? pthread_mutex_consistent(mutex) : error;
    if (errno != 0)
        die("pthread_mutex_lock");
    return died;
}

static pthread_mutex_t *probe;

static int die_with_probe(int unused)
{
    return pthread_mutex_lock(probe);
}

bool lock_choose(void)
{
    probe = map_common(PAGE);
    robust = make_mutex(probe) && finish(start(die_with_probe, 0)) &&
             pthread_mutex_trylock(probe) == EOWNERDEAD;
    return robust;
}

/* --- Process numbers --- */

static bool replace(union lock *lock, uint32_t owner, uint32_t by)
{
    return __atomic_compare_exchange_n(&lock->owner, &owner, by, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* Of several that find the owner dead, one replaces it. Numbers are not given again so soon. */
static bool take_by_number(union lock *lock)
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

/* --- Both --- */

void lock_make(union lock *lock)
{
    memset(lock, 0, sizeof(*lock));
    if (robust && !make_mutex(&lock->mutex))
        die("a robust mutex");
}

bool lock_take(union lock *lock)
{
    return robust ? take_mutex(&lock->mutex) : take_by_number(lock);
}

void lock_give(union lock *lock)
{
    if (robust)
        pthread_mutex_unlock(&lock->mutex);
    else
        __atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}
