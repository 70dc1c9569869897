/* What is done once, by whichever thread comes first; the others wait until it is done. */
#include "futex.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>

enum once { ONCE_NEW, ONCE_RUNNING, ONCE_WAITED, ONCE_DONE };

static bool replace(pthread_once_t *once, int old, int new)
{
    return __atomic_compare_exchange_n(once, &old, new, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
}

static void run_first(pthread_once_t *once, void (*run)(void))
{
    run();
    if (__atomic_exchange_n(once, ONCE_DONE, __ATOMIC_RELEASE) == ONCE_WAITED)
        __futex_wake(once, INT_MAX, FUTEX_OWN);
}

int pthread_once(pthread_once_t *once, void (*run)(void))
{
    int state;
    while ((state = __atomic_load_n(once, __ATOMIC_ACQUIRE)) != ONCE_DONE) {
        if (state == ONCE_NEW && replace(once, ONCE_NEW, ONCE_RUNNING))
            run_first(once, run);
        else if (state == ONCE_WAITED || replace(once, ONCE_RUNNING, ONCE_WAITED))
            __futex_wait(once, ONCE_WAITED, FUTEX_OWN, NULL);
    }
    return 0;
}
