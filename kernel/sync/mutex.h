/*
 * Sleeping locks. The holder may sleep and do I/O. A mutex has one holder; an rwlock has one writer
 * or any number of readers, and a waiting writer goes before new readers.
 */
#ifndef SYNC_MUTEX_H
#define SYNC_MUTEX_H

#include "sync/self.h"
#include "sync/waitq.h"

struct CAPABILITY("mutex") mutex {
    struct spinlock guard; /* of what follows */
    uint32_t rank;         /* [const] enum lock_rank */
    struct thread *holder;
    struct waitq waiters;
};

void mutex_init(struct mutex *m, enum lock_rank rank);
void mutex_lock(struct mutex *m) ACQUIRES(m);
void mutex_lock_second(struct mutex *m) ACQUIRES(m); /* of an equal rank: see lockrank.h */
bool mutex_try_lock(struct mutex *m) TRY_ACQUIRES(true, m);
void mutex_unlock(struct mutex *m) RELEASES(m);

static inline bool mutex_is_mine(const struct mutex *m)
{
    return m->holder == thread_self();
}

struct CAPABILITY("rwlock") rwlock {
    uint32_t state; /* [atomic] RWLOCK_READER for each reader, and RWLOCK_* */
    uint32_t rank;  /* [const] */
    struct spinlock guard;
    struct waitq readers; /* [guard] */
    struct waitq writers; /* [guard] */
    struct waitq drain;   /* [guard] the writer that waits for the last reader */
};

#define RWLOCK_WRITER 1u /* held for writing, or about to be when the readers have left */
#define RWLOCK_WAITED 2u /* readers or writers may be asleep until the writer leaves */
#define RWLOCK_READER 4u

void rwlock_init(struct rwlock *l, enum lock_rank rank);

void rwlock_read_slow(struct rwlock *l);
void rwlock_read_wake(struct rwlock *l);
void rwlock_write_slow(struct rwlock *l);
void rwlock_write_wake(struct rwlock *l);

static inline void rwlock_read_lock(struct rwlock *l) ACQUIRES_SHARED(l) UNCHECKED_LOCKING
{
    uint32_t before = __atomic_fetch_add(&l->state, RWLOCK_READER, __ATOMIC_ACQUIRE);
    if (unlikely(before & RWLOCK_WRITER))
        rwlock_read_slow(l);
    lockrank_acquired((enum lock_rank)l->rank, false);
}

static inline void rwlock_read_unlock(struct rwlock *l) RELEASES_SHARED(l) UNCHECKED_LOCKING
{
    lockrank_released((enum lock_rank)l->rank);
    uint32_t before = __atomic_fetch_sub(&l->state, RWLOCK_READER, __ATOMIC_RELEASE);
    if (unlikely((before & ~RWLOCK_WAITED) == (RWLOCK_READER | RWLOCK_WRITER)))
        rwlock_read_wake(l);
}

static inline void rwlock_write_raw(struct rwlock *l)
{
    uint32_t nobody = 0;
    if (unlikely(!__atomic_compare_exchange_n(&l->state, &nobody, RWLOCK_WRITER, false,
                                              __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
        rwlock_write_slow(l);
}

static inline void rwlock_write_lock(struct rwlock *l) ACQUIRES(l) UNCHECKED_LOCKING
{
    rwlock_write_raw(l);
    lockrank_acquired((enum lock_rank)l->rank, false);
}

/* A second one of an equal rank: see lockrank.h. */
static inline void rwlock_write_lock_second(struct rwlock *l) ACQUIRES(l) UNCHECKED_LOCKING
{
    rwlock_write_raw(l);
    lockrank_acquired((enum lock_rank)l->rank, true);
}

static inline void rwlock_write_unlock(struct rwlock *l) RELEASES(l) UNCHECKED_LOCKING
{
    uint32_t alone = RWLOCK_WRITER;
    lockrank_released((enum lock_rank)l->rank);
    if (unlikely(!__atomic_compare_exchange_n(&l->state, &alone, 0, false, __ATOMIC_RELEASE,
                                              __ATOMIC_RELAXED)))
        rwlock_write_wake(l);
}

static inline bool rwlock_has_writer(const struct rwlock *l)
{
    return (l->state & RWLOCK_WRITER) != 0;
}

static inline void rwlock_check_read_held(const struct rwlock *l) ASSERTS_HELD_SHARED(l)
{
    DEBUG_ASSERT(l->state >= RWLOCK_READER, "rank %u", l->rank);
}

static inline void rwlock_check_write_held(const struct rwlock *l) ASSERTS_HELD(l)
{
    DEBUG_ASSERT(rwlock_has_writer(l), "rank %u", l->rank);
}

#endif
