/*
 * Locks on files: see lock.h.
 *
 * Locks of one owner do not overlap, and those of one type do not touch: they are one. Whoever
 * waits stands in the queue of its file, and in a list of all that wait: a process that is about to
 * wait first looks whether it waits for itself.
 */
#include "fs/lock.h"

#include "abi/errno.h"
#include "fs/file.h"
#include "lib/caps.h"
#include "mm/slab.h"

#define LAST_BYTE INT64_MAX

struct range {
    const void *owner;
    int pid;             /* -1: an open file's */
    int type;            /* F_RDLCK, F_WRLCK; of what is asked for also F_UNLCK */
    int64_t start, last; /* bytes, both included */
};

struct held {
    struct list node;
    struct range range;
};

struct waiting {
    struct list node; /* among all that wait */
    struct file_locks *locks;
    enum lock_kind kind;
    const struct range *want;
    bool seen; /* these two: of the search for a circle that goes on */
    struct waiting *to_be_asked;
};

static struct spinlock lock = SPINLOCK_INIT(RANK_PIPE);
static struct list all_waiting GUARDED_BY(lock) = LIST_INIT(all_waiting);
static struct slab_cache held_cache;

void lock_cache_init(void)
{
    slab_init(&held_cache, "file lock", sizeof(struct held));
}

static struct held *held_of(struct list *node)
{
    return list_entry(node, struct held, node);
}

/* --- Ranges --- */

static bool overlaps(const struct range *a, const struct range *b)
{
    return a->start <= b->last && b->start <= a->last;
}

static bool touches(const struct range *a, const struct range *b)
{
    return overlaps(a, b) || (a->last != LAST_BYTE && a->last + 1 == b->start) ||
           (b->last != LAST_BYTE && b->last + 1 == a->start);
}

static bool conflicts(const struct range *a, const struct range *b)
{
    return a->owner != b->owner && overlaps(a, b) && (a->type == F_WRLCK || b->type == F_WRLCK);
}

/* A change of all makes no parts, so it cannot need more memory than for one lock. */
static bool is_all(const struct range *r)
{
    return r->start == 0 && r->last == LAST_BYTE;
}

/* The first lock that forbids this one; NULL: none. */
static struct held *find_conflict(struct list *held, const struct range *want) REQUIRES(lock)
{
    list_for_each (node, held)
        if (conflicts(&held_of(node)->range, want))
            return held_of(node);
    return NULL;
}

static void insert(struct list *held, struct held *new) REQUIRES(lock)
{
    struct list *before = held->prev;
    while (before != held && held_of(before)->range.start > new->range.start)
        before = before->prev;
    list_insert_after(before, &new->node);
}

/* --- Waiting --- */

/* Puts all on the list that wait for a lock of their own while `owner` holds others. */
static void ask_waiting(const void *owner, struct waiting **to_be_asked) REQUIRES(lock)
{
    list_for_each (node, &all_waiting) {
        struct waiting *w = list_entry(node, struct waiting, node);
        if (w->seen || w->want->owner != owner)
            continue;
        w->seen = true;
        w->to_be_asked = *to_be_asked;
        *to_be_asked = w;
    }
}

/*
 * Whether what `me` waits for is held by one who waits, directly or by way of others, for `me`'s
 * owner. There may be many ways; the search is not endless, since it looks no further than
 * DEADLOCK_STEPS owners.
 */
static bool would_deadlock(struct waiting *me) REQUIRES(lock)
{
    struct waiting *to_be_asked = me;
    unsigned steps = 0;
    list_for_each (node, &all_waiting)
        list_entry(node, struct waiting, node)->seen = false;
    me->to_be_asked = NULL;
    while (to_be_asked != NULL) {
        struct waiting *w = to_be_asked;
        to_be_asked = w->to_be_asked;
        list_for_each (node, &w->locks->held[w->kind]) {
            const struct range *r = &held_of(node)->range;
            if (!conflicts(r, w->want))
                continue;
            if (r->owner == me->want->owner)
                return true;
            if (++steps > DEADLOCK_STEPS)
                return false;
            ask_waiting(r->owner, &to_be_asked);
        }
    }
    return false;
}

/* Waits until nothing forbids it. */
static int wait(struct waiting *me) REQUIRES(lock)
{
    struct list *held = &me->locks->held[me->kind];
    int err = 0;
    while (err == 0 && find_conflict(held, me->want) != NULL) {
        if (me->want->pid >= 0 && would_deadlock(me))
            return -EDEADLK;
        list_push_back(&all_waiting, &me->node);
        err = waitq_sleep_interruptible(&me->locks->waiters, &lock);
        list_remove(&me->node);
    }
    return err;
}

/* --- Changing what is held --- */

static void take_out(struct file_locks *l, struct held *h, struct list *spares) REQUIRES(lock)
{
    list_remove(&h->node);
    list_push_back(spares, &h->node);
    l->count--;
}

static void put_in(struct file_locks *l, struct list *held, struct range range, struct list *spares)
    REQUIRES(lock)
{
    struct held *new = held_of(list_pop_front(spares));
    new->range = range;
    insert(held, new);
    l->count++;
}

/* Leaves of a lock what lies outside of the range: nothing, one part or two. */
static void cut(struct file_locks *l, struct list *held, struct held *h, const struct range *range,
                struct list *spares) REQUIRES(lock)
{
    struct range before = h->range, behind = h->range;
    before.last = range->start - 1;
    behind.start = range->last + (range->last != LAST_BYTE);
    bool has_behind = h->range.last > range->last;
    take_out(l, h, spares);
    if (before.start < range->start)
        put_in(l, held, before, spares);
    if (has_behind)
        put_in(l, held, behind, spares);
}

/* What the owner holds in the range becomes of the range's type. */
static void change(struct file_locks *l, enum lock_kind kind, struct range range,
                   struct list *spares) REQUIRES(lock)
{
    struct list *held = &l->held[kind];
    list_for_each_safe (node, following, held) {
        struct held *h = held_of(node);
        if (h->range.owner != range.owner || !touches(&h->range, &range))
            continue;
        if (h->range.type == range.type) {
            range.start = h->range.start < range.start ? h->range.start : range.start;
            range.last = h->range.last > range.last ? h->range.last : range.last;
            take_out(l, h, spares);
        } else if (overlaps(&h->range, &range)) {
            cut(l, held, h, &range, spares);
        }
    }
    if (range.type != F_UNLCK)
        put_in(l, held, range, spares);
    waitq_wake_all(&l->waiters);
}

static void free_spares(struct list *spares)
{
    struct list *node;
    while ((node = list_pop_front(spares)) != NULL)
        slab_free(&held_cache, held_of(node));
}

/* As many as a change may take: one for a new lock, one for the second part of what is cut. */
static int get_spares(const struct range *want, struct list *spares)
{
    for (unsigned n = (want->type != F_UNLCK) + !is_all(want); n > 0; n--) {
        struct held *h = slab_alloc(&held_cache);
        if (h == NULL) {
            free_spares(spares);
            return -ENOLCK;
        }
        list_push_back(spares, &h->node);
    }
    return 0;
}

/*
 * A whole lock that has to wait is given up first, as on Linux: two that each want to go from
 * shared to exclusive would wait for each other.
 */
static int begin_change(struct waiting *me, bool waits, struct list *spares) REQUIRES(lock)
{
    if (me->locks->count >= MAX_FILE_LOCKS && !is_all(me->want))
        return -ENOLCK;
    if (me->want->type == F_UNLCK)
        return 0;
    if (find_conflict(&me->locks->held[me->kind], me->want) == NULL)
        return 0;
    if (me->kind == LOCK_WHOLE) {
        struct range none = *me->want;
        none.type = F_UNLCK;
        change(me->locks, me->kind, none, spares);
    }
    return waits ? wait(me) : -EAGAIN;
}

static int set(struct file_locks *l, enum lock_kind kind, const struct range *want, bool waits)
{
    struct waiting me = {.locks = l, .kind = kind, .want = want};
    struct list spares = LIST_INIT(spares);
    int err = get_spares(want, &spares);
    if (err != 0)
        return err;
    spin_lock(&lock);
    err = begin_change(&me, waits, &spares);
    if (err == 0)
        change(l, kind, *want, &spares);
    spin_unlock(&lock);
    free_spares(&spares);
    return err;
}

/* The owner knows its own locks; so without the spinlock an empty file is empty of these. */
void lock_release(struct inode *ip, const void *owner)
{
    struct list spares = LIST_INIT(spares);
    if (ip == NULL || __atomic_load_n(&ip->locks.count, __ATOMIC_RELAXED) == 0)
        return;
    struct range all = {.owner = owner, .type = F_UNLCK, .start = 0, .last = LAST_BYTE};
    spin_lock(&lock);
    for (unsigned kind = 0; kind < LOCK_NKINDS; kind++)
        change(&ip->locks, kind, all, &spares);
    spin_unlock(&lock);
    free_spares(&spares);
}

/* --- Requests --- */

/* The bytes that a record means; a negative length lies before l_start. */
static int find_range(const struct file *f, const struct flock *record, struct range *range)
{
    int64_t base = 0, length = record->l_len;
    switch (record->l_whence) {
    case SEEK_SET: break;
    case SEEK_CUR: base = (int64_t)f->offset; break;
    case SEEK_END: base = (int64_t)inode_size(f->inode); break;
    default: return -EINVAL;
    }
    if (__builtin_add_overflow(base, record->l_start, &range->start))
        return -EOVERFLOW;
    if (range->start < 0)
        return -EINVAL;
    range->last = LAST_BYTE;
    if (length > 0 && __builtin_add_overflow(range->start, length - 1, &range->last))
        return -EOVERFLOW;
    if (length < 0) {
        range->last = range->start - 1;
        range->start += length;
    }
    return range->start < 0 ? -EINVAL : 0;
}

static int test(struct file *f, const struct range *want, struct flock *record)
{
    spin_lock(&lock);
    const struct held *h = find_conflict(&f->inode->locks.held[LOCK_RECORD], want);
    struct range found = h == NULL ? (struct range){.type = F_UNLCK} : h->range;
    spin_unlock(&lock);
    record->l_type = (int16_t)found.type;
    if (h == NULL)
        return 0;
    record->l_whence = SEEK_SET;
    record->l_start = found.start;
    record->l_len = found.last == LAST_BYTE ? 0 : found.last - found.start + 1;
    record->l_pid = found.pid;
    return 0;
}

static int check_mode(const struct file *f, int type)
{
    switch (type) {
    case F_RDLCK: return file_is_readable(f) ? 0 : -EBADF;
    case F_WRLCK: return file_is_writable(f) ? 0 : -EBADF;
    case F_UNLCK: return 0;
    default: return -EINVAL;
    }
}

int lock_control(struct file *f, int command, struct flock *record, struct lock_process process)
{
    bool ofd = command == F_OFD_GETLK || command == F_OFD_SETLK || command == F_OFD_SETLKW;
    bool tests = command == F_GETLK || command == F_OFD_GETLK;
    struct range want = {
        .owner = ofd ? f : process.table, .pid = ofd ? -1 : process.pid, .type = record->l_type};
    if (f->inode == NULL || (ofd && record->l_pid != 0))
        return -EINVAL;
    if (tests && want.type != F_RDLCK && want.type != F_WRLCK)
        return -EINVAL;
    int err = find_range(f, record, &want);
    if (err != 0)
        return err;
    if (tests)
        return test(f, &want, record);
    err = check_mode(f, want.type);
    bool waits = command == F_SETLKW || command == F_OFD_SETLKW;
    return err != 0 ? err : set(&f->inode->locks, LOCK_RECORD, &want, waits);
}

int lock_whole(struct file *f, int operation)
{
    struct range want = {.owner = f, .pid = -1, .start = 0, .last = LAST_BYTE};
    switch (operation & ~LOCK_NB) {
    case LOCK_SH: want.type = F_RDLCK; break;
    case LOCK_EX: want.type = F_WRLCK; break;
    case LOCK_UN: want.type = F_UNLCK; break;
    default: return -EINVAL;
    }
    if (f->inode == NULL)
        return -EINVAL;
    return set(&f->inode->locks, LOCK_WHOLE, &want, !(operation & LOCK_NB));
}
