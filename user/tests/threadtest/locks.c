/* Locks for readers and writers, barriers and spin locks between threads. */
#include "tests.h"

enum { COUNTS = 5000 };

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long left, right;

static void *read_and_write(void *argument)
{
    for (long i = (long)argument; i < COUNTS + (long)argument; i++) {
        if (i % 4 == 0) {
            REQUIRE(pthread_rwlock_wrlock(&rwlock) == 0, "lock for writing");
            left++;
            if (i % 64 == 0)
                sched_yield();
            right++;
        } else {
            REQUIRE(pthread_rwlock_rdlock(&rwlock) == 0, "lock for reading");
            REQUIRE(left == right, "nobody writes: %ld, %ld", left, right);
        }
        REQUIRE(pthread_rwlock_unlock(&rwlock) == 0, "unlock");
    }
    return NULL;
}

void rwlock_counts(void)
{
    NEED_THREADS();
    in_threads(read_and_write);
    CHECK(left == NTHREADS * COUNTS / 4 && left == right, "%ld written", left);
    CHECK(pthread_rwlock_destroy(&rwlock) == 0, "destroy");
}

/* What another thread can do with it: 4 reads, 2 writes. */
static void *try_both(void *argument)
{
    long can = 0;
    if (pthread_rwlock_tryrdlock(&rwlock) == 0) {
        can |= 4;
        pthread_rwlock_unlock(&rwlock);
    }
    if (pthread_rwlock_trywrlock(&rwlock) == 0) {
        can |= 2;
        pthread_rwlock_unlock(&rwlock);
    }
    return (void *)can;
}

static long elsewhere(void)
{
    return (long)join_thread(start_thread(try_both, NULL));
}

static void *time_out(void *argument)
{
    struct timespec until = after(CLOCK_REALTIME, 20), bad = {.tv_nsec = -1};
    CHECK(pthread_rwlock_timedwrlock(&rwlock, &until) == ETIMEDOUT, "writing takes too long");
    CHECK(is_past(CLOCK_REALTIME, until), "not before its time");
    CHECK(pthread_rwlock_timedwrlock(&rwlock, &bad) == EINVAL, "no time");
    if (argument != NULL)
        CHECK(pthread_rwlock_timedrdlock(&rwlock, &until) == ETIMEDOUT, "reading does too");
    return NULL;
}

void rwlock_states(void)
{
    struct timespec past = {.tv_sec = 1};
    NEED_THREADS();
    CHECK(elsewhere() == 6, "it is free");
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0 && pthread_rwlock_rdlock(&rwlock) == 0, "read twice");
    CHECK(elsewhere() == 4, "others may read");
    CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY, "nobody may write");
    join_thread(start_thread(time_out, NULL));
    CHECK(pthread_rwlock_unlock(&rwlock) == 0 && elsewhere() == 4, "once is left");
    CHECK(pthread_rwlock_unlock(&rwlock) == 0 && elsewhere() == 6, "it is free again");
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0 && elsewhere() == 0, "written");
    CHECK(pthread_rwlock_wrlock(&rwlock) == EDEADLK, "its own");
    CHECK(pthread_rwlock_rdlock(&rwlock) == EDEADLK, "its own, for reading");
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == EBUSY, "try");
    join_thread(start_thread(time_out, &rwlock));
    CHECK(pthread_rwlock_unlock(&rwlock) == 0 && elsewhere() == 6, "free");
    CHECK(pthread_rwlock_timedrdlock(&rwlock, &past) == 0, "no time is needed");
    pthread_rwlock_unlock(&rwlock);
    CHECK(pthread_rwlock_timedwrlock(&rwlock, &past) == 0, "nor for writing");
    pthread_rwlock_unlock(&rwlock);
}

/* --- Barriers --- */

enum { ROUNDS = 500 };

static pthread_barrier_t barrier;
static int arrived, serial;

static void *go_rounds(void *argument)
{
    for (int i = 1; i <= ROUNDS; i++) {
        __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
        int result = pthread_barrier_wait(&barrier);
        REQUIRE(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD, "wait: %d", result);
        if (result != 0)
            __atomic_fetch_add(&serial, 1, __ATOMIC_SEQ_CST);
        REQUIRE(__atomic_load_n(&arrived, __ATOMIC_SEQ_CST) >= i * NTHREADS, "all are there");
        pthread_barrier_wait(&barrier);
        REQUIRE(__atomic_load_n(&serial, __ATOMIC_SEQ_CST) == i, "one of them is told");
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

void barrier_rounds(void)
{
    pthread_barrierattr_t attr;
    int shared = -1;
    NEED_THREADS();
    CHECK(pthread_barrier_init(&barrier, NULL, 0) == EINVAL, "for nobody");
    CHECK(pthread_barrier_init(&barrier, NULL, 1) == 0, "for one");
    CHECK(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD, "who waits for nobody");
    CHECK(pthread_barrier_destroy(&barrier) == 0, "destroy");
    CHECK(pthread_barrierattr_init(&attr) == 0, "attributes");
    CHECK(pthread_barrierattr_setpshared(&attr, 99) == EINVAL, "not shared with that");
    CHECK(pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0, "share");
    CHECK(pthread_barrierattr_getpshared(&attr, &shared) == 0 && shared, "it is");
    CHECK(pthread_barrier_init(&barrier, &attr, NTHREADS) == 0, "init");
    CHECK(pthread_barrierattr_destroy(&attr) == 0, "destroy");
    in_threads(go_rounds);
    CHECK(serial == ROUNDS, "%d of %d", serial, ROUNDS);
    CHECK(pthread_barrier_destroy(&barrier) == 0, "destroy");
}

static void *wait_once(void *argument)
{
    pthread_barrier_t *at = argument;
    if (pthread_barrier_wait(at) == PTHREAD_BARRIER_SERIAL_THREAD) {
        CHECK(pthread_barrier_destroy(at) == 0, "destroy");
        memset(at, 0xee, sizeof(*at));
    }
    return NULL;
}

/* One of them destroys it while the others still have to notice that all are there. */
void barrier_destroyed(void)
{
    pthread_t threads[NTHREADS];
    NEED_THREADS();
    for (int i = 0; i < 100; i++) {
        CHECK(pthread_barrier_init(&barrier, NULL, NTHREADS) == 0, "init");
        for (int j = 0; j < NTHREADS; j++)
            threads[j] = start_thread(wait_once, &barrier);
        for (int j = 0; j < NTHREADS; j++)
            join_thread(threads[j]);
        CHECK(holds_only(&barrier, sizeof(barrier), 0xee), "nobody has changed it since");
    }
}

/* --- Spin locks --- */

static pthread_spinlock_t spin;
static long spun;

static void *spin_up(void *argument)
{
    for (int i = 0; i < COUNTS; i++) {
        REQUIRE(pthread_spin_lock(&spin) == 0, "lock");
        spun++;
        REQUIRE(pthread_spin_unlock(&spin) == 0, "unlock");
    }
    return NULL;
}

void spin_counts(void)
{
    NEED_THREADS();
    CHECK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0, "init");
    in_threads(spin_up);
    CHECK(spun == NTHREADS * COUNTS, "%ld counted", spun);
    CHECK(pthread_spin_trylock(&spin) == 0, "try");
    CHECK(pthread_spin_trylock(&spin) == EBUSY, "try again");
    CHECK(pthread_spin_unlock(&spin) == 0 && pthread_spin_destroy(&spin) == 0, "destroy");
}
