/*
 * Children of tests: started, waited for, killed by what they touch; and words of shared memory by
 * which they wait for each other.
 */
#ifndef PROCESSES_H
#define PROCESSES_H

#include "pages.h"

#include <sched.h>

/* Starts a child; a check that fails in it makes it end with status 1. */
static inline pid_t start(void (*run)(void *), void *argument)
{
    fflush(stdout);
    pid_t pid = fork();
    MUST(pid >= 0, "fork");
    if (pid == 0) {
        test_counts.failed = 0;
        run(argument);
        fflush(stdout);
        _exit(test_counts.failed != 0);
    }
    return pid;
}

/* Waits for a child; whether it ended with status 0. */
static inline bool finish(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* Waits for that many children; whether all ended with status 0. */
static inline bool finish_all(unsigned count)
{
    bool all = true;
    for (unsigned i = 0; i < count; i++) {
        int status = -1;
        all &= wait(&status) > 0 && status == 0;
    }
    return all;
}

/* What ended a child that runs this: a signal; 0: nothing; -1: a check in it failed. */
static inline int signal_of(void (*run)(void *), void *argument)
{
    int status = -1;
    pid_t pid = start(run, argument);
    MUST(waitpid(pid, &status, 0) == pid, "wait");
    return WIFSIGNALED(status) ? WTERMSIG(status) : status == 0 ? 0 : -1;
}

static inline void child_loads(void *at)
{
    load(at);
}

static inline void child_stores(void *at)
{
    store(at, load(at));
}

static inline void child_stores_blindly(void *at)
{
    store(at, 1);
}

/* The signal that a load, or a store, of this address ends in; 0: none. */
static inline int load_signal(const void *at)
{
    return signal_of(child_loads, (void *)at);
}

static inline int store_signal(void *at)
{
    return signal_of(child_stores_blindly, at);
}

/* --- Words in shared memory --- */

static inline int *shared_words(void)
{
    return (int *)map(PAGE, RW, ANON_SHARED, -1, 0);
}

static inline void post(int *word)
{
    __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
}

/* An orphan gives up: a test that ran out of time was killed without its children. */
static inline void yield_to(pid_t parent)
{
    sched_yield();
    if (getppid() != parent)
        give_up();
}

static inline void await(const int *word, int value)
{
    pid_t parent = getppid();
    while (__atomic_load_n(word, __ATOMIC_SEQ_CST) < value)
        yield_to(parent);
}

static inline void lock(int *word)
{
    pid_t parent = getppid();
    while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE) != 0)
        yield_to(parent);
}

static inline void unlock(int *word)
{
    __atomic_store_n(word, 0, __ATOMIC_RELEASE);
}

#endif
