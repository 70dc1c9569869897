/*
 * The scheduler: a queue of runnable threads for each hart, served in turn; an idle hart takes work
 * from the others' queues.
 *
 * The kernel itself is not preempted: a thread gives up its hart when it parks, when it is about to
 * return to user mode and its time is up (user_work), or at sched_relax. So what a hart has to
 * itself needs no lock, and interrupts can stay off in the kernel altogether.
 *
 * A switch happens with the queue's lock held; the next thread releases it. So whoever gets a
 * queue's lock finds its PARKED and READY threads off their stacks.
 */
#ifndef PROC_SCHED_H
#define PROC_SCHED_H

#include <stdint.h>

#include "lib/assert.h"
#include "sync/sched.h"

struct thread;

void sched_init(void);

/* Makes the code that calls it, on its boot stack, this hart's idle thread. */
void sched_adopt_idle(struct thread *idle, unsigned hart);

/* What a hart does when it has nothing to do, for ever. */
NORETURN void sched_idle(void);

/* Lets other threads of this hart run, if there are any. */
void sched_yield(void);

/* Interrupts: the timer's, and another hart's wish that this one looks at its queue. */
void sched_timer_interrupt(void);
void sched_kick_interrupt(void);

/*
 * Stops all other harts in user mode, idle, or at a named point, none of them with a spinlock; and
 * lets them go on. For the audit. One stopper at a time.
 */
void sched_stop_others(void);
void sched_resume_others(void);

/* Harts that run the scheduler: bit n for hart n. */
uint64_t sched_harts(void);

/* Instructions from reset until the first process began; of the hart that it began on. */
uint64_t sched_boot_instructions(void);

/* What this hart's instret counted while the hart waited: QEMU's goes on then. */
uint64_t sched_slept(void);

#endif
