/* What futexes are for: locks, turns and barriers, among processes and threads. No wake is lost. */
#include "tests.h"

/* A lock: 0 free, 1 held, 2 held and somebody waits. */
static void take(volatile int *word, int flag)
{
    int seen = 0;
    if (__atomic_compare_exchange_n(word, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0)
        wait_word(word, 2, WAIT | flag);
}

static void give(volatile int *word, int flag)
{
    if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
        wake_word(word, 1, WAKE | flag);
}

enum { WORKERS = 4, ROUNDS = 5000 };

struct shared {
    volatile int word;
    int count, copy; /* [word] */
    int turn, arrived, generation;
};

static void adds(struct shared *shared, int flag)
{
    for (int i = 0; i < ROUNDS; i++) {
        take(&shared->word, flag);
        int count = shared->count;
        if (i % 64 == 0)
            raw_yield();
        shared->count = count + 1;
        shared->copy++;
        give(&shared->word, flag);
    }
}

static void process_adds(void *shared)
{
    adds(shared, 0);
}

static int thread_adds(void *shared)
{
    adds(shared, PRIVATE);
    return 0;
}

void lock_of_processes(void)
{
    NEEDS_FUTEX();
    struct shared *shared = (struct shared *)shared_words();
    for (int i = 0; i < WORKERS; i++)
        start(process_adds, shared);
    CHECK(finish_all(WORKERS), "all end");
    CHECK(shared->count == WORKERS * ROUNDS && shared->copy == shared->count, "%d", shared->count);
    CHECK(shared->word == 0, "the lock is free");
}

void lock_of_threads(void)
{
    static struct shared shared;
    struct thread threads[WORKERS];
    NEEDS_THREADS();
    for (int i = 0; i < WORKERS; i++)
        thread_start(&threads[i], thread_adds, &shared);
    for (int i = 0; i < WORKERS; i++)
        thread_join(&threads[i]);
    CHECK(shared.count == WORKERS * ROUNDS && shared.copy == shared.count, "%d", shared.count);
    CHECK(shared.word == 0, "the lock is free");
}

/* Turns go to and fro; each side sleeps until the other has had its own. */
static void takes_turns(struct shared *shared, int side)
{
    for (int i = 0; i < ROUNDS; i++) {
        while (get(&shared->turn) != side)
            wait_word(&shared->turn, 1 - side, WAIT);
        shared->count++;
        put(&shared->turn, 1 - side);
        wake_word(&shared->turn, 1, WAKE);
    }
}

static void takes_second_turns(void *shared)
{
    takes_turns(shared, 1);
}

void to_and_fro(void)
{
    NEEDS_FUTEX();
    struct shared *shared = (struct shared *)shared_words();
    pid_t pid = start(takes_second_turns, shared);
    takes_turns(shared, 0);
    CHECK(finish(pid) && shared->count == 2 * ROUNDS, "%d turns", shared->count);
}

enum { BARRIERS = 300 };

static void meets_all(void *argument)
{
    struct shared *shared = argument;
    for (int i = 0; i < BARRIERS; i++) {
        CHECK(get(&shared->generation) == i, "nobody is ahead");
        if (__atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST) == WORKERS) {
            put(&shared->arrived, 0);
            put(&shared->generation, i + 1);
            wake_word(&shared->generation, INT_MAX, WAKE);
        } else {
            wait_until_not(&shared->generation, i);
        }
    }
}

void all_at_once(void)
{
    NEEDS_FUTEX();
    struct shared *shared = (struct shared *)shared_words();
    for (int i = 0; i < WORKERS; i++)
        start(meets_all, shared);
    CHECK(finish_all(WORKERS) && shared->generation == BARRIERS, "%d", shared->generation);
}
