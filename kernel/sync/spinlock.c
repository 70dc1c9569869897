/* The slow half of spinlocks: see spinlock.h. */
#include "sync/spinlock.h"

#include "sync/self.h"

void spinlock_wait(const struct spinlock *l)
{
    while (__atomic_load_n(&l->held, __ATOMIC_RELAXED) != 0)
        cpu_pause();
}
