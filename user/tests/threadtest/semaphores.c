/* Semaphores, unnamed and named, and shared memory by name. */
#include "tests.h"

#include <limits.h>

static sem_t sem;

static int value_of(sem_t *which)
{
    int value = -1;
    CHECK(sem_getvalue(which, &value) == 0, "get the value");
    return value;
}

void semaphore_values(void)
{
    CHECK(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1) == -1 && errno == EINVAL, "too much");
    CHECK(sem_init(&sem, 0, 2) == 0 && value_of(&sem) == 2, "init");
    CHECK(sem_wait(&sem) == 0 && sem_trywait(&sem) == 0 && value_of(&sem) == 0, "take two");
    CHECK(sem_trywait(&sem) == -1 && errno == EAGAIN, "there is none");
    CHECK(sem_post(&sem) == 0 && value_of(&sem) == 1, "give one");
    CHECK(sem_destroy(&sem) == 0, "destroy");
    CHECK(sem_init(&sem, 0, SEM_VALUE_MAX) == 0, "as much as there can be");
    CHECK(sem_post(&sem) == -1 && errno == EOVERFLOW, "one more");
    CHECK(value_of(&sem) == SEM_VALUE_MAX && sem_wait(&sem) == 0, "it works still");
}

enum { PASSES = 5000 };

static sem_t room, items;
static int in_flight, most;

static void *hand_over(void *argument)
{
    for (int i = 0; i < PASSES; i++) {
        if ((long)argument % 2) {
            REQUIRE(sem_wait(&room) == 0, "room");
            __atomic_fetch_add(&in_flight, 1, __ATOMIC_SEQ_CST);
            REQUIRE(sem_post(&items) == 0, "an item");
        } else {
            REQUIRE(sem_wait(&items) == 0, "take it");
            int now = __atomic_fetch_sub(&in_flight, 1, __ATOMIC_SEQ_CST);
            if (now > __atomic_load_n(&most, __ATOMIC_SEQ_CST))
                __atomic_store_n(&most, now, __ATOMIC_SEQ_CST);
            REQUIRE(sem_post(&room) == 0, "room again");
        }
    }
    return NULL;
}

void semaphore_threads(void)
{
    NEED_THREADS();
    sem_init(&room, 0, 3);
    sem_init(&items, 0, 0);
    in_threads(hand_over);
    CHECK(value_of(&room) == 3 && value_of(&items) == 0, "all is back");
    CHECK(most >= 1 && most <= 3, "at most three at once: %d", most);
}

void semaphore_times(void)
{
    struct timespec past = {.tv_sec = 1}, bad = {.tv_nsec = 1000000000};
    NEED_THREADS();
    sem_init(&sem, 0, 1);
    CHECK(sem_timedwait(&sem, &past) == 0, "no time is needed");
    struct timespec until = after(CLOCK_REALTIME, 20);
    CHECK(sem_timedwait(&sem, &until) == -1 && errno == ETIMEDOUT, "it takes too long");
    CHECK(is_past(CLOCK_REALTIME, until), "not before its time");
    CHECK(sem_timedwait(&sem, &past) == -1 && errno == ETIMEDOUT, "the past");
    CHECK(sem_timedwait(&sem, &bad) == -1 && errno == EINVAL, "no time");
    until = after(CLOCK_MONOTONIC, 20);
    CHECK(sem_clockwait(&sem, CLOCK_MONOTONIC, &until) == -1 && errno == ETIMEDOUT, "monotonic");
    CHECK(is_past(CLOCK_MONOTONIC, until), "not before its time");
    CHECK(sem_post(&sem) == 0 && value_of(&sem) == 1, "nobody waits any more");
}

static int interrupted;

static void ignore_it(int number)
{
}

static void *wait_interrupted(void *argument)
{
    int result = sem_wait(&sem);
    CHECK(result == -1 && errno == EINTR, "a handler has run: %d", result);
    __atomic_store_n(&interrupted, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

void semaphore_interrupt(void)
{
    struct sigaction action = {.sa_handler = ignore_it};
    NEED_THREADS();
    sigaction(SIGUSR1, &action, NULL);
    sem_init(&sem, 0, 0);
    pthread_t thread = start_thread(wait_interrupted, NULL);
    while (!__atomic_load_n(&interrupted, __ATOMIC_SEQ_CST)) {
        pthread_kill(thread, SIGUSR1);
        sched_yield();
    }
    join_thread(thread);
}

/* --- Names --- */

static char name[40];

static const char *own_name(void)
{
    snprintf(name, sizeof(name), "/threadtest.%d", (int)getpid());
    return name;
}

/* Whether there is a place for names. */
static bool has_names(void)
{
    char probe[80];
    snprintf(probe, sizeof(probe), "%s.probe", own_name());
    int fd = shm_open(probe, O_RDWR | O_CREAT, 0600);
    if (fd < 0)
        return false;
    close(fd);
    return shm_unlink(probe) == 0;
}

#define NEED_NAMES()                          \
    do {                                      \
        if (!has_names())                     \
            SKIP("there is no /dev/shm yet"); \
        errno = 0;                            \
    } while (0)

void semaphore_names(void)
{
    NEED_NAMES();
    CHECK(sem_open(own_name(), 0) == SEM_FAILED && errno == ENOENT, "there is none");
    CHECK(sem_unlink(name) == -1 && errno == ENOENT, "none to unlink");
    CHECK(sem_open("/", O_CREAT, 0600, 1) == SEM_FAILED && errno == EINVAL, "no name");
    CHECK(sem_open("/a/b", O_CREAT, 0600, 1) == SEM_FAILED && errno == EINVAL, "a path");
    CHECK(sem_open(name, O_CREAT, 0600, (unsigned)SEM_VALUE_MAX + 1) == SEM_FAILED, "too much");
    CHECK(errno == EINVAL, "no value");
    sem_t *first = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
    MUST(first != SEM_FAILED, "create");
    CHECK(value_of(first) == 3, "its value");
    CHECK(sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED && errno == EEXIST, "not twice");
    sem_t *second = sem_open(name, O_CREAT, 0600, 9);
    CHECK(second == first && value_of(second) == 3, "the same one");
    CHECK(sem_close(second) == 0 && value_of(first) == 3, "close once");
    CHECK(sem_unlink(name) == 0, "unlink");
    CHECK(sem_open(name, 0) == SEM_FAILED && errno == ENOENT, "the name is gone");
    CHECK(sem_wait(first) == 0 && value_of(first) == 2, "the semaphore is not");
    sem_t *other = sem_open(name, O_CREAT, 0600, 5);
    CHECK(other != SEM_FAILED && other != first && value_of(other) == 5, "another one");
    CHECK(sem_unlink(name) == 0 && sem_close(other) == 0 && sem_close(first) == 0, "the end");
}

static void play(void *argument)
{
    const char *names = argument;
    sem_t *ball = sem_open(names, O_CREAT, 0600, 0), *goal = sem_open(names + 64, 0);
    MUST(ball != SEM_FAILED && goal != SEM_FAILED, "open what the parent has made");
    for (int i = 0; i < 1000; i++)
        REQUIRE(sem_wait(ball) == 0 && sem_post(goal) == 0, "there and back %d", i);
}

void semaphore_processes(void)
{
    char names[128];
    NEED_THREADS();
    NEED_NAMES();
    snprintf(names, 64, "%s.ball", own_name());
    snprintf(names + 64, 64, "%s.goal", own_name());
    sem_t *ball = sem_open(names, O_CREAT | O_EXCL, 0600, 0);
    sem_t *goal = sem_open(names + 64, O_CREAT | O_EXCL, 0600, 0);
    MUST(ball != SEM_FAILED && goal != SEM_FAILED, "create");
    pid_t child = start(play, names);
    for (int i = 0; i < 1000; i++)
        REQUIRE(sem_post(ball) == 0 && sem_wait(goal) == 0, "there and back %d", i);
    CHECK(finish(child), "the other process");
    CHECK(value_of(ball) == 0 && value_of(goal) == 0, "all taken");
    CHECK(sem_unlink(names) == 0 && sem_unlink(names + 64) == 0, "unlink");
}

static void write_shared(void *argument)
{
    int fd = shm_open(name, O_RDWR, 0);
    MUST(fd >= 0, "open");
    int *word = (int *)mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    MUST(word != MAP_FAILED && *word == 1, "map");
    *word = 2;
}

void shared_memory_names(void)
{
    struct stat status;
    NEED_NAMES();
    CHECK(shm_open(own_name(), O_RDWR, 0600) == -1 && errno == ENOENT, "there is none");
    CHECK(shm_open("/", O_RDWR | O_CREAT, 0600) == -1 && errno == EINVAL, "no name");
    CHECK(shm_open("/a/b", O_RDWR | O_CREAT, 0600) == -1 && errno == EINVAL, "a path");
    CHECK(shm_unlink(name) == -1 && errno == ENOENT, "none to unlink");
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    MUST(fd >= 0, "create");
    CHECK(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST, "not twice");
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC, "it does not survive exec");
    CHECK(ftruncate(fd, PAGE) == 0 && fstat(fd, &status) == 0, "give it a size");
    CHECK(status.st_size == (off_t)PAGE && (status.st_mode & 0777) == 0600, "size and mode");
    int *word = (int *)mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    MUST(word != MAP_FAILED, "map");
    *word = 1;
    CHECK(finish(start(write_shared, NULL)) && *word == 2, "another process writes to it");
    CHECK(shm_unlink(name) == 0 && *word == 2, "unlink");
    CHECK(shm_open(name, O_RDWR, 0600) == -1 && errno == ENOENT, "the name is gone");
}
