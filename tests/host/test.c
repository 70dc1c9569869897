/* What the host tests of kernel modules share: see test.h. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "tests/host/test.h"

#include <sanitizer/common_interface_defs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/assert.h"

enum { PANICKED = 42, FAILED = 1 };

#define SHARED_SIZE ((size_t)4 << 30) /* of addresses */

static struct {
    unsigned passed, failed;
    const char *name; /* of the test that runs */
    unsigned seed;
    uint64_t state; /* of the random numbers */
    bool apart;     /* this is a process that test_apart made */
    bool may_panic; /* or test_panics */
    jmp_buf leave;
} run;

static uint8_t *shared;

void test_run(const char *name, void (*test)(void), unsigned seeds)
{
    run.name = name;
    for (run.seed = 1; run.seed <= seeds; run.seed++) {
        run.state = run.seed * 0x9e3779b97f4a7c15;
        if (setjmp(run.leave) == 0) {
            test();
            run.passed++;
        } else {
            run.failed++;
        }
    }
}

/* The first word tells how far the memory is used, by all processes. */
static void make_shared(void)
{
    shared = mmap(NULL, SHARED_SIZE, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (shared == MAP_FAILED) {
        perror("mmap");
        exit(2);
    }
    *(size_t *)shared = 64;
}

void *test_shared(size_t n)
{
    size_t *used = (size_t *)shared;
    void *memory = shared + *used;
    *used += (n + 63) / 64 * 64;
    EXPECT(*used <= SHARED_SIZE, "the shared memory is used up");
    return memory;
}

static void call(void *arg)
{
    (*(void (**)(void))arg)();
}

void test_run_apart(const char *name, void (*test)(void), unsigned seeds)
{
    run.name = name;
    for (run.seed = 1; run.seed <= seeds; run.seed++) {
        run.state = run.seed * 0x9e3779b97f4a7c15;
        make_shared();
        if (test_apart(call, &test))
            run.passed++;
        else
            run.failed++;
        munmap(shared, SHARED_SIZE);
    }
}

int test_end(void)
{
    printf("%u %u\n", run.passed, run.failed);
    return run.failed > 0;
}

static void print_failure(const char *where, const char *format, va_list args)
{
    fprintf(stderr, "FAILED %s, seed %u: %s", run.name, run.seed, where);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void test_fail(const char *file, int line, const char *what, const char *format, ...)
{
    char where[256];
    va_list args;
    snprintf(where, sizeof(where), "%s:%d: expected %s", file, line, what);
    va_start(args, format);
    print_failure(where, format, args);
    va_end(args);
    if (run.apart)
        _exit(FAILED);
    longjmp(run.leave, 1);
}

/* After a panic nothing in this process can be trusted: the tests behind it do not run. */
void panic(const char *format, ...)
{
    va_list args;
    if (run.may_panic)
        _exit(PANICKED);
    va_start(args, format);
    print_failure("panic: ", format, args);
    va_end(args);
    __sanitizer_print_stack_trace();
    run.failed++;
    if (run.apart)
        _exit(FAILED);
    fflush(stderr);
    _exit(test_end());
}

static int status_of_child(void (*function)(void *arg), void *arg, bool may_panic)
{
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(2);
    }
    if (child == 0) {
        run.apart = true;
        run.may_panic = may_panic;
        function(arg);
        _exit(0);
    }
    int status;
    while (waitpid(child, &status, 0) < 0)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool test_panics(void (*function)(void *arg), void *arg)
{
    return status_of_child(function, arg, true) == PANICKED;
}

bool test_apart(void (*function)(void *arg), void *arg)
{
    return status_of_child(function, arg, false) == 0;
}

/* xorshift64*, as in kernel/lib/random.c, which is under test. */
uint64_t test_random(void)
{
    run.state ^= run.state >> 12;
    run.state ^= run.state << 25;
    run.state ^= run.state >> 27;
    return run.state * 0x2545f4914f6cdd1d;
}

uint64_t test_below(uint64_t limit)
{
    return (test_random() >> 16) % limit;
}

bool test_chance(unsigned percent)
{
    return test_below(100) < percent;
}

void test_fill(void *to, size_t n)
{
    uint8_t *bytes = to;
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(test_random() >> 32);
}

void *test_alloc(size_t n)
{
    void *memory = calloc(1, n);
    if (memory == NULL && n > 0)
        abort();
    return memory;
}

void *test_copy(const void *from, size_t n)
{
    void *copy = test_alloc(n);
    memcpy(copy, from, n);
    return copy;
}
