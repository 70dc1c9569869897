/*
 * Futexes: sleeping on a word of user memory until somebody says that it has changed.
 *
 * A word is known by the place it has, not by its address: a word in a shared mapping by object and
 * page, so that processes that map it at different addresses meet; others by address space and
 * address. The word is compared and the sleeper entered under one lock, which whoever wakes takes
 * too: so a change followed by a wake is not missed.
 */
#ifndef PROC_FUTEX_H
#define PROC_FUTEX_H

#include <stdint.h>

#include "abi/futex.h"
#include "proc/thread.h"

void futex_init(void);

/* Where a call's word is, and whether only this address space is meant. */
struct futex_word {
    uint64_t address;
    bool private;
};

/*
 * Sleeps if the word has this value, until it is woken with one of these bits (0), the monotonic
 * clock shows `deadline_ns` (-ETIMEDOUT) or a signal comes (-EINTR). -EAGAIN: it has another value.
 * -EFAULT, -EINVAL (not aligned, no bits).
 */
int futex_wait(struct futex_word word, uint32_t value, uint64_t deadline_ns, uint32_t bits);

/* Wakes up to `count` sleepers that wait for one of these bits; returns how many. */
int futex_wake(struct futex_word word, int count, uint32_t bits);

/*
 * Wakes `wake` sleepers and moves up to `move` others to the second word; returns how many of both.
 * With `expected`, only if the first word has that value (-EAGAIN).
 */
struct futex_requeue {
    struct futex_word from, to;
    int wake, move;
    const uint32_t *expected;
};
int futex_requeue(const struct futex_requeue *r);

/* What a thread leaves behind: its robust locks get new owners, its number is cleared. */
void futex_thread_exit(struct thread *t);

#endif
