/*
 * What the lowest layers know of a thread: its registers and where it runs. `struct thread` (see
 * proc/thread.h) begins with it; register tp points to it while the kernel runs, so that "who am I"
 * costs nothing and is right however the thread moves between harts.
 */
#ifndef ARCH_THREAD_H
#define ARCH_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/layout.h"

/*
 * User registers, at the top of the thread's kernel stack: pc, then x1 to x31, as in Linux's
 * user_regs_struct. A trap saves what C code may change; gp, s0 to s11 stay in the registers until
 * something needs to see them (frame_complete, see trap.S).
 */
struct trapframe {
    uint64_t pc;
    uint64_t x[31];            /* x[n - 1] is register xn */
    struct thread_core *owner; /* [const] what tp becomes at a trap */
    uint64_t unused;
};

enum {
    REG_RA = 0,
    REG_SP = 1,
    REG_GP = 2,
    REG_TP = 3,
    REG_A0 = 9,
    REG_A1 = 10,
    REG_A2 = 11,
    REG_A7 = 16
};

/*
 * What a switch saves: the registers that a C function has to keep, and gp, which the kernel does
 * not use and so still holds the user's.
 */
struct context {
    uint64_t ra;
    uint64_t sp;
    uint64_t gp;
    uint64_t s[12];
};

struct fpstate {
    uint64_t f[32];
    uint64_t fcsr;
};

/* Bits of thread_core.work: why a thread may not go back to user mode straight away. */
#define WORK_RESCHEDULE 1 /* its time is up, or a thread woke up that should run */
#define WORK_SIGNAL     2 /* a signal waits for it */

/* The ranks of the locks that a thread holds (sync/lockrank.h); used by debug builds. */
#define HELD_RANKS_MAX 15

struct held_ranks {
    uint8_t rank[HELD_RANKS_MAX];
    uint8_t count;
};

struct thread_core {
    uint64_t work;           /* [atomic] WORK_*: trap.S, offset 0 */
    uint64_t stack;          /* [const] lowest address of the kernel stack: trap.S, offset 8 */
    struct trapframe *frame; /* [const] at the stack's top: trap.S, offset 16 */
    struct context context;  /* [its run queue's lock] switch.S, offset 24 */
    void *const *calls;      /* [owner] its table of system calls: trap.S, offset 144 */
    long traced_call;        /* [owner] the number of the one that sys/trace.c has seen begin */
    unsigned hart;           /* [owner] where it runs, or ran last */
    unsigned fails_in; /* [owner] the so-manyth allocation from now on fails; 0: none, for tests */
    unsigned uses_reserve; /* [owner] not 0: must not wait for memory to be written back */
    struct mm *mm;         /* [owner] its address space; NULL for kernel threads */
    bool takes_no_faults;  /* [owner] user copies end where they would fault: it holds a spinlock */
    bool uses_fp;          /* [owner] it has floating-point state to keep */
    struct fpstate fp;     /* [owner] */
    struct held_ranks held; /* [owner] */
};

_Static_assert(sizeof(struct trapframe) == FRAME_SIZE, "trap.S builds this frame");
_Static_assert(offsetof(struct thread_core, work) == 0, "trap.S");
_Static_assert(offsetof(struct thread_core, stack) == 8, "trap.S");
_Static_assert(offsetof(struct thread_core, frame) == 16, "trap.S");
_Static_assert(offsetof(struct thread_core, context) == 24, "switch.S");
_Static_assert(offsetof(struct thread_core, calls) == 144, "trap.S");

static inline struct thread_core *thread_core_self(void)
{
    struct thread_core *self;
    __asm__("mv %0, tp" : "=r"(self));
    return self;
}

/* The number of the hart that runs this, 0 to nharts - 1: stable until the thread next sleeps. */
static inline unsigned hart_self(void)
{
    return ((volatile struct thread_core *)thread_core_self())->hart;
}

/* Saves the current thread's registers and goes on as `to`, where it last called this. */
void context_switch(struct thread_core *from, struct thread_core *to);

void fp_save(struct fpstate *to);
void fp_load(const struct fpstate *from);

#endif
