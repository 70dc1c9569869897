/* What processes share in mapped memory, and robust mutexes, whose owners die. */
#include "tests.h"

enum { NPROCESSES = 3, COUNTS = 2000 };

static struct shared {
    pthread_mutex_t mutex, others[3];
    pthread_cond_t cond;
    pthread_barrier_t barrier;
    pthread_rwlock_t rwlock;
    long count, left, right;
    int turn, serial, ready;
} * shared;

static void make_mutex(pthread_mutex_t *mutex, int robust)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, robust);
    MUST(pthread_mutex_init(mutex, &attr) == 0, "make a mutex");
}

static void make_shared(void)
{
    shared = (struct shared *)mmap(NULL, sizeof(*shared), RW, ANON_SHARED, -1, 0);
    MUST(shared != MAP_FAILED, "memory");
    make_mutex(&shared->mutex, PTHREAD_MUTEX_STALLED);
}

static void in_processes(void (*run)(void *))
{
    for (long i = 0; i < NPROCESSES; i++)
        start(run, (void *)i);
    CHECK(finish_all(NPROCESSES), "all processes");
}

static void count_up(void *argument)
{
    for (int i = 0; i < COUNTS; i++) {
        REQUIRE(pthread_mutex_lock(&shared->mutex) == 0, "lock");
        long seen = shared->count;
        if (i % 50 == 0)
            sched_yield();
        shared->count = seen + 1;
        REQUIRE(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
    }
}

void shared_mutex(void)
{
    NEED_THREADS();
    make_shared();
    in_processes(count_up);
    CHECK(shared->count == NPROCESSES * COUNTS, "%ld counted", shared->count);
}

static void take_turns(void *argument)
{
    int own = (int)(long)argument;
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&shared->mutex);
        while (shared->turn != own)
            REQUIRE(pthread_cond_wait(&shared->cond, &shared->mutex) == 0, "wait");
        shared->turn = (own + 1) % NPROCESSES;
        shared->count++;
        REQUIRE(pthread_cond_broadcast(&shared->cond) == 0, "wake");
        pthread_mutex_unlock(&shared->mutex);
    }
}

void shared_cond(void)
{
    pthread_condattr_t attr;
    NEED_THREADS();
    make_shared();
    pthread_condattr_init(&attr);
    pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&shared->cond, &attr);
    in_processes(take_turns);
    CHECK(shared->count == NPROCESSES * 300 && shared->turn == 0, "%ld turns", shared->count);
}

static void go_rounds(void *argument)
{
    for (int i = 1; i <= 200; i++) {
        __atomic_fetch_add(&shared->count, 1, __ATOMIC_SEQ_CST);
        if (pthread_barrier_wait(&shared->barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            __atomic_fetch_add(&shared->serial, 1, __ATOMIC_SEQ_CST);
        REQUIRE(__atomic_load_n(&shared->count, __ATOMIC_SEQ_CST) >= i * NPROCESSES,
                "all are there");
    }
}

void shared_barrier(void)
{
    pthread_barrierattr_t attr;
    NEED_THREADS();
    make_shared();
    pthread_barrierattr_init(&attr);
    pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    CHECK(pthread_barrier_init(&shared->barrier, &attr, NPROCESSES) == 0, "init");
    in_processes(go_rounds);
    CHECK(shared->serial == 200, "one in each round: %d", shared->serial);
}

static void read_and_write(void *argument)
{
    for (int i = 0; i < 1000; i++) {
        if (i % 5 == 0) {
            pthread_rwlock_wrlock(&shared->rwlock);
            shared->left++;
            if (i % 50 == 0)
                sched_yield();
            shared->right++;
        } else {
            pthread_rwlock_rdlock(&shared->rwlock);
            REQUIRE(shared->left == shared->right, "nobody writes");
        }
        pthread_rwlock_unlock(&shared->rwlock);
    }
}

void shared_rwlock(void)
{
    pthread_rwlockattr_t attr;
    int is_shared = -1;
    NEED_THREADS();
    make_shared();
    pthread_rwlockattr_init(&attr);
    CHECK(pthread_rwlockattr_setpshared(&attr, 99) == EINVAL, "not shared with that");
    CHECK(pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0, "share");
    CHECK(pthread_rwlockattr_getpshared(&attr, &is_shared) == 0 && is_shared, "it is");
    CHECK(pthread_rwlock_init(&shared->rwlock, &attr) == 0, "init");
    in_processes(read_and_write);
    CHECK(shared->left == NPROCESSES * 200 && shared->right == shared->left,
          "all has been written");
}

/* --- Robust mutexes --- */

#define NEED_ROBUST()                                       \
    do {                                                    \
        NEED_THREADS();                                     \
        if (!HAS(syscall(SYS_set_robust_list, NULL, 0)))    \
            SKIP("there are no lists of robust locks yet"); \
        make_shared();                                      \
        make_mutex(&shared->mutex, PTHREAD_MUTEX_ROBUST);   \
    } while (0)

static void lock_and_end(void *argument)
{
    MUST(pthread_mutex_lock(&shared->mutex) == 0, "lock");
    if (argument != NULL)
        kill(getpid(), SIGKILL);
    _exit(0);
}

void robust_process_ends(void)
{
    NEED_ROBUST();
    for (int i = 0; i < 2; i++) {
        int status = test_in_child(lock_and_end, i == 0 ? NULL : shared);
        CHECK(i == 0 ? status == 0 : WIFSIGNALED(status), "ended: %#x", status);
        CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD, "the owner has died");
        CHECK(pthread_mutex_consistent(&shared->mutex) == 0, "all is well");
        CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
        CHECK(pthread_mutex_trylock(&shared->mutex) == 0, "as if nothing had been");
        CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
    }
    test_in_child(lock_and_end, NULL);
    CHECK(pthread_mutex_trylock(&shared->mutex) == EOWNERDEAD, "told to who tries, too");
    CHECK(pthread_mutex_consistent(&shared->mutex) == 0, "all is well");
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
}

static void *lock_only(void *argument)
{
    return (void *)(long)pthread_mutex_lock((pthread_mutex_t *)argument);
}

void robust_thread_ends(void)
{
    NEED_ROBUST();
    CHECK(join_thread(start_thread(lock_only, &shared->mutex)) == NULL, "it has locked");
    CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD, "and ended");
    CHECK(join_thread(start_thread(lock_only, &shared->others[0])) == NULL, "a stalled one");
    CHECK(pthread_mutex_trylock(&shared->others[0]) == EBUSY, "stays locked");
    CHECK(pthread_mutex_consistent(&shared->mutex) == 0, "consistent");
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
}

static void wait_for_lock(void *argument)
{
    __atomic_fetch_add(&shared->ready, 1, __ATOMIC_SEQ_CST);
    int error = pthread_mutex_lock(&shared->mutex);
    MUST(error == 0 || error == EOWNERDEAD, "lock: %d", error);
    if (error == EOWNERDEAD) {
        shared->count++;
        pthread_mutex_consistent(&shared->mutex);
    }
    shared->left++;
    MUST(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
}

static void lock_and_wait(void *argument)
{
    MUST(pthread_mutex_lock(&shared->mutex) == 0, "lock");
    for (__atomic_store_n(&shared->turn, 1, __ATOMIC_SEQ_CST);;)
        pause();
}

/* Those who wait, and those who come only now, all get it; one of them is told. */
void robust_waiter_wakes(void)
{
    NEED_ROBUST();
    pid_t owner = start(lock_and_wait, NULL);
    while (!__atomic_load_n(&shared->turn, __ATOMIC_SEQ_CST))
        sched_yield();
    for (int i = 0; i < NPROCESSES; i++)
        start(wait_for_lock, NULL);
    while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < NPROCESSES)
        sched_yield();
    for (int i = 0; i < 100; i++)
        sched_yield();
    kill(owner, SIGKILL);
    CHECK(!finish(owner) && finish_all(NPROCESSES), "all have ended");
    CHECK(shared->count == 1, "one was told: %ld", shared->count);
    CHECK(shared->left == NPROCESSES, "all had it: %ld", shared->left);
}

/* Of several who sleep, glibc wakes but one. */
#ifdef __GLIBC__
enum { LOSERS = 1 };
#else
enum { LOSERS = 3 };
#endif

static void find_lost(void *argument)
{
    __atomic_fetch_add(&shared->ready, 1, __ATOMIC_SEQ_CST);
    int error = pthread_mutex_lock(&shared->mutex);
    MUST(error == ENOTRECOVERABLE, "lock: %d", error);
}

void robust_lost(void)
{
    NEED_ROBUST();
    test_in_child(lock_and_end, NULL);
    CHECK(pthread_mutex_lock(&shared->mutex) == EOWNERDEAD, "the owner has died");
    for (int i = 0; i < LOSERS; i++)
        start(find_lost, NULL);
    while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < LOSERS)
        sched_yield();
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock, though it is not consistent");
    CHECK(finish_all(LOSERS), "nobody gets it");
    CHECK(pthread_mutex_lock(&shared->mutex) == ENOTRECOVERABLE, "it is lost");
    CHECK(pthread_mutex_trylock(&shared->mutex) == ENOTRECOVERABLE, "for who tries, too");
    CHECK(pthread_mutex_destroy(&shared->mutex) == 0, "destroy");
    make_mutex(&shared->mutex, PTHREAD_MUTEX_ROBUST);
    CHECK(pthread_mutex_lock(&shared->mutex) == 0, "a new one");
}

/* Locked in one order, unlocked in all of them: the list has to be whole each time. */
static void lock_some(void *argument)
{
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const int *order = orders[(long)argument / 4];
    for (int i = 0; i < 3; i++)
        REQUIRE(pthread_mutex_lock(&shared->others[i]) == 0, "lock");
    for (int i = 0; i < (long)argument % 4; i++)
        REQUIRE(pthread_mutex_unlock(&shared->others[order[i]]) == 0, "unlock");
}

void robust_many(void)
{
    NEED_ROBUST();
    for (long which = 0; which < 24; which++) {
        int dead = 0, expected = 3 - (int)(which % 4);
        for (int i = 0; i < 3; i++)
            make_mutex(&shared->others[i], PTHREAD_MUTEX_ROBUST);
        CHECK(test_in_child(lock_some, (void *)which) == 0, "the child");
        for (int i = 0; i < 3; i++)
            dead += pthread_mutex_trylock(&shared->others[i]) == EOWNERDEAD;
        CHECK(dead == expected, "case %ld: %d of %d", which, dead, expected);
        for (int i = 0; i < 3; i++)
            REQUIRE(pthread_mutex_unlock(&shared->others[i]) == 0, "unlock %d", i);
    }
}

static void unlock_anothers(void *argument)
{
    CHECK(pthread_mutex_unlock(&shared->mutex) == EPERM, "it is the parent's");
    CHECK(pthread_mutex_trylock(&shared->mutex) == EBUSY, "and locked");
}

void robust_errors(void)
{
    NEED_ROBUST();
    CHECK(pthread_mutex_consistent(&shared->mutex) == EINVAL, "nobody has died");
    CHECK(pthread_mutex_unlock(&shared->mutex) == EPERM, "it is not locked");
    CHECK(pthread_mutex_lock(&shared->mutex) == 0, "lock");
    CHECK(pthread_mutex_consistent(&shared->mutex) == EINVAL, "nor now");
    CHECK(test_in_child(unlock_anothers, NULL) == 0, "a child's");
    CHECK(pthread_mutex_unlock(&shared->mutex) == 0, "unlock");
    CHECK(pthread_mutex_consistent(&shared->others[0]) == EINVAL, "a stalled one");
}
