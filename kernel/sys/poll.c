/* System calls that wait for several descriptors: see table.h. */
#include "fs/poll.h"

#include "abi/errno.h"
#include "abi/time.h"
#include "fs/fdtable.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "proc/signal.h"
#include "sync/sched.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define NS_PER_S     1000000000UL
#define SIGSET_SIZE  8

#define READ_EVENTS  (POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define WRITE_EVENTS (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)

/* --- Arguments --- */

/* The deadline of a timeout in the user's memory: 0 if it is over already; none is for ever. */
static int get_deadline(uint64_t from, uint64_t *deadline)
{
    uint64_t ns;
    *deadline = TIME_NEVER;
    if (from == 0)
        return 0;
    int err = time_argument_get(&ns, from);
    *deadline = ns == 0 ? 0 : clock_monotonic_ns() + ns;
    return err;
}

/* What is left of the timeout goes where it came from; if that cannot be written, be it so. */
static void put_left(uint64_t to, uint64_t deadline)
{
    if (to == 0 || deadline == 0)
        return;
    uint64_t now = clock_monotonic_ns();
    uint64_t left = deadline > now ? deadline - now : 0;
    struct timespec t = {(int64_t)(left / NS_PER_S), (int64_t)(left % NS_PER_S)};
    copy_to_user(to, &t, sizeof(t));
}

/* The signals that are blocked for the time of the call. */
static int set_mask(uint64_t from, uint64_t size)
{
    uint64_t mask;
    if (from == 0)
        return 0;
    if (size != SIGSET_SIZE)
        return -EINVAL;
    int err = copy_from_user(&mask, from, sizeof(mask));
    if (err == 0)
        signal_swap_mask(mask);
    return err;
}

/* --- Entries --- */

static struct poll_entry *new_entries(uint64_t count)
{
    return kmalloc((count + 1) * sizeof(struct poll_entry));
}

static void free_entries(struct poll_entry *entries, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (entries[i].file != NULL)
            file_put(entries[i].file);
    kfree(entries);
}

static bool set_entry(struct poll_entry *e, int fd, uint32_t wanted)
{
    e->wanted = wanted;
    e->file = file_argument_get(fd);
    return e->file != NULL;
}

/* --- ppoll --- */

/* Returns how many descriptors are none: these need not be waited for. */
static long set_entries(struct poll_entry *entries, const struct pollfd *fds, unsigned count)
{
    long bad = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t wanted = (uint16_t)fds[i].events | POLLERR | POLLHUP;
        if (fds[i].fd < 0 || set_entry(&entries[i], fds[i].fd, wanted))
            continue;
        entries[i].ready = POLLNVAL;
        bad++;
    }
    return bad;
}

static long poll_entries(struct poll_entry *entries, struct pollfd *fds, unsigned count,
                         uint64_t deadline)
{
    long bad = set_entries(entries, fds, count);
    long found = poll_wait(entries, count, bad > 0 ? 0 : deadline);
    for (unsigned i = 0; i < count; i++)
        fds[i].revents = (int16_t)entries[i].ready;
    return found < 0 ? found : found + bad;
}

/* The array is copied in and, but for an error, out again. */
static long poll_user(uint64_t at, unsigned count, uint64_t deadline)
{
    size_t size = count * sizeof(struct pollfd);
    struct pollfd *fds = kmalloc(size + 1);
    struct poll_entry *entries = new_entries(count);
    long result = fds == NULL || entries == NULL ? -ENOMEM : copy_from_user(fds, at, size);
    if (result == 0)
        result = poll_entries(entries, fds, count, deadline);
    if (result >= 0 && copy_to_user(at, fds, size) != 0)
        result = -EFAULT;
    if (entries != NULL)
        free_entries(entries, count);
    kfree(fds);
    return result;
}

long sys_ppoll(long fds, long count, long timeout, long mask, long size)
{
    uint64_t deadline;
    int err = get_deadline((uint64_t)timeout, &deadline);
    if (err == 0)
        err = set_mask((uint64_t)mask, (uint64_t)size);
    if (err != 0)
        return err;
    if ((uint32_t)count > min_u64(process_limit(RLIMIT_NOFILE), MAX_FDS))
        return -EINVAL;
    long result = poll_user((uint64_t)fds, (unsigned)count, deadline);
    put_left((uint64_t)timeout, deadline);
    return signal_restart(result, fds, RESTART_NO_HANDLER);
}

/* --- pselect6 --- */

enum { FOR_READING, FOR_WRITING, FOR_EXCEPTIONS, NSETS };

static const uint32_t set_events[NSETS] = {READ_EVENTS, WRITE_EVENTS, POLLPRI};

/* Three sets of descriptors, a bit for each, as they lie in the user's memory. */
struct select {
    uint64_t at[NSETS]; /* where; 0: there is none */
    unsigned count;     /* descriptors that are looked at */
    uint64_t bits[NSETS][MAX_FDS / 64];
};

static size_t bytes_of(const struct select *s)
{
    return round_up(s->count, 64) / 8;
}

static bool is_in(const struct select *s, unsigned set, unsigned fd)
{
    return s->bits[set][fd / 64] >> fd % 64 & 1;
}

static int get_sets(struct select *s)
{
    int err = 0;
    for (unsigned set = 0; set < NSETS && err == 0; set++)
        if (s->at[set] != 0)
            err = copy_from_user(s->bits[set], s->at[set], bytes_of(s));
    return err;
}

static int put_sets(const struct select *s)
{
    int err = 0;
    for (unsigned set = 0; set < NSETS && err == 0; set++)
        if (s->at[set] != 0)
            err = copy_to_user(s->at[set], s->bits[set], bytes_of(s));
    return err;
}

/* An entry for each descriptor that is in a set, where its number says. 0 or -EBADF. */
static int set_select_entries(struct poll_entry *entries, const struct select *s)
{
    for (unsigned fd = 0; fd < s->count; fd++) {
        uint32_t wanted = 0;
        for (unsigned set = 0; set < NSETS; set++)
            wanted |= is_in(s, set, fd) ? set_events[set] : 0;
        if (wanted != 0 && !set_entry(&entries[fd], (int)fd, wanted))
            return -EBADF;
    }
    return 0;
}

/* Leaves in the sets what is ready; returns how many bits that are. */
static long keep_ready(struct select *s, const struct poll_entry *entries)
{
    long n = 0;
    for (unsigned i = 0; i < NSETS * s->count; i++) {
        unsigned set = i / s->count, fd = i % s->count;
        if (!is_in(s, set, fd))
            continue;
        if (entries[fd].ready & set_events[set])
            n++;
        else
            s->bits[set][fd / 64] &= ~(1UL << fd % 64);
    }
    return n;
}

static long select_entries(struct select *s, struct poll_entry *entries, uint64_t deadline)
{
    int err = set_select_entries(entries, s);
    if (err != 0)
        return err;
    long found = poll_wait(entries, s->count, deadline);
    return found < 0 ? found : keep_ready(s, entries);
}

static long select_user(struct select *s, uint64_t deadline)
{
    int err = get_sets(s);
    if (err != 0)
        return err;
    struct poll_entry *entries = new_entries(s->count);
    if (entries == NULL)
        return -ENOMEM;
    long result = select_entries(s, entries, deadline);
    free_entries(entries, s->count);
    return result >= 0 && put_sets(s) != 0 ? -EFAULT : result;
}

/* The last argument points to a mask and its size, since there is no seventh one. */
static int check_select_mask(uint64_t at)
{
    uint64_t mask_and_size[2] = {0, 0};
    int err = at == 0 ? 0 : copy_from_user(mask_and_size, at, sizeof(mask_and_size));
    return err == 0 ? set_mask(mask_and_size[0], mask_and_size[1]) : err;
}

long sys_pselect6(long count, long in, long out, long except, long timeout, long mask)
{
    uint64_t deadline;
    int err = get_deadline((uint64_t)timeout, &deadline);
    if (err == 0)
        err = check_select_mask((uint64_t)mask);
    if (err == 0 && (int)count < 0)
        err = -EINVAL;
    if (err != 0)
        return err;
    struct select *s = kmalloc(sizeof(*s));
    if (s == NULL)
        return -ENOMEM;
    s->at[FOR_READING] = (uint64_t)in;
    s->at[FOR_WRITING] = (uint64_t)out;
    s->at[FOR_EXCEPTIONS] = (uint64_t)except;
    s->count = (unsigned)min_u64((uint64_t)count, MAX_FDS);
    long result = select_user(s, deadline);
    put_left((uint64_t)timeout, deadline);
    kfree(s);
    return signal_restart(result, count, RESTART_NO_HANDLER);
}
