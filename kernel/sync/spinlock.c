/* The slow half of spinlocks: see spinlock.h. */
#include "sync/spinlock.h"

#include "arch/timer.h"
#include "sync/self.h"

#define LONG_WAIT  8192 /* looks at the lock; holders need fewer instructions */
#define TURN_TICKS 1000

/*
 * On real harts the holder goes on while we look. An emulator that runs the harts in turn may leave
 * the holder without a turn: QEMU 7.2 with -icount gives all time up to the next alarm to the first
 * hart that wants it, then again. That the alarms change ends our turn, so we set one. It comes
 * early, and who serves it sets the right one.
 */
static void end_turn(void)
{
    timer_set(timer_now() + TURN_TICKS);
}

void spinlock_wait(const struct spinlock *l)
{
    unsigned looks = 0;
    while (__atomic_load_n(&l->held, __ATOMIC_RELAXED) != 0) {
        cpu_pause();
        if (++looks % LONG_WAIT == 0)
            end_turn();
    }
}
