/* Waiting for several files: see poll.h. */
#include "fs/poll.h"

#include "abi/errno.h"
#include "sync/sched.h"

#define ALWAYS_READY (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM)

static uint32_t look(struct file *f, struct watch *w)
{
    return f->ops->poll == NULL ? ALWAYS_READY : f->ops->poll(f, w);
}

/* Looks at all; enters watches as long as nothing is found, since then it will not be waited. */
static long look_at_all(struct poll_entry *entries, unsigned count, bool waits)
{
    long found = 0;
    for (unsigned i = 0; i < count; i++) {
        struct poll_entry *e = &entries[i];
        if (e->file == NULL)
            continue;
        struct watch *w = waits && found == 0 ? &e->watch : NULL;
        e->ready = look(e->file, w) & e->wanted;
        found += e->ready != 0;
    }
    return found;
}

/* A signal that comes behind thread_is_interrupted gives the permit too. */
static long wait(struct poll_entry *entries, unsigned count, uint64_t deadline_ns)
{
    for (;;) {
        long found = look_at_all(entries, count, true);
        if (found != 0)
            return found;
        if (thread_is_interrupted())
            return -EINTR;
        if (clock_monotonic_ns() >= deadline_ns)
            return 0;
        thread_park(deadline_ns);
    }
}

long poll_wait(struct poll_entry *entries, unsigned count, uint64_t deadline_ns)
{
    if (deadline_ns == 0)
        return look_at_all(entries, count, false);
    for (unsigned i = 0; i < count; i++)
        watch_init(&entries[i].watch);
    long result = wait(entries, count, deadline_ns);
    for (unsigned i = 0; i < count; i++)
        watch_end(&entries[i].watch);
    return result;
}
