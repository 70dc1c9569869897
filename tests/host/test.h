/*
 * What the host tests of kernel modules share. A program of them is a main() that calls TEST for
 * each test and ends with `return test_end();`.
 *
 * A test that does not find what it expects is left at once, so what it holds is lost; tests clean
 * up when they pass, and the leak checker sees to that. Chance comes from a seed that the test's
 * name in a failure tells.
 */
#ifndef TESTS_HOST_TEST_H
#define TESTS_HOST_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs a test, once with each seed from 1 to `seeds`. */
#define TEST(test)              test_run(#test, test, 1)
#define TEST_SEEDS(test, seeds) test_run(#test, test, seeds)
void test_run(const char *name, void (*test)(void), unsigned seeds);

/* The same, each in a process of its own: for modules whose state cannot be made anew. */
#define TEST_APART(test, seeds) test_run_apart(#test, test, seeds)
void test_run_apart(const char *name, void (*test)(void), unsigned seeds);

/* Prints how many passed and failed in a line of two numbers; the status for exit. */
int test_end(void);

/* Leaves the test if the condition does not hold. */
#define EXPECT(condition, ...)                                           \
    do {                                                                 \
        if (!(condition))                                                \
            test_fail(__FILE__, __LINE__, #condition, ". " __VA_ARGS__); \
    } while (0)
__attribute__((noreturn, format(printf, 4, 5))) void
test_fail(const char *file, int line, const char *what, const char *format, ...);

/* Whether the function ends in a panic; it runs in a process of its own. */
bool test_panics(void (*function)(void *arg), void *arg);

/* Runs it in a process of its own, whose copy of the kernel starts as this one's is now. */
bool test_apart(void (*function)(void *arg), void *arg);

/* Chance, the same in every run. */
uint64_t test_random(void);
uint64_t test_below(uint64_t limit); /* 0 to limit - 1 */
bool test_chance(unsigned percent);
void test_fill(void *to, size_t n);

/* Exactly `n` bytes on the heap, so that the sanitizer sees a step beyond; for free(). */
void *test_alloc(size_t n);
void *test_copy(const void *from, size_t n);

/* Zeroed memory that all processes of a test share; never given back. */
void *test_shared(size_t n);

#endif
