/* Spin locks. Whoever holds one may not be running, so who waits gives up its hart now and then. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#define SPINS 100

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    *lock = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0 ? 0 : EBUSY;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
    while (pthread_spin_trylock(lock) != 0) {
        for (int i = 0; i < SPINS && __atomic_load_n(lock, __ATOMIC_RELAXED) != 0; i++) {
        }
        if (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0)
            sched_yield();
    }
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return 0;
}
