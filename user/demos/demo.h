/*
 * What the demos share: checks, processes, waiting for words of shared memory, clocks and counts.
 * A demo does the same on Linux, where only what Quire alone can count is missing.
 *
 *     DEMO [--short]      --short: in a second or two, as `make demo` runs it
 */
#ifndef DEMOS_DEMO_H
#define DEMOS_DEMO_H

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<sys/quire.h>)
#include <sys/quire.h>
#define ON_QUIRE 1
#else
#define ON_QUIRE 0
#endif

enum { PAGE = 4096 };

#define RW (PROT_READ | PROT_WRITE)

/* Weak: one for each program, however many files it is made of. */
__attribute__((weak)) int demo_failures;

static inline bool check(bool held, const char *what)
{
    printf("%-72s %s\n", what, held ? "yes" : "NO");
    demo_failures += !held;
    return held;
}

__attribute__((noreturn)) static inline void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Whether the short form is asked for; ends the program if anything else is. */
static inline bool demo_is_short(int argc, char **argv)
{
    if (argc == 1)
        return false;
    if (argc == 2 && strcmp(argv[1], "--short") == 0)
        return true;
    fprintf(stderr, "usage: %s [--short]\n", argv[0]);
    exit(2);
}

/* --- Memory --- */

static inline void *map_or_die(size_t size, int prot, int flags, int fd)
{
    void *at = mmap(NULL, size, prot, flags, fd, 0);
    if (at == MAP_FAILED)
        die("mmap");
    return at;
}

/* Zeroed memory that children share. */
static inline void *map_common(size_t size)
{
    return map_or_die(size, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
}

/* --- Processes --- */

/* Starts a child that runs this and ends with what it returns. */
static inline pid_t start(int (*run)(int), int argument)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        int status = run(argument);
        fflush(stdout);
        _exit(status);
    }
    return pid;
}

static inline bool finish(pid_t pid)
{
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/*
 * Waits for all of them; whether all ended with status 0. When one does not, the others are killed,
 * since they may wait for it.
 */
static inline bool finish_all(const pid_t *pids, int count)
{
    bool all = true;
    for (int left = count; left > 0; left--) {
        int status = -1;
        if (wait(&status) > 0 && status == 0)
            continue;
        for (int i = 0; i < count && all; i++)
            kill(pids[i], SIGKILL);
        all = false;
    }
    return all;
}

/* --- Words in shared memory --- */

/* The two operations of futex(2), for words that processes share. */
enum { OP_FUTEX_WAIT = 0, OP_FUTEX_WAKE = 1 };

static inline uint32_t look(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* Sleeps while the word has this value; returns at once, or for no reason, if it likes. */
static inline void futex_wait(const uint32_t *word, uint32_t value)
{
    if (syscall(SYS_futex, word, OP_FUTEX_WAIT, value, NULL, NULL, 0) < 0 && errno == ENOSYS)
        sched_yield();
}

static inline void futex_wake_all(const uint32_t *word)
{
    syscall(SYS_futex, word, OP_FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

static inline bool has_futex(void)
{
    uint32_t word = 0;
    return syscall(SYS_futex, &word, OP_FUTEX_WAKE, 1, NULL, NULL, 0) >= 0;
}

/* Waits until the word has at least this value. */
static inline void await(const uint32_t *word, uint32_t value)
{
    for (uint32_t seen = look(word); seen < value; seen = look(word))
        futex_wait(word, seen);
}

/* Sets the word, for those that wait for it. */
static inline void announce(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    futex_wake_all(word);
}

/* --- Handlers of SIGSEGV --- */

/* Whether the kernel has taken it. The handler may itself fault, and be interrupted so. */
static inline bool catch_faults(void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action;
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    return sigaction(SIGSEGV, &action, NULL) == 0;
}

static inline void no_handler(int number, siginfo_t *info, void *context)
{
}

/* Whether the kernel has handlers at all. */
static inline bool has_handlers(void)
{
    return catch_faults(no_handler) && signal(SIGSEGV, SIG_DFL) != SIG_ERR;
}

/* --- Clocks and counts --- */

static inline uint64_t nanoseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/*
 * What short pauses are measured in: on RISC-V the instret counter (under QEMU it counts
 * instructions only with -icount), elsewhere nanoseconds.
 */
#ifdef __riscv
#define TICKS "instret"
#else
#define TICKS "ns"
#endif

static inline uint64_t ticks(void)
{
#ifdef __riscv
    uint64_t instructions;
    __asm__ volatile("csrr %0, instret" : "=r"(instructions) : : "memory");
    return instructions;
#else
    return nanoseconds();
#endif
}

/* Page faults of this process, or of its children that have ended (RUSAGE_...). */
static inline uint64_t faults_of(int who)
{
    struct rusage usage;
    if (getrusage(who, &usage) != 0)
        return 0;
    return (uint64_t)(usage.ru_minflt + usage.ru_majflt);
}

/* Those that made a private page by copying a shared one; elsewhere than on Quire all of them. */
static inline uint64_t copies_of_self(void)
{
#if ON_QUIRE
    struct quire_faults faults;
    if (quire(QUIRE_FAULTS_SELF, &faults, sizeof(faults)) == 0)
        return faults.count[FAULT_COW_COPY];
#endif
    return faults_of(RUSAGE_SELF);
}

/* Writes back what is dirty and forgets it, so that what is read next comes from the disk. */
static inline void drop_caches(void)
{
#if ON_QUIRE
    quire(QUIRE_DROP_CACHES, NULL, 0);
#endif
}

/* xorshift: a sequence that is the same on every machine. */
static inline uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* A step of a checksum that depends on the order. */
static inline uint64_t mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9e3779b97f4a7c15;
    return sum ^ (sum >> 29);
}

#endif
