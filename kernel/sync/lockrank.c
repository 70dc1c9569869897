/*
 * The lock-order checks of debug builds. Each thread remembers the ranks it holds; the highest
 * decides what it may take next.
 */
#include "sync/lockrank.h"

#include "sync/self.h"
#include "sync/spinlock.h"

#ifdef QUIRE_DEBUG

void lockrank_acquired(enum lock_rank rank, bool same)
{
    struct held_ranks *held = thread_held_ranks();
    for (unsigned i = 0; i < held->count; i++) {
        KASSERT(held->rank[i] < rank || (same && held->rank[i] == rank),
                "lock order: rank %d is held, %d is taken", held->rank[i], rank);
    }
    lockrank_tried(rank);
}

void lockrank_tried(enum lock_rank rank)
{
    struct held_ranks *held = thread_held_ranks();
    KASSERT(held->count < HELD_RANKS_MAX, "rank %d: too many locks", rank);
    held->rank[held->count++] = (uint8_t)rank;
}

void lockrank_released(enum lock_rank rank)
{
    struct held_ranks *held = thread_held_ranks();
    unsigned i = held->count;
    while (i > 0 && held->rank[i - 1] != rank)
        i--;
    KASSERT(i > 0, "rank %d is released and not held", rank);
    for (held->count--; i <= held->count; i++)
        held->rank[i - 1] = held->rank[i];
}

void lockrank_check_none(void)
{
    struct held_ranks *held = thread_held_ranks();
    for (unsigned i = 0; i < held->count; i++)
        KASSERT(held->rank[i] < RANK_TREE, "spinlock of rank %d is held here", held->rank[i]);
}

#endif
