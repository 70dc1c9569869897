/* The tests of threadtest: name and time limit in seconds, in the order in which they run. */
#ifndef THREADTEST_TESTS_H
#define THREADTEST_TESTS_H

#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>

#define THREAD_TESTS(T)        \
    T(create_and_join, 20)     \
    T(create_many, 60)         \
    T(exit_values, 20)         \
    T(cleanup_handlers, 20)    \
    T(join_errors, 20)         \
    T(detached, 60)            \
    T(attributes, 20)          \
    T(own_stack, 20)           \
    T(guard_page, 20)          \
    T(first_thread_ends, 20)   \
    T(last_thread_ends, 20)    \
    T(exit_in_thread, 20)      \
    T(names, 20)               \
    T(own_errno, 20)           \
    T(own_variables, 20)       \
    T(keys, 20)                \
    T(key_destructors, 20)     \
    T(key_limits, 20)          \
    T(once, 20)                \
    T(kill_threads, 20)        \
    T(masks_of_threads, 20)    \
    T(fork_handlers, 20)       \
    T(fork_in_thread, 20)      \
    T(threads_after_fork, 60)  \
    T(mutex_counts, 60)        \
    T(mutex_types, 20)         \
    T(mutex_times, 20)         \
    T(mutex_attributes, 20)    \
    T(cond_queue, 60)          \
    T(cond_broadcast, 60)      \
    T(cond_times, 20)          \
    T(cond_errors, 20)         \
    T(cond_destroyed, 60)      \
    T(rwlock_counts, 60)       \
    T(rwlock_states, 20)       \
    T(barrier_rounds, 60)      \
    T(barrier_destroyed, 60)   \
    T(spin_counts, 60)         \
    T(semaphore_values, 20)    \
    T(semaphore_threads, 60)   \
    T(semaphore_times, 20)     \
    T(semaphore_interrupt, 60) \
    T(semaphore_names, 20)     \
    T(semaphore_processes, 60) \
    T(shared_memory_names, 20) \
    T(shared_mutex, 60)        \
    T(shared_cond, 60)         \
    T(shared_barrier, 60)      \
    T(shared_rwlock, 60)       \
    T(robust_process_ends, 20) \
    T(robust_thread_ends, 20)  \
    T(robust_waiter_wakes, 20) \
    T(robust_lost, 20)         \
    T(robust_many, 20)         \
    T(robust_errors, 20)       \
    T(malloc_in_threads, 60)   \
    T(malloc_over_fork, 60)    \
    T(streams_in_threads, 60)  \
    T(streams_locked, 20)      \
    T(streams_over_fork, 60)   \
    T(random_in_threads, 20)   \
    T(signal_sets, 20)         \
    T(signal_actions, 20)      \
    T(signal_waits, 20)        \
    T(signal_values, 20)       \
    T(signal_stack, 20)        \
    T(signal_jumps, 20)        \
    T(signal_texts, 20)        \
    T(timers, 20)              \
    T(polls, 20)               \
    T(selects, 20)             \
    T(record_locks, 20)        \
    T(file_locks, 20)          \
    T(vforks, 20)              \
    T(clones, 20)              \
    T(clone_in_memory, 20)     \
    T(harts, 20)               \
    T(identity, 20)            \
    T(used_times, 20)

#define DECLARE(name, seconds) void name(void);
THREAD_TESTS(DECLARE)
#undef DECLARE

#define NTHREADS 4

/* Whether the system has a call; it is made with arguments that do nothing. */
#define HAS(call) (errno = 0, (call) != -1 || errno != ENOSYS)

/* For loops: it counts only if it fails. */
#define REQUIRE(condition, ...)   \
    do {                          \
        if (!(condition))         \
            MUST(0, __VA_ARGS__); \
    } while (0)

static inline void *return_at_once(void *argument)
{
    return argument;
}

static inline bool has_threads(void)
{
    pthread_t thread;
    int word = 0;
    return HAS(syscall(SYS_futex, &word, 1, 0, NULL, NULL, 0)) &&
           pthread_create(&thread, NULL, return_at_once, NULL) == 0 &&
           pthread_join(thread, NULL) == 0;
}

#define NEED_THREADS()                        \
    do {                                      \
        if (!has_threads())                   \
            SKIP("there are no threads yet"); \
        errno = 0;                            \
    } while (0)

static inline pthread_t start_thread(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, argument);
    MUST(error == 0, "create a thread: %d", error);
    return thread;
}

static inline void *join_thread(pthread_t thread)
{
    void *result = NULL;
    int error = pthread_join(thread, &result);
    MUST(error == 0, "join a thread: %d", error);
    return result;
}

/* Runs a function in NTHREADS threads, with their numbers as arguments, until all have ended. */
static inline void in_threads(void *(*run)(void *))
{
    pthread_t threads[NTHREADS];
    for (long i = 0; i < NTHREADS; i++)
        threads[i] = start_thread(run, (void *)i);
    for (int i = 0; i < NTHREADS; i++)
        join_thread(threads[i]);
}

/* That many milliseconds from now. */
static inline struct timespec after(clockid_t clock, long milliseconds)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += milliseconds % 1000 * 1000000;
    time.tv_sec += milliseconds / 1000 + time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static inline bool is_past(clockid_t clock, struct timespec time)
{
    struct timespec now = after(clock, 0);
    return now.tv_sec > time.tv_sec || (now.tv_sec == time.tv_sec && now.tv_nsec >= time.tv_nsec);
}

#endif
