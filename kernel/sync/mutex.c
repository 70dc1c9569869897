/* Sleeping locks: see mutex.h. */
#include "sync/mutex.h"

void mutex_init(struct mutex *m, enum lock_rank rank)
{
    spinlock_init(&m->guard, RANK_WAIT);
    m->rank = rank;
    m->holder = NULL;
    waitq_init(&m->waiters);
}

static void lock_ranked(struct mutex *m, bool same)
{
    spin_lock(&m->guard);
    KASSERT(m->holder != thread_self(), "mutex of rank %u is locked twice", m->rank);
    while (m->holder != NULL)
        waitq_sleep(&m->waiters, &m->guard);
    m->holder = thread_self();
    spin_unlock(&m->guard);
    lockrank_acquired((enum lock_rank)m->rank, same);
}

void mutex_lock(struct mutex *m) UNCHECKED_LOCKING
{
    lock_ranked(m, false);
}

void mutex_lock_second(struct mutex *m) UNCHECKED_LOCKING
{
    lock_ranked(m, true);
}

bool mutex_try_lock(struct mutex *m) UNCHECKED_LOCKING
{
    spin_lock(&m->guard);
    bool mine = m->holder == NULL;
    if (mine)
        m->holder = thread_self();
    spin_unlock(&m->guard);
    if (mine)
        lockrank_tried((enum lock_rank)m->rank);
    return mine;
}

void mutex_unlock(struct mutex *m) UNCHECKED_LOCKING
{
    lockrank_released((enum lock_rank)m->rank);
    spin_lock(&m->guard);
    KASSERT(m->holder == thread_self(), "mutex of rank %u is another thread's", m->rank);
    m->holder = NULL;
    waitq_wake_one(&m->waiters);
    spin_unlock(&m->guard);
}

void rwlock_init(struct rwlock *l, enum lock_rank rank)
{
    l->state = 0;
    l->rank = rank;
    spinlock_init(&l->guard, RANK_WAIT);
    waitq_init(&l->readers);
    waitq_init(&l->writers);
    waitq_init(&l->drain);
}

static uint32_t state_of(const struct rwlock *l)
{
    return __atomic_load_n(&l->state, __ATOMIC_RELAXED);
}

/*
 * Whether there is a writer. If so it finds RWLOCK_WAITED when it leaves and comes for the guard,
 * which the caller holds until it sleeps. The mark may stay without need: then the next writer
 * takes the slow ways.
 */
static bool waits_for_writer(struct rwlock *l)
{
    return (__atomic_fetch_or(&l->state, RWLOCK_WAITED, __ATOMIC_RELAXED) & RWLOCK_WRITER) != 0;
}

/* A reader has counted itself in and found a writer: it steps back and waits for the writer's end.
 */
void rwlock_read_slow(struct rwlock *l)
{
    spin_lock(&l->guard);
    if (state_of(l) & RWLOCK_WRITER) {
        __atomic_fetch_sub(&l->state, RWLOCK_READER, __ATOMIC_RELAXED);
        waitq_wake_one(&l->drain);
        while (waits_for_writer(l))
            waitq_sleep(&l->readers, &l->guard);
        __atomic_fetch_add(&l->state, RWLOCK_READER, __ATOMIC_ACQUIRE);
    }
    spin_unlock(&l->guard);
}

/* The last reader has left while a writer waits. */
void rwlock_read_wake(struct rwlock *l)
{
    spin_lock(&l->guard);
    waitq_wake_one(&l->drain);
    spin_unlock(&l->guard);
}

/* Others are there: first the writer's place is taken, then the readers have to leave. */
void rwlock_write_slow(struct rwlock *l)
{
    uint32_t claim = RWLOCK_WRITER | RWLOCK_WAITED;
    spin_lock(&l->guard);
    while (__atomic_fetch_or(&l->state, claim, __ATOMIC_ACQUIRE) & RWLOCK_WRITER)
        waitq_sleep(&l->writers, &l->guard);
    while (state_of(l) >= RWLOCK_READER)
        waitq_sleep(&l->drain, &l->guard);
    spin_unlock(&l->guard);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
}

/* The writer leaves and others may wait for that. */
void rwlock_write_wake(struct rwlock *l)
{
    spin_lock(&l->guard);
    __atomic_fetch_and(&l->state, ~(RWLOCK_WRITER | RWLOCK_WAITED), __ATOMIC_RELEASE);
    waitq_wake_all(&l->readers);
    waitq_wake_one(&l->writers);
    spin_unlock(&l->guard);
}
