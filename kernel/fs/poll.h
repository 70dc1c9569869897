/*
 * Waiting until one of several files is ready: what ppoll(2) and pselect6(2) are made of.
 *
 * Each file has one queue that is woken when what it is ready for may have changed, and an
 * operation that looks and enters a watch there under one lock (struct file_ops, sync/waitq.h). So
 * nothing that happens behind the look is missed, and the files need not know of each other.
 */
#ifndef FS_POLL_H
#define FS_POLL_H

#include "abi/poll.h"
#include "fs/file.h"

struct poll_entry {
    struct file *file; /* with a reference of the caller's; NULL: nothing is asked */
    uint32_t wanted;   /* POLL* bits that end the waiting */
    uint32_t ready;    /* out: what of it holds */
    struct watch watch;
};

/*
 * Waits until an entry is ready or the monotonic clock shows `deadline_ns`; 0 only looks. Returns
 * how many are ready, 0 if the time is over, -EINTR if a signal came first.
 */
long poll_wait(struct poll_entry *entries, unsigned count, uint64_t deadline_ns);

#endif
