/*
 * What signals are made of on each machine: registers in a ucontext_t, instructions that trap, and
 * code that holds values in all registers (arch.c).
 */
#ifndef SIGNALTEST_ARCH_H
#define SIGNALTEST_ARCH_H

#include <signal.h>
#include <stdint.h>

#define HELD_INTEGERS 24
#define HELD_FLOATS   32

/* The registers before, and as they were found after. */
struct held {
    uint64_t integers[HELD_INTEGERS], integers_after[HELD_INTEGERS];
    uint64_t floats[HELD_FLOATS], floats_after[HELD_FLOATS];
    uint32_t control, control_after; /* rounding and flags of floating point */
};

#ifdef __riscv

#define ARCH_INTEGERS        24
#define ARCH_FLOATS          32
#define ARCH_CONTROL         0x20 /* rounds towards zero, no flags */

#define CONTEXT_PC(context)  ((context)->uc_mcontext.__gregs[0])
#define CONTEXT_SP(context)  ((context)->uc_mcontext.__gregs[2])
#define CONTEXT_ONE(context) ((context)->uc_mcontext.__gregs[10])

#define ARCH_TRAP_CODE       1 /* TRAP_BRKPT */
#define ARCH_TRAP_SIZE       4 /* by which the handler has to go on */

/* Goes on as if the function that was called had returned. */
static inline void context_return(ucontext_t *context)
{
    CONTEXT_PC(context) = context->uc_mcontext.__gregs[1];
}

static inline void arch_break_floats(void)
{
    __asm__ volatile("fscsr zero");
    __asm__ volatile(".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,"
                     "26,27,28,29,30,31\n fmv.d.x f\\n, zero\n .endr" ::
                         : "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1",
                           "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7");
}

#else

#define ARCH_INTEGERS        12
#define ARCH_FLOATS          16
#define ARCH_CONTROL         0x7f80 /* rounds towards zero, all exceptions masked, no flags */

#define CONTEXT_PC(context)  ((context)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SP(context)  ((context)->uc_mcontext.gregs[REG_RSP])
#define CONTEXT_ONE(context) ((context)->uc_mcontext.gregs[REG_RAX])

#define ARCH_TRAP_CODE       128 /* SI_KERNEL */
#define ARCH_TRAP_SIZE       0

static inline void context_return(ucontext_t *context)
{
    CONTEXT_PC(context) = *(greg_t *)CONTEXT_SP(context);
    CONTEXT_SP(context) += 8;
}

static inline void arch_break_floats(void)
{
    uint32_t control = 0x1f80;
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    __asm__ volatile(".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n pxor %%xmm\\n, %%xmm\\n\n"
                     ".endr" ::
                         : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
                           "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

#endif

/* The same on both. */
#define ARCH_ILLEGAL_SIZE 2

/* One instruction that is illegal, or a breakpoint; then they return. */
void arch_illegal(void);
void arch_trap(void);

/*
 * Loops, from arch_spin to arch_spin_end, until a signal handler has given CONTEXT_ONE another
 * value than 0, and returns that.
 */
unsigned long arch_spin(void);
extern const char arch_spin_end[];

/* Puts the values into registers, loops until the word is not 0, and stores the registers. */
void arch_hold(struct held *held, const volatile int *word);

/*
 * A system call with the stack pointer elsewhere; -1 comes back if it failed. rt_sigreturn finds
 * its frame there.
 */
long arch_sigreturn_at(void *sp);

/* Stores through a stack pointer that points there. */
void arch_push_at(void *sp);

/* Runs a function with a stack that ends there. */
void arch_call_on(void *top, void (*run)(void));

#endif
