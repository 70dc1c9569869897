/*
 * Spinlocks: for short stretches between harts. The holder does not sleep. Interrupts are off in
 * the kernel except at named points where no spinlock is held, so an interrupt handler never meets
 * a lock that its own hart holds.
 */
#ifndef SYNC_SPINLOCK_H
#define SYNC_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/assert.h"
#include "sync/contract.h"
#include "sync/lockrank.h"

struct CAPABILITY("spinlock") spinlock {
    uint32_t held; /* [atomic] 0 or 1 */
    uint32_t rank; /* [const] enum lock_rank */
};

#define SPINLOCK_INIT(rank) \
    {                       \
        0, (rank)           \
    }

static inline void spinlock_init(struct spinlock *l, enum lock_rank rank)
{
    l->held = 0;
    l->rank = rank;
}

/* Waits until the lock looks free. */
void spinlock_wait(const struct spinlock *l);

/* Order checks of debug builds: see lockrank.h. `same` allows an equal rank. */
#ifdef QUIRE_DEBUG
void lockrank_acquired(enum lock_rank rank, bool same);
void lockrank_tried(enum lock_rank rank); /* taken without waiting: no order to keep */
void lockrank_released(enum lock_rank rank);
void lockrank_check_none(void);
#else
static inline void lockrank_acquired(enum lock_rank rank, bool same)
{
}
static inline void lockrank_tried(enum lock_rank rank)
{
}
static inline void lockrank_released(enum lock_rank rank)
{
}
static inline void lockrank_check_none(void)
{
}
#endif

static inline void spin_lock_raw(struct spinlock *l)
{
    while (unlikely(__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE) != 0))
        spinlock_wait(l);
}

static inline void spin_lock(struct spinlock *l) ACQUIRES(l) UNCHECKED_LOCKING
{
    spin_lock_raw(l);
    lockrank_acquired((enum lock_rank)l->rank, false);
}

/* Takes a second lock of a rank that has an order of its own (see lockrank.h). */
static inline void spin_lock_second(struct spinlock *l) ACQUIRES(l) UNCHECKED_LOCKING
{
    spin_lock_raw(l);
    lockrank_acquired((enum lock_rank)l->rank, true);
}

static inline bool spin_try_lock(struct spinlock *l) TRY_ACQUIRES(true, l) UNCHECKED_LOCKING
{
    if (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE) != 0)
        return false;
    lockrank_tried((enum lock_rank)l->rank);
    return true;
}

static inline void spin_unlock(struct spinlock *l) RELEASES(l) UNCHECKED_LOCKING
{
    DEBUG_ASSERT(l->held == 1, "rank %u", l->rank);
    lockrank_released((enum lock_rank)l->rank);
    __atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

static inline void spin_check_held(const struct spinlock *l) ASSERTS_HELD(l)
{
    DEBUG_ASSERT(l->held == 1, "rank %u", l->rank);
}

#endif
