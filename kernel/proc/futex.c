/* Futexes: see futex.h. */
#include "proc/futex.h"

#include "abi/errno.h"
#include "arch/usercopy.h"
#include "lib/util.h"
#include "mm/usercopy.h"
#include "mm/vma.h"
#include "proc/proc.h"
#include "sync/sched.h"

#define BUCKETS    64
#define ROBUST_MAX 2048 /* nodes of a robust list that are looked at: it may be a ring */

struct key {
    const void *space;     /* an object or an address space */
    uint64_t place;        /* byte offset in it */
    struct object *object; /* referenced while the key is in use; NULL: an address space */
};

static struct bucket {
    struct spinlock lock;
    struct list waiters; /* [lock] struct waiter */
} buckets[BUCKETS];

struct waiter {
    struct list node;      /* [bucket->lock] */
    struct bucket *bucket; /* [its lock] changed by futex_requeue */
    struct key key;        /* [bucket->lock] */
    uint32_t bits;
    bool woken; /* [bucket->lock to change] */
    struct thread *thread;
};

void futex_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++) {
        spinlock_init(&buckets[i].lock, RANK_FUTEX);
        list_init(&buckets[i].waiters);
    }
}

/* --- Places --- */

static int get_key(struct futex_word word, struct key *key)
{
    struct mm *mm = thread_core_self()->mm;
    if (word.address % sizeof(uint32_t) != 0)
        return -EINVAL;
    if (!user_range_is_valid(word.address, sizeof(uint32_t)))
        return -EFAULT;
    *key = (struct key){mm, word.address, NULL};
    if (word.private)
        return 0;
    rwlock_read_lock(&mm->lock);
    const struct vma *vma = vma_find(mm, word.address);
    bool there = vma != NULL && vma->start <= word.address && vma->prot != PROT_NONE;
    if (there && (vma->flags & VMA_SHARED) && vma->object != NULL) {
        struct object *o = vma->object;
        uint64_t index = vma_index(vma, word.address);
        there = index < object_end_index(o);
        if (there) {
            *key = (struct key){o, index * PAGE_SIZE + word.address % PAGE_SIZE, o};
            object_get(o);
        }
    }
    rwlock_read_unlock(&mm->lock);
    return there ? 0 : -EFAULT;
}

static void put_key(struct key *key)
{
    if (key->object != NULL)
        object_put(key->object);
}

static bool same_place(const struct key *a, const struct key *b)
{
    return a->space == b->space && a->place == b->place;
}

static struct bucket *bucket_of(const struct key *key)
{
    uint64_t hash = ((uintptr_t)key->space >> 4) + (key->place >> 2);
    return &buckets[(hash ^ hash >> 6 ^ hash >> 12) % BUCKETS];
}

/* The word's value without serving a fault, for use under a spinlock. */
static bool peek(uint64_t address, uint32_t *value)
{
    struct thread_core *self = thread_core_self();
    self->takes_no_faults = true;
    bool got = arch_user_copy(value, (const void *)address, sizeof(*value)) == 0;
    self->takes_no_faults = false;
    return got;
}

/*
 * Locks the key's bucket with the word's value read under the lock. A page that is not there is
 * brought in without it. 0 or -EFAULT.
 */
static int lock_and_read(struct bucket *b, uint64_t address, uint32_t *value) UNCHECKED_LOCKING
{
    for (;;) {
        spin_lock(&b->lock);
        if (peek(address, value))
            return 0;
        spin_unlock(&b->lock);
        if (copy_from_user(value, address, sizeof(*value)) != 0)
            return -EFAULT;
    }
}

/* --- Waiting --- */

static struct bucket *lock_bucket_of(struct waiter *w) UNCHECKED_LOCKING
{
    for (;;) {
        struct bucket *b = __atomic_load_n(&w->bucket, __ATOMIC_RELAXED);
        spin_lock(&b->lock);
        if (b == w->bucket)
            return b;
        spin_unlock(&b->lock);
    }
}

static int sleep_until_woken(const struct waiter *w, uint64_t deadline_ns)
{
    while (!__atomic_load_n(&w->woken, __ATOMIC_ACQUIRE)) {
        if (thread_is_interrupted())
            return -EINTR;
        if (deadline_ns != TIME_NEVER && clock_monotonic_ns() >= deadline_ns)
            return -ETIMEDOUT;
        thread_park(deadline_ns);
    }
    return 0;
}

/* Whoever wakes a waiter holds the bucket's lock until it is done with it: so does the waiter. */
static int wait(struct waiter *w, uint64_t deadline_ns) UNCHECKED_LOCKING
{
    int err = sleep_until_woken(w, deadline_ns);
    struct bucket *b = lock_bucket_of(w);
    if (w->woken)
        err = 0;
    else
        list_remove(&w->node);
    spin_unlock(&b->lock);
    return err;
}

int futex_wait(struct futex_word word, uint32_t value, uint64_t deadline_ns,
               uint32_t bits) UNCHECKED_LOCKING
{
    struct waiter w = {.bits = bits, .thread = thread_current()};
    uint32_t now;
    if (bits == 0)
        return -EINVAL;
    int err = get_key(word, &w.key);
    if (err != 0)
        return err;
    struct bucket *b = w.bucket = bucket_of(&w.key);
    err = lock_and_read(b, word.address, &now);
    if (err == 0 && now != value) {
        spin_unlock(&b->lock);
        err = -EAGAIN;
    } else if (err == 0) {
        list_push_back(&b->waiters, &w.node);
        spin_unlock(&b->lock);
        err = wait(&w, deadline_ns);
    }
    put_key(&w.key);
    return err;
}

/* --- Waking --- */

static void wake(struct waiter *w) REQUIRES(w->bucket->lock)
{
    list_remove(&w->node);
    __atomic_store_n(&w->woken, true, __ATOMIC_RELEASE);
    thread_unpark(w->thread);
}

static int wake_in(struct bucket *b, const struct key *key, int count, uint32_t bits)
    REQUIRES(b->lock)
{
    int woken = 0;
    list_for_each_safe (node, next, &b->waiters) {
        struct waiter *w = list_entry(node, struct waiter, node);
        if (woken >= count)
            break;
        if (!same_place(&w->key, key) || !(w->bits & bits))
            continue;
        spin_check_held(&w->bucket->lock);
        wake(w);
        woken++;
    }
    return woken;
}

int futex_wake(struct futex_word word, int count, uint32_t bits)
{
    struct key key;
    if (bits == 0)
        return -EINVAL;
    int err = get_key(word, &key);
    if (err != 0)
        return err;
    struct bucket *b = bucket_of(&key);
    spin_lock(&b->lock);
    int woken = wake_in(b, &key, count, bits);
    spin_unlock(&b->lock);
    put_key(&key);
    return woken;
}

/* Two buckets, which may be one, by address; the first with the word read. */
static int lock_both(struct bucket *from, struct bucket *to, uint64_t address,
                     uint32_t *value) UNCHECKED_LOCKING
{
    for (;;) {
        struct bucket *low = from < to ? from : to, *high = from < to ? to : from;
        spin_lock(&low->lock);
        if (high != low)
            spin_lock_second(&high->lock);
        if (peek(address, value))
            return 0;
        if (high != low)
            spin_unlock(&high->lock);
        spin_unlock(&low->lock);
        if (copy_from_user(value, address, sizeof(*value)) != 0)
            return -EFAULT;
    }
}

/* A waiter goes on waiting at another place; the key's reference is exchanged. */
static void move(struct waiter *w, struct bucket *to, const struct key *key)
{
    struct object *before = w->key.object;
    list_remove(&w->node);
    w->key = *key;
    if (key->object != NULL)
        object_get(key->object);
    __atomic_store_n(&w->bucket, to, __ATOMIC_RELAXED);
    list_push_back(&to->waiters, &w->node);
    if (before != NULL)
        object_put(before); /* not the last reference: the caller has one */
}

static int move_some(struct bucket *from, struct bucket *to, const struct key keys[2], int count)
{
    int moved = 0;
    list_for_each_safe (node, next, &from->waiters) {
        struct waiter *w = list_entry(node, struct waiter, node);
        if (moved >= count)
            break;
        if (!same_place(&w->key, &keys[0]))
            continue;
        move(w, to, &keys[1]);
        moved++;
    }
    return moved;
}

static int requeue(const struct futex_requeue *r, const struct key keys[2]) UNCHECKED_LOCKING
{
    struct bucket *from = bucket_of(&keys[0]), *to = bucket_of(&keys[1]);
    uint32_t value;
    int result = lock_both(from, to, r->from.address, &value);
    if (result != 0)
        return result;
    if (r->expected != NULL && value != *r->expected)
        result = -EAGAIN;
    else
        result = wake_in(from, &keys[0], r->wake, FUTEX_BITSET_MATCH_ANY);
    if (result >= 0 && !same_place(&keys[0], &keys[1]))
        result += move_some(from, to, keys, r->move);
    spin_unlock(&from->lock);
    if (to != from)
        spin_unlock(&to->lock);
    return result;
}

int futex_requeue(const struct futex_requeue *r)
{
    struct key keys[2];
    if (r->wake < 0 || r->move < 0)
        return -EINVAL;
    int result = get_key(r->from, &keys[0]);
    if (result != 0)
        return result;
    result = get_key(r->to, &keys[1]);
    if (result == 0) {
        result = requeue(r, keys);
        put_key(&keys[1]);
    }
    put_key(&keys[0]);
    return result;
}

/* --- The end of a thread --- */

/* A lock that a dying thread may hold: its word says so, and one waiter is woken to see it. */
static void give_up_lock(int tid, uint64_t address)
{
    uint32_t value;
    if (address % sizeof(value) != 0 || copy_from_user(&value, address, sizeof(value)) != 0)
        return;
    while ((int)(value & FUTEX_TID_MASK) == tid) {
        uint32_t after = (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
        int64_t seen = arch_user_compare_swap((uint32_t *)address, value, after);
        if (seen == value && (value & FUTEX_WAITERS))
            futex_wake((struct futex_word){address, false}, 1, FUTEX_BITSET_MATCH_ANY);
        if (seen < 0 || seen == value)
            return;
        value = (uint32_t)seen;
    }
}

/* It may have freed the lock and died before it could wake anybody. */
static void wake_of_pending(uint64_t address)
{
    uint32_t value;
    if (address % sizeof(value) == 0 && copy_from_user(&value, address, sizeof(value)) == 0 &&
        value == 0)
        futex_wake((struct futex_word){address, false}, 1, FUTEX_BITSET_MATCH_ANY);
}

/* The list is the user's: any of it may be missing, wrong, or go round in a circle. */
static void give_up_locks(const struct thread *t)
{
    struct robust_list_head head;
    uint64_t end = t->robust_list, at, next;
    if (copy_from_user(&head, end, sizeof(head)) != 0)
        return;
    uint64_t offset = (uint64_t)head.futex_offset, pending = (uint64_t)head.list_op_pending;
    at = (uint64_t)head.list.next;
    for (unsigned i = 0; at != end && i < ROBUST_MAX; i++, at = next) {
        bool more = copy_from_user(&next, at, sizeof(next)) == 0;
        if (at != pending)
            give_up_lock(t->tid, at + offset);
        if (!more)
            break;
        sched_relax();
    }
    if (pending != 0) {
        give_up_lock(t->tid, pending + offset);
        wake_of_pending(pending + offset);
    }
}

void futex_thread_exit(struct thread *t)
{
    uint32_t zero = 0;
    if (t->robust_list != 0)
        give_up_locks(t);
    bool shared = __atomic_load_n(&t->core.mm->refs, __ATOMIC_RELAXED) > 1 || t->proc->nthreads > 1;
    if (t->clear_tid_at == 0 || !shared)
        return;
    if (copy_to_user(t->clear_tid_at, &zero, sizeof(zero)) == 0)
        futex_wake((struct futex_word){t->clear_tid_at, false}, 1, FUTEX_BITSET_MATCH_ANY);
}
