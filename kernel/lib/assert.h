/*
 * Assertions and panic. A panic is a bug in Quire, never an answer to bad input: it says what was
 * expected and what was found, prints a backtrace and ends the machine with a non-zero status.
 */
#ifndef LIB_ASSERT_H
#define LIB_ASSERT_H

#define NORETURN            __attribute__((noreturn))
#define PRINTF_LIKE(f, a)   __attribute__((format(printf, f, a)))
#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/* Defined by debug/panic.c in the kernel and by the stand-ins of the host tests. */
NORETURN void panic(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((cold));

/* Always on. One condition each; the message prints the thing that is wrong. */
#define KASSERT(condition, format, ...)                                                          \
    do {                                                                                         \
        if (unlikely(!(condition)))                                                              \
            panic("%s:%d: expected %s: " format, __FILE__, __LINE__, #condition, ##__VA_ARGS__); \
    } while (0)

/* For checks that cost too much to be always on: in builds with DEBUG=1 only. */
#ifdef QUIRE_DEBUG
#define DEBUG_ASSERT(condition, format, ...) KASSERT(condition, format, ##__VA_ARGS__)
#else
#define DEBUG_ASSERT(condition, format, ...) ((void)sizeof(condition))
#endif

#endif
