/*
 * Faults that a program handles itself, and what goes with them in programs that manage their
 * memory. The benchmarks of Appel and Li (1991) protect pages, store to each, and have the handler
 * unprotect the page: one page at a time, or all at once. Each of these rows wants a kernel with
 * handlers for signals, futexes, or a vfork that is not fork.
 */
#include "bench.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { OP_FUTEX_WAIT = 0, OP_FUTEX_WAKE = 1 };

/* Whether the kernel has taken the handler. */
static bool handle(void (*handler)(int, siginfo_t *, void *), struct sigaction *old)
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGSEGV, &action, old) == 0;
}

/* --- Traps --- */

/*
 * A store of one byte, by an instruction of known length, so that a handler can skip it: the
 * compiler knows only that memory changes.
 */
static inline void store_to(char *at)
{
#if defined(__riscv)
    __asm__ volatile(".option push\n.option norvc\nsb zero, 0(%0)\n.option pop"
                     :
                     : "r"(at)
                     : "memory");
#elif defined(__x86_64__)
    __asm__ volatile("movb $0, (%%rdi)" : : "D"(at) : "memory");
#else
    *(volatile char *)at = 0;
#endif
}

static void skip(int number, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
#if defined(__riscv)
    interrupted->uc_mcontext.__gregs[REG_PC] += 4;
#elif defined(__x86_64__)
    interrupted->uc_mcontext.gregs[REG_RIP] += 3;
#else
    _exit(1);
#endif
}

static void unprotect(int number, siginfo_t *info, void *context)
{
    char *page = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)(PAGE - 1));
    mprotect(page, PAGE, RW);
}

/* The handler comes back behind the store, and the page stays as it is. */
uint64_t sigsegv(void)
{
    struct sigaction old;
    char *at = make_memory(1);
    if (at == NULL || mprotect(at, PAGE, PROT_READ) != 0 || !handle(skip, &old))
        return 0;
    uint64_t start = now();
    for (int i = 0; i < CALLS; i++)
        store_to(at);
    uint64_t taken = now() - start;
    sigaction(SIGSEGV, &old, NULL);
    return munmap(at, PAGE) == 0 ? taken : 0;
}

/* A mapping of one page; that it is protected before each trap is not counted. */
uint64_t trap_unprotect(void)
{
    struct sigaction old;
    char *at = make_memory(1);
    bool good = at != NULL && handle(unprotect, &old);
    uint64_t taken = 0;
    for (int i = 0; i < CALLS && good; i++) {
        good = mprotect(at, PAGE, PROT_READ) == 0;
        uint64_t start = now();
        store_to(at);
        taken += now() - start;
    }
    good = good && sigaction(SIGSEGV, &old, NULL) == 0;
    return good && munmap(at, PAGE) == 0 ? taken : 0;
}

static uint64_t time_protected(bool all_at_once)
{
    struct sigaction old;
    char *at = make_memory(PAGES);
    bool good = at != NULL && handle(unprotect, &old);
    uint64_t start = now();
    if (all_at_once)
        good = good && mprotect(at, PAGES * PAGE, PROT_READ) == 0;
    for (size_t page = 0; page < PAGES && good; page++) {
        if (!all_at_once)
            good = mprotect(at + page * PAGE, PAGE, PROT_READ) == 0;
        store_to(at + page * PAGE);
    }
    uint64_t taken = now() - start;
    good = good && sigaction(SIGSEGV, &old, NULL) == 0;
    return good && munmap(at, PAGES * PAGE) == 0 ? taken : 0;
}

uint64_t appel_prot1(void)
{
    return time_protected(false);
}

uint64_t appel_protn(void)
{
    return time_protected(true);
}

bool has_handlers(void)
{
    struct sigaction old;
    return handle(skip, &old) && sigaction(SIGSEGV, &old, NULL) == 0;
}

/* --- Futexes --- */

/* Sets a word and wakes who waits for it. */
static bool pass(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    return syscall(SYS_futex, word, OP_FUTEX_WAKE, 1, NULL, NULL, 0) >= 0;
}

static void wait_for(const uint32_t *word, uint32_t value)
{
    for (;;) {
        uint32_t seen = __atomic_load_n(word, __ATOMIC_SEQ_CST);
        if (seen == value)
            return;
        syscall(SYS_futex, word, OP_FUTEX_WAIT, seen, NULL, NULL, 0);
    }
}

bool has_futexes(void)
{
    uint32_t word = 0;
    return syscall(SYS_futex, &word, OP_FUTEX_WAKE, 1, NULL, NULL, 0) >= 0;
}

uint64_t futex_rtt(void)
{
    uint32_t *words = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = words == MAP_FAILED || !has_futexes() ? -1 : fork();
    if (pid < 0)
        return 0;
    for (uint32_t trip = 1; pid == 0 && trip <= TRIPS + 2; trip++) {
        wait_for(&words[0], trip);
        pass(&words[1], trip);
    }
    if (pid == 0)
        _exit(0);
    uint64_t start = 0;
    for (uint32_t trip = 1; trip <= TRIPS + 2; trip++) {
        if (trip == 3)
            start = now();
        pass(&words[0], trip);
        wait_for(&words[1], trip);
    }
    uint64_t taken = now() - start;
    return wait_for_one() && munmap(words, PAGE) == 0 ? taken : 0;
}
