/*
 * What every test program is made of. A test is a function that calls CHECK; a program lists its
 * tests in a table and ends with TEST_MAIN:
 *
 *     static void fork_copies(void) { CHECK(fork() >= 0, "fork"); ... }
 *     static const struct test tests[] = {{"fork_copies", fork_copies, 10}, ...};
 *     TEST_MAIN(tests)
 *
 * A test with a time limit runs in a child of its own and is killed after that many seconds; one
 * without runs in the program itself. Arguments select tests by name. The last line is
 * `NAME: N passed, N failed`, counted in checks; the exit status is 0 if none failed and 1 if some
 * did. The same source compiles on Linux against the host's C library, so that it can be held
 * against it: only POSIX headers here.
 */
#ifndef TEST_H
#define TEST_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if __has_include(<sys/quire.h>)
#include <sys/quire.h>
#define TEST_HAS_QUIRE 1
#else
#define TEST_HAS_QUIRE 0
#endif

struct test {
    const char *name;
    void (*run)(void);
    unsigned seconds; /* its time limit; 0: none, and no child */
};

/*
 * The time limits are for hangs, not for speed: emulated with -icount a second may have but two
 * million instructions, so on Quire they are this many times longer.
 */
#define TEST_PATIENCE 10000

struct test_counts {
    unsigned passed, failed;
};

/* Weak: a program has one of each, however many files it is made of. */
__attribute__((weak)) struct test_counts test_counts;
__attribute__((weak)) const char *test_name = "?";

/* What a program wants done before and after each of its tests, if anything. */
__attribute__((weak)) void (*test_begin)(void), (*test_end)(void);

/* Counts one check, and says which failed, and why; its value is whether the condition held. */
#define CHECK(condition, ...) test_check((condition) != 0, __FILE__, __LINE__, __VA_ARGS__)

/* Leaves the test: what it needs is not there. */
#define SKIP(...)               \
    do {                        \
        test_skip(__VA_ARGS__); \
        return;                 \
    } while (0)

#define TEST_MAIN(tests)                                                         \
    int main(int argc, char **argv)                                              \
    {                                                                            \
        return test_main(argc, argv, tests, sizeof(tests) / sizeof((tests)[0])); \
    }

__attribute__((format(printf, 4, 5))) static inline int
test_check(int held, const char *file, int line, const char *format, ...)
{
    int error = errno;
    if (held) {
        test_counts.passed++;
        return 1;
    }
    test_counts.failed++;
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    const char *slash = strrchr(file, '/');
    const char *why = error != 0 ? strerror(error) : "errno not set";
    printf("FAIL %s, %s:%d: %s (%s)\n", test_name, slash ? slash + 1 : file, line, text, why);
    errno = error;
    return 0;
}

__attribute__((format(printf, 1, 2))) static inline void test_skip(const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    printf("skip %s: %s\n", test_name, text);
}

/* Whether the kernel below is Quire, so that quire() can be asked for counts. */
static inline int test_on_quire(void)
{
#if TEST_HAS_QUIRE
    struct quire_faults faults;
    return quire(QUIRE_FAULTS_SELF, &faults, sizeof(faults)) == 0;
#else
    return 0;
#endif
}

/*
 * Runs a part of a test in a child and returns the child's wait status: exit status 0 if all its
 * checks held, 1 if one did not (which is printed, but counted by nobody), or its signal.
 */
static inline int test_in_child(void (*run)(void *), void *argument)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        test_counts.failed = 0;
        run(argument);
        fflush(stdout);
        _exit(test_counts.failed != 0);
    }
    int status = -1;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid, "fork and wait for a part of the test");
    return status;
}

/* Waits until the child has ended, at most so many seconds; kills it then. */
static inline int test_wait(pid_t pid, unsigned seconds)
{
    struct timespec start, now, nap = {.tv_nsec = 1000000};
    int status = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return status;
        nanosleep(&nap, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - start.tv_sec <= (time_t)seconds);
    CHECK(0, "not finished after %u seconds", seconds);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return 0;
}

/*
 * The child's counts come back through a pipe; none come if it dies half-way, and then children of
 * its own may still have the other end open: so nobody waits for them there.
 */
static inline void test_run_limited(const struct test *test)
{
    int ends[2];
    if (!CHECK(pipe(ends) == 0, "pipe for the counts"))
        return;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        test_counts = (struct test_counts){0, 0};
        test->run();
        fflush(stdout);
        _exit(write(ends[1], &test_counts, sizeof(test_counts)) != sizeof(test_counts));
    }
    close(ends[1]);
    if (CHECK(pid > 0, "fork a child for the test")) {
        int status = test_wait(pid, test->seconds * (test_on_quire() ? TEST_PATIENCE : 1));
        CHECK(status == 0, "ended with wait status %#x", (unsigned)status);
    }
    struct test_counts counts = {0, 0};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (read(ends[0], &counts, sizeof(counts)) == sizeof(counts)) {
        test_counts.passed += counts.passed;
        test_counts.failed += counts.failed;
    }
    close(ends[0]);
}

static inline int test_is_selected(const struct test *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], test->name) == 0)
            return 1;
    return argc == 1;
}

static inline int test_main(int argc, char **argv, const struct test *tests, size_t count)
{
    const char *slash = strrchr(argv[0], '/');
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (size_t i = 0; i < count; i++) {
        if (!test_is_selected(&tests[i], argc, argv))
            continue;
        test_name = tests[i].name;
        errno = 0;
        if (test_begin != NULL)
            test_begin();
        if (tests[i].seconds != 0)
            test_run_limited(&tests[i]);
        else
            tests[i].run();
        if (test_end != NULL)
            test_end();
    }
    printf("%s: %u passed, %u failed\n", slash ? slash + 1 : argv[0], test_counts.passed,
           test_counts.failed);
    return test_counts.failed != 0 || test_counts.passed == 0;
}

#endif
