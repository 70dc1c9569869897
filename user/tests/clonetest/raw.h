/*
 * System calls without a C library: threads that a test makes itself have no errno of their own, so
 * these return a negative errno. And the two kinds of sleep of which a test can know: by a word in
 * memory, and by what the system says of a process.
 */
#ifndef CLONETEST_RAW_H
#define CLONETEST_RAW_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"

#include <limits.h>
#include <sys/syscall.h>

#ifndef SYS_get_robust_list
#define SYS_get_robust_list 100
#endif

#ifndef SYS_rt_sigqueueinfo
#define SYS_rt_sigqueueinfo 138
#endif

/* Those of futex(2); their values are the kernel's. */
enum futex_operation {
    WAIT = 0,
    WAKE = 1,
    REQUEUE = 3,
    CMP_REQUEUE = 4,
    WAKE_OP = 5,
    WAIT_BITSET = 9,
    WAKE_BITSET = 10,
    PRIVATE = 128,
    ON_REALTIME = 256,
};

#define ANY_BIT         (-1L)

#define TID_OWNER_DIED  0x40000000
#define TID_HAS_WAITERS 0x80000000u

/* RAW(number, arguments...): a negative errno or the result. */
#define RAW(number, ...) raw_call(number, (const long[6]){__VA_ARGS__})

#ifdef __riscv
static inline long raw_call(long number, const long *arguments)
{
    register long a0 __asm__("a0") = arguments[0], a1 __asm__("a1") = arguments[1];
    register long a2 __asm__("a2") = arguments[2], a3 __asm__("a3") = arguments[3];
    register long a4 __asm__("a4") = arguments[4], a5 __asm__("a5") = arguments[5];
    register long a7 __asm__("a7") = number;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return a0;
}
#else
static inline long raw_call(long number, const long *arguments)
{
    long result;
    register long r10 __asm__("r10") = arguments[3];
    register long r8 __asm__("r8") = arguments[4], r9 __asm__("r9") = arguments[5];
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]),
                       "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#endif

static inline long raw_yield(void)
{
    return RAW(SYS_sched_yield, 0);
}

static inline long raw_gettid(void)
{
    return RAW(SYS_gettid, 0);
}

/* --- Futexes --- */

static inline long wait_word(const volatile int *word, int value, int operation)
{
    return RAW(SYS_futex, (long)word, operation, value, 0, 0, ANY_BIT);
}

static inline long wait_word_for(const volatile int *word, int value, const struct timespec *time)
{
    return RAW(SYS_futex, (long)word, WAIT, value, (long)time);
}

static inline long wake_word(const volatile int *word, int count, int operation)
{
    return RAW(SYS_futex, (long)word, operation, count, 0, 0, ANY_BIT);
}

/* Sleeps until the word is no longer that; what it is then. */
static inline int wait_until_not(const volatile int *word, int value)
{
    while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
        wait_word(word, value, WAIT);
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void put(volatile int *word, int value)
{
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

static inline int get(const volatile int *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/* For threads: waits by looking, since their parent is not theirs to watch. */
static inline void spin_until(const volatile int *word, int value)
{
    while (get(word) < value)
        raw_yield();
}

/* --- Whether others sleep --- */

/* S asleep, R running, Z ended, T stopped, ? gone. Of a process; on Linux of a thread too. */
static inline char state_of(pid_t pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    bool gone = n < 0 && (errno == ENOENT || errno == ESRCH);
    if (fd >= 0)
        close(fd);
    const char *name_end = n > 0 ? strrchr(text, ')') : NULL;
    return name_end != NULL ? name_end[2] : gone ? '?' : 'R';
}

/*
 * Waits until a process sleeps in a system call. A page that is read from the disk is a sleep too,
 * a short one; so it looks several times.
 */
static inline void await_sleep(pid_t pid)
{
    for (int seen = 0; seen < 10;) {
        char state = state_of(pid);
        if (state == 'Z' || state == '?')
            MUST(0, "%d ended before it slept", (int)pid);
        seen = state == 'S' ? seen + 1 : 0;
        sched_yield();
    }
}

/* Leaves the test where there are no futexes yet. */
#define NEEDS_FUTEX()                                        \
    do {                                                     \
        int word_ = 0;                                       \
        if (wake_word(&word_, 1, WAKE | PRIVATE) == -ENOSYS) \
            SKIP("there is no futex");                       \
    } while (0)

#endif
