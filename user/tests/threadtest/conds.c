/* Condition variables between threads. */
#include "tests.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* --- A queue --- */

enum { ROOM = 8, ITEMS = 5000 };

static struct {
    pthread_cond_t not_full, not_empty;
    long items[ROOM];
    unsigned head, used;
} queue = {PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, 0, 0};

static void put(long item)
{
    pthread_mutex_lock(&mutex);
    while (queue.used == ROOM)
        pthread_cond_wait(&queue.not_full, &mutex);
    queue.items[(queue.head + queue.used++) % ROOM] = item;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&mutex);
}

static long take(void)
{
    pthread_mutex_lock(&mutex);
    while (queue.used == 0)
        pthread_cond_wait(&queue.not_empty, &mutex);
    long item = queue.items[queue.head];
    queue.head = (queue.head + 1) % ROOM;
    queue.used--;
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&mutex);
    return item;
}

static void *produce(void *argument)
{
    for (long i = 1; i <= ITEMS; i++)
        put(i);
    return argument;
}

static void *consume(void *argument)
{
    long sum = 0, item;
    while ((item = take()) != 0)
        sum += item;
    return (void *)sum;
}

void cond_queue(void)
{
    pthread_t producers[NTHREADS], consumers[NTHREADS];
    long sum = 0;
    NEED_THREADS();
    for (int i = 0; i < NTHREADS; i++) {
        producers[i] = start_thread(produce, NULL);
        consumers[i] = start_thread(consume, NULL);
    }
    for (int i = 0; i < NTHREADS; i++)
        join_thread(producers[i]);
    for (int i = 0; i < NTHREADS; i++)
        put(0);
    for (int i = 0; i < NTHREADS; i++)
        sum += (long)join_thread(consumers[i]);
    CHECK(sum == (long)NTHREADS * ITEMS * (ITEMS + 1) / 2, "each item once: %ld", sum);
    CHECK(queue.used == 0, "nothing is left");
}

/* --- All at once --- */

enum { ROUNDS = 300 };

static pthread_cond_t go = PTHREAD_COND_INITIALIZER, ready = PTHREAD_COND_INITIALIZER;
static int round_number, waiting, finished;

static void *run_rounds(void *argument)
{
    pthread_mutex_lock(&mutex);
    for (int i = 1; i <= ROUNDS; i++) {
        waiting++;
        pthread_cond_signal(&ready);
        while (round_number < i)
            pthread_cond_wait(&go, &mutex);
        finished++;
    }
    pthread_mutex_unlock(&mutex);
    return argument;
}

void cond_broadcast(void)
{
    pthread_t threads[NTHREADS];
    NEED_THREADS();
    for (int i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(run_rounds, NULL);
    pthread_mutex_lock(&mutex);
    for (int i = 1; i <= ROUNDS; i++) {
        while (waiting < i * NTHREADS)
            pthread_cond_wait(&ready, &mutex);
        CHECK(finished == (i - 1) * NTHREADS, "nobody is ahead");
        round_number = i;
        CHECK(pthread_cond_broadcast(&go) == 0, "broadcast");
    }
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < NTHREADS; i++)
        join_thread(threads[i]);
    CHECK(finished == ROUNDS * NTHREADS, "all came through: %d", finished);
}

/* --- Times and errors --- */

static void check_times(clockid_t clock)
{
    pthread_mutex_t checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    pthread_condattr_t attr;
    pthread_cond_t cond;
    clockid_t got = -1;
    struct timespec past = {.tv_sec = 1}, bad = {.tv_nsec = 1000000000};
    pthread_condattr_init(&attr);
    CHECK(pthread_condattr_setclock(&attr, clock) == 0, "set the clock");
    CHECK(pthread_condattr_getclock(&attr, &got) == 0 && got == clock, "get it");
    pthread_cond_init(&cond, &attr);
    pthread_mutex_lock(&checked);
    struct timespec until = after(clock, 20);
    int error = 0;
    while (error == 0)
        error = pthread_cond_timedwait(&cond, &checked, &until);
    CHECK(error == ETIMEDOUT && is_past(clock, until), "nobody wakes it: %d", error);
    CHECK(pthread_cond_timedwait(&cond, &checked, &past) == ETIMEDOUT, "the past");
    CHECK(pthread_cond_timedwait(&cond, &checked, &bad) == EINVAL, "no time");
    CHECK(pthread_cond_clockwait(&cond, &checked, clock, &past) == ETIMEDOUT, "by any clock");
    CHECK(pthread_mutex_unlock(&checked) == 0, "the mutex is held after all that");
    CHECK(pthread_cond_destroy(&cond) == 0, "destroy");
}

void cond_times(void)
{
    NEED_THREADS();
    check_times(CLOCK_REALTIME);
    check_times(CLOCK_MONOTONIC);
}

void cond_errors(void)
{
    pthread_mutex_t checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    pthread_condattr_t attr;
    int shared = -1;
    CHECK(pthread_cond_wait(&cond, &checked) == EPERM, "the mutex is not locked");
    CHECK(pthread_cond_signal(&cond) == 0 && pthread_cond_broadcast(&cond) == 0, "nobody waits");
    CHECK(pthread_cond_destroy(&cond) == 0, "destroy");
    CHECK(pthread_condattr_init(&attr) == 0, "attributes");
    CHECK(pthread_condattr_setclock(&attr, CLOCK_PROCESS_CPUTIME_ID) == EINVAL, "no such clock");
    CHECK(pthread_condattr_setpshared(&attr, 99) == EINVAL, "not shared with that");
    CHECK(pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0, "share");
    CHECK(pthread_condattr_getpshared(&attr, &shared) == 0, "is it shared");
    CHECK(shared == PTHREAD_PROCESS_SHARED, "it is");
    CHECK(pthread_condattr_destroy(&attr) == 0, "destroy");
}

/* --- Destroyed as soon as all are woken --- */

static pthread_cond_t *gate, came = PTHREAD_COND_INITIALIZER;
static bool gate_is_open;
static int inside;

static void *pass_gate(void *argument)
{
    pthread_mutex_lock(&mutex);
    inside++;
    pthread_cond_signal(&came);
    while (!gate_is_open)
        pthread_cond_wait(gate, &mutex);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

/* They have no more to do with the gate, whatever they have still to do in the library. */
static void run_gate(void)
{
    pthread_t threads[NTHREADS];
    gate = malloc(sizeof(*gate));
    gate_is_open = false;
    inside = 0;
    pthread_cond_init(gate, NULL);
    for (int i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(pass_gate, NULL);
    pthread_mutex_lock(&mutex);
    while (inside < NTHREADS)
        pthread_cond_wait(&came, &mutex);
    gate_is_open = true;
    pthread_cond_broadcast(gate);
    CHECK(pthread_cond_destroy(gate) == 0, "destroy");
    memset(gate, 0xee, sizeof(*gate));
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < NTHREADS; i++)
        join_thread(threads[i]);
    CHECK(holds_only(gate, sizeof(*gate), 0xee), "nobody has changed it since");
    free(gate);
}

void cond_destroyed(void)
{
    NEED_THREADS();
    for (int i = 0; i < 100; i++)
        run_gate();
}
