/*
 * Signals that wait: a set, and for each member what is known of it. A standard signal waits once,
 * however often it is sent; a real-time signal (32 and up) as often as it was sent.
 *
 * Locks: the caller's (tree_lock). Nothing here sleeps.
 */
#ifndef PROC_PENDING_H
#define PROC_PENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/signal.h"
#include "lib/list.h"

#define SIGNAL_BIT(number) (1UL << ((number)-1))
#define FIRST_REALTIME     32

/* What a handler is told: siginfo_t without its padding. */
struct signal_info {
    int number;
    int code;          /* SI_USER, SEGV_MAPERR, ... */
    uint64_t words[2]; /* an address; or pid and uid << 32, and a status or value */
};

struct sigset_pending {
    uint64_t set;      /* bit n - 1 for signal n */
    struct list infos; /* struct of pending.c, oldest first; one may be missing: no memory */
};

void pending_cache_init(void);
void pending_init(struct sigset_pending *p);

/* 0, or -EAGAIN if nothing can be kept of a real-time signal that was sent with a value. */
int pending_add(struct sigset_pending *p, const struct signal_info *info);

/* Takes out the most urgent signal of those in `allowed`; false if there is none. */
bool pending_take(struct sigset_pending *p, uint64_t allowed, struct signal_info *info);

/* Forgets these. */
void pending_remove(struct sigset_pending *p, uint64_t signals);

#endif
