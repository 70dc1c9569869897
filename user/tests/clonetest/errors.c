/* clone(2) with flags and addresses that make no sense. */
#include "tests.h"

static int never_runs(void *unused)
{
    RAW(SYS_exit_group, 55);
    return 0;
}

static long try_flags(unsigned long flags)
{
    struct cloning cloning = {.flags = flags,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = never_runs};
    return raw_clone(&cloning);
}

#ifndef CLONE_NEWNS
#define CLONE_NEWNS 0x00020000
#endif

void flag_errors(void)
{
    NEEDS_THREADS();
    CHECK(try_flags(CLONE_THREAD) == -EINVAL, "a thread without shared handlers");
    CHECK(try_flags(CLONE_THREAD | CLONE_SIGHAND) == -EINVAL, "and without shared memory");
    CHECK(try_flags(CLONE_THREAD | CLONE_VM) == -EINVAL, "memory, no handlers");
    CHECK(try_flags(CLONE_SIGHAND | SIGCHLD) == -EINVAL, "shared handlers without memory");
    CHECK(try_flags(CLONE_NEWNS | CLONE_FS | SIGCHLD) == -EINVAL, "two that exclude each other");
    CHECK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "no child comes of it");
}

static volatile int go;

static int ends_at_once(void *unused)
{
    return 0;
}

/* A thread whose words cannot be stored lives without them. */
static void has_bad_words(void *at)
{
    struct cloning cloning = {.flags = THREAD_FLAGS | CLONE_CHILD_SETTID,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = thread_sleeps,
                              .argument = (void *)&go,
                              .parent_tid = at,
                              .child_tid = at};
    long tid = raw_clone(&cloning);
    CHECK(tid > 0, "a thread: %ld", tid);
    release(&go);
    while (RAW(SYS_tgkill, getpid(), tid, 0) == 0)
        raw_yield();
}

static long at_nowhere(void *stack_end)
{
    register long result;
#ifdef __riscv
    register long a0 __asm__("a0") = THREAD_FLAGS & ~CLONE_PARENT_SETTID & ~CLONE_CHILD_CLEARTID;
    register long a1 __asm__("a1") = (long)stack_end, a2 __asm__("a2") = 0, a3 __asm__("a3") = 0;
    register long a4 __asm__("a4") = 0, a7 __asm__("a7") = SYS_clone;
    __asm__ volatile("ecall\nbnez a0, 1f\nsd zero, -8(sp)\nld zero, 0(sp)\n1:"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a7)
                     : "memory");
    result = a0;
#else
    __asm__ volatile("syscall\ntest %%rax, %%rax\njnz 1f\npush %%rax\npop %%rax\n1:"
                     : "=a"(result)
                     : "a"(SYS_clone),
                       "D"(THREAD_FLAGS & ~CLONE_PARENT_SETTID & ~CLONE_CHILD_CLEARTID),
                       "S"(stack_end), "d"(0)
                     : "rcx", "r8", "r10", "r11", "memory");
#endif
    return result;
}

/* Its first store ends the process. */
static void has_no_stack(void *stack_end)
{
    CHECK(at_nowhere(stack_end) > 0, "a thread without a stack");
    for (;;)
        pause();
}

void bad_addresses(void)
{
    NEEDS_THREADS();
    uint8_t *nowhere = empty_range(2 * PAGE), *constant = map(PAGE, PROT_READ, ANON, -1, 0);
    CHECK(finish(start(has_bad_words, nowhere)), "words that are not there");
    CHECK(finish(start(has_bad_words, constant)), "words that cannot be stored to");
    CHECK(finish(start(has_bad_words, (void *)0xffffffff80000000)), "words of the kernel");
    CHECK(signal_of(has_no_stack, nowhere + PAGE) == SIGSEGV, "a stack that is not there");
    CHECK(signal_of(has_no_stack, constant + PAGE) == SIGSEGV, "one that cannot be stored to");
    struct thread thread;
    thread_start(&thread, ends_at_once, NULL);
    thread_join(&thread);
}
