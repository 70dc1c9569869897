/*
 * Threads by clone(2) alone: a function on a mapped stack, and a word that is the thread's number
 * while it lives. Such a thread shares its maker's thread pointer, and so errno: it calls the
 * kernel by RAW and leaves the C library and CHECK alone.
 */
#ifndef CLONETEST_THREAD_H
#define CLONETEST_THREAD_H

#include "raw.h"

#include <sched.h>

#define THREAD_STACK (4 * PAGE)

#define THREAD_FLAGS                                                                    \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
     CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/* What clone(2) takes; the function's result is the thread's exit status. */
struct cloning {
    unsigned long flags;
    uint8_t *stack_end; /* aligned to 16 bytes */
    int (*run)(void *);
    void *argument;
    volatile int *parent_tid, *child_tid;
    void *tls;
};

struct thread {
    volatile int tid; /* 0 once it has ended */
    uint8_t *stack;
};

/* The child finds its function on its stack, and never comes back out of the assembly. */
#ifdef __riscv
static inline long raw_clone(const struct cloning *c)
{
    void **stack = (void **)(void *)c->stack_end - 2;
    stack[0] = (void *)(uintptr_t)c->run;
    stack[1] = c->argument;
    register long a0 __asm__("a0") = (long)c->flags, a1 __asm__("a1") = (long)stack;
    register long a2 __asm__("a2") = (long)c->parent_tid, a3 __asm__("a3") = (long)c->tls;
    register long a4 __asm__("a4") = (long)c->child_tid, a7 __asm__("a7") = SYS_clone;
    __asm__ volatile("ecall\n"
                     "bnez a0, 1f\n"
                     "ld t0, 0(sp)\n"
                     "ld a0, 8(sp)\n"
                     "addi sp, sp, 16\n"
                     "jalr t0\n"
                     "li a7, 93\n"
                     "ecall\n"
                     "1:"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7)
                     : "memory");
    return a0;
}
#else
static inline long raw_clone(const struct cloning *c)
{
    void **stack = (void **)(void *)c->stack_end - 2;
    long result;
    stack[0] = (void *)(uintptr_t)c->run;
    stack[1] = c->argument;
    register long r10 __asm__("r10") = (long)c->child_tid, r8 __asm__("r8") = (long)c->tls;
    __asm__ volatile("syscall\n"
                     "test %%rax, %%rax\n"
                     "jnz 1f\n"
                     "pop %%rax\n"
                     "pop %%rdi\n"
                     "call *%%rax\n"
                     "mov %%eax, %%edi\n"
                     "mov $60, %%eax\n"
                     "syscall\n"
                     "1:"
                     : "=a"(result)
                     : "a"(SYS_clone), "D"(c->flags), "S"(stack), "d"(c->parent_tid), "r"(r10),
                       "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}
#endif

/* A negative errno or the thread's number. */
static inline long thread_try(struct thread *thread, int (*run)(void *), void *argument)
{
    thread->stack = map(THREAD_STACK, RW, ANON, -1, 0);
    struct cloning cloning = {.flags = THREAD_FLAGS,
                              .stack_end = thread->stack + THREAD_STACK,
                              .run = run,
                              .argument = argument,
                              .parent_tid = &thread->tid,
                              .child_tid = &thread->tid};
    return raw_clone(&cloning);
}

static inline void thread_start(struct thread *thread, int (*run)(void *), void *argument)
{
    long tid = thread_try(thread, run, argument);
    MUST(tid > 0, "a thread: %ld", tid);
}

static inline bool thread_has_ended(const struct thread *thread)
{
    return get(&thread->tid) == 0;
}

/* Waits for the thread's end, and frees its stack. */
static inline void thread_join(struct thread *thread)
{
    for (int tid; (tid = get(&thread->tid)) != 0;)
        wait_word(&thread->tid, tid, WAIT);
    munmap(thread->stack, THREAD_STACK);
}

static inline int thread_of_nothing(void *unused)
{
    return 0;
}

/* Leaves the test where there are no threads yet: clone(2) takes their flags for nonsense. */
#define NEEDS_THREADS()                                              \
    do {                                                             \
        static struct thread probe_;                                 \
        NEEDS_FUTEX();                                               \
        long tid_ = thread_try(&probe_, thread_of_nothing, NULL);    \
        if (tid_ == -ENOSYS || (tid_ == -EINVAL && test_on_quire())) \
            SKIP("there are no threads");                            \
        MUST(tid_ > 0, "a thread: %ld", tid_);                       \
        thread_join(&probe_);                                        \
    } while (0)

#endif
