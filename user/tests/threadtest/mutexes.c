/* Mutexes between threads: types, times, attributes. */
#include "tests.h"

enum { COUNTS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count;

static void *count_up(void *argument)
{
    bool polite = (long)argument % 2;
    for (int i = 0; i < COUNTS; i++) {
        REQUIRE(pthread_mutex_lock(&mutex) == 0, "lock");
        long seen = count;
        if (polite && i % 100 == 0)
            sched_yield();
        count = seen + 1;
        REQUIRE(pthread_mutex_unlock(&mutex) == 0, "unlock");
    }
    return NULL;
}

void mutex_counts(void)
{
    NEED_THREADS();
    in_threads(count_up);
    CHECK(count == NTHREADS * COUNTS, "%ld counted", count);
    CHECK(pthread_mutex_destroy(&mutex) == 0, "destroy");
}

/* In another thread, since a thread's own lock may be another case. */
static void *try_lock(void *which)
{
    int error = pthread_mutex_trylock((pthread_mutex_t *)which);
    if (error == 0)
        pthread_mutex_unlock((pthread_mutex_t *)which);
    return (void *)(long)error;
}

static int try_elsewhere(pthread_mutex_t *which)
{
    return (int)(long)join_thread(start_thread(try_lock, which));
}

static void *unlock_it(void *which)
{
    return (void *)(long)pthread_mutex_unlock((pthread_mutex_t *)which);
}

static int unlock_elsewhere(pthread_mutex_t *which)
{
    return (int)(long)join_thread(start_thread(unlock_it, which));
}

static void make(pthread_mutex_t *made, int type)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    CHECK(pthread_mutexattr_settype(&attr, type) == 0, "type %d", type);
    CHECK(pthread_mutex_init(made, &attr) == 0, "init");
    pthread_mutexattr_destroy(&attr);
}

static void check_recursive(pthread_mutex_t *made)
{
    for (int i = 0; i < 10; i++)
        CHECK(pthread_mutex_lock(made) == 0, "again %d", i);
    CHECK(pthread_mutex_trylock(made) == 0, "and by trylock");
    CHECK(try_elsewhere(made) == EBUSY && unlock_elsewhere(made) == EPERM, "not another's");
    for (int i = 0; i < 10; i++)
        CHECK(pthread_mutex_unlock(made) == 0, "unlock %d", i);
    CHECK(try_elsewhere(made) == EBUSY, "it is locked still");
    CHECK(pthread_mutex_unlock(made) == 0 && try_elsewhere(made) == 0, "now it is not");
    CHECK(pthread_mutex_unlock(made) == EPERM, "too often");
}

static void check_errorcheck(pthread_mutex_t *made)
{
    struct timespec until = after(CLOCK_REALTIME, 10000);
    CHECK(pthread_mutex_lock(made) == 0, "lock");
    CHECK(pthread_mutex_lock(made) == EDEADLK, "again");
    CHECK(pthread_mutex_timedlock(made, &until) == EDEADLK, "for some time");
    CHECK(pthread_mutex_trylock(made) == EBUSY, "try");
    CHECK(unlock_elsewhere(made) == EPERM, "not another's");
    CHECK(pthread_mutex_destroy(made) == EBUSY, "destroy while it is locked");
    CHECK(pthread_mutex_unlock(made) == 0, "unlock");
    CHECK(pthread_mutex_unlock(made) == EPERM, "again");
}

void mutex_types(void)
{
    pthread_mutex_t made, recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    pthread_mutex_t checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    NEED_THREADS();
    make(&made, PTHREAD_MUTEX_NORMAL);
    CHECK(pthread_mutex_trylock(&made) == 0, "try");
    CHECK(pthread_mutex_trylock(&made) == EBUSY && try_elsewhere(&made) == EBUSY, "it is taken");
    CHECK(pthread_mutex_unlock(&made) == 0 && try_elsewhere(&made) == 0, "it is free");
    make(&made, PTHREAD_MUTEX_RECURSIVE);
    check_recursive(&made);
    check_recursive(&recursive);
    make(&made, PTHREAD_MUTEX_ERRORCHECK);
    check_errorcheck(&made);
    check_errorcheck(&checked);
}

static void *lock_timed(void *which)
{
    pthread_mutex_t *taken = which;
    struct timespec until = after(CLOCK_REALTIME, 20), past = {.tv_sec = 1};
    struct timespec monotonic = after(CLOCK_MONOTONIC, 20), bad = {.tv_nsec = -1};
    CHECK(pthread_mutex_timedlock(taken, &until) == ETIMEDOUT, "it takes too long");
    CHECK(is_past(CLOCK_REALTIME, until), "not before its time");
    CHECK(pthread_mutex_timedlock(taken, &past) == ETIMEDOUT, "a time that is past");
    CHECK(pthread_mutex_clocklock(taken, CLOCK_MONOTONIC, &monotonic) == ETIMEDOUT, "monotonic");
    CHECK(is_past(CLOCK_MONOTONIC, monotonic), "not before its time");
    CHECK(pthread_mutex_timedlock(taken, &bad) == EINVAL, "no time");
    bad.tv_nsec = 1000000000;
    CHECK(pthread_mutex_timedlock(taken, &bad) == EINVAL, "no time either");
    CHECK(pthread_mutex_clocklock(taken, 77, &until) == EINVAL, "no clock");
    return NULL;
}

void mutex_times(void)
{
    pthread_mutex_t made;
    struct timespec past = {.tv_sec = 1};
    NEED_THREADS();
    make(&made, PTHREAD_MUTEX_NORMAL);
    CHECK(pthread_mutex_timedlock(&made, &past) == 0, "nobody has it: no time is needed");
    join_thread(start_thread(lock_timed, &made));
    CHECK(pthread_mutex_unlock(&made) == 0 && try_elsewhere(&made) == 0, "it still works");
}

void mutex_attributes(void)
{
    pthread_mutexattr_t attr;
    int value = -1;
    CHECK(pthread_mutexattr_init(&attr) == 0, "init");
    CHECK(pthread_mutexattr_gettype(&attr, &value) == 0, "get");
    CHECK(value == PTHREAD_MUTEX_DEFAULT, "the usual type");
    pthread_mutexattr_getpshared(&attr, &value);
    CHECK(value == PTHREAD_PROCESS_PRIVATE, "private");
    pthread_mutexattr_getrobust(&attr, &value);
    CHECK(value == PTHREAD_MUTEX_STALLED, "not robust");
    CHECK(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE) == 0, "set a type");
    CHECK(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0, "share");
    CHECK(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0, "robust");
    pthread_mutexattr_gettype(&attr, &value);
    CHECK(value == PTHREAD_MUTEX_RECURSIVE, "the type that was set");
    pthread_mutexattr_getpshared(&attr, &value);
    CHECK(value == PTHREAD_PROCESS_SHARED, "shared");
    pthread_mutexattr_getrobust(&attr, &value);
    CHECK(value == PTHREAD_MUTEX_ROBUST, "robust");
    CHECK(pthread_mutexattr_settype(&attr, 99) == EINVAL, "no type");
    CHECK(pthread_mutexattr_setpshared(&attr, 99) == EINVAL, "not shared with that");
    CHECK(pthread_mutexattr_setrobust(&attr, 99) == EINVAL, "not as robust as that");
    CHECK(pthread_mutexattr_destroy(&attr) == 0, "destroy");
}
