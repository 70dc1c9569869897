/* The tests of futextest: name and time limit in seconds, in the order in which they run. */
#ifndef FUTEXTEST_TESTS_H
#define FUTEXTEST_TESTS_H

#include "../clonetest/raw.h"
#include "../clonetest/thread.h"
#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define FUTEX_TESTS(T)            \
    T(wait_compares, 20)          \
    T(wake_counts, 20)            \
    T(wake_in_order, 20)          \
    T(wake_by_bits, 20)           \
    T(wake_and_operate, 20)       \
    T(time_runs_out, 20)          \
    T(time_errors, 20)            \
    T(requeue, 20)                \
    T(requeue_compares, 20)       \
    T(requeue_errors, 20)         \
    T(errors, 20)                 \
    T(read_only_words, 20)        \
    T(interrupted, 20)            \
    T(meet_in_a_file, 20)         \
    T(meet_in_memory, 20)         \
    T(meet_over_moves, 20)        \
    T(apart_in_private, 20)       \
    T(apart_after_fork, 20)       \
    T(apart_by_flag, 20)          \
    T(apart_in_one_page, 20)      \
    T(unmapped_meanwhile, 20)     \
    T(truncated_meanwhile, 20)    \
    T(killed_in_sleep, 20)        \
    T(robust_calls, 20)           \
    T(robust_owner_exits, 20)     \
    T(robust_owner_is_killed, 20) \
    T(robust_owner_execs, 20)     \
    T(robust_pending, 20)         \
    T(robust_pending_freed, 20)   \
    T(robust_many, 20)            \
    T(robust_not_owner, 20)       \
    T(robust_loops, 20)           \
    T(robust_nowhere, 20)         \
    T(robust_threads, 20)         \
    T(lock_of_processes, 60)      \
    T(lock_of_threads, 60)        \
    T(to_and_fro, 60)             \
    T(all_at_once, 60)

#define DECLARE(name, seconds) void name(void);
FUTEX_TESTS(DECLARE)
#undef DECLARE

/* A child that waits once on a word and ends with 0 if it was woken. */
struct waiter {
    volatile int *word;
    long operation, bits;
    int value;
    int *woken; /* if any: counts up when it wakes */
};

void waits(void *waiter);

/* Starts one, and waits until it sleeps. */
pid_t start_waiter(struct waiter *waiter);

/* requeue(2), as it were: wakes some, moves others. */
long move_waiters(int operation, int *words[2], int wake, int move, int value);

#endif
