/*
 * DEFECTS 14: the kernel's own stores, by every system call that fills in a buffer, into pages that
 * are shared copy-on-write: they must land in the caller's copy alone.
 */
#include "tests.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>

enum { MARK = 0xa5 };

static bool into_read(void *buffer)
{
    int fd = open("kernel", O_RDONLY);
    return read(fd, buffer, 100) == 100;
}

static bool into_pread(void *buffer)
{
    int fd = open("kernel", O_RDONLY);
    return pread(fd, buffer, 1000, 50) == 1000;
}

static bool into_readv(void *buffer)
{
    int fd = open("kernel", O_RDONLY);
    struct iovec parts[2] = {{buffer, 10}, {(uint8_t *)buffer + 200, 300}};
    return readv(fd, parts, 2) == 310;
}

static bool into_pipe_read(void *buffer)
{
    int ends[2];
    return pipe(ends) == 0 && write(ends[1], "hello", 5) == 5 && read(ends[0], buffer, 5) == 5;
}

static bool into_fstat(void *buffer)
{
    return fstat(open("kernel", O_RDONLY), buffer) == 0;
}

static bool into_stat(void *buffer)
{
    return fstatat(AT_FDCWD, "kernel", buffer, 0) == 0;
}

static bool into_getdents(void *buffer)
{
    return syscall(SYS_getdents64, open(".", O_RDONLY | O_DIRECTORY), buffer, 1024) > 0;
}

static bool into_getcwd(void *buffer)
{
    return getcwd(buffer, 512) != NULL;
}

static bool into_pipe(void *buffer)
{
    return pipe(buffer) == 0;
}

static bool into_uname(void *buffer)
{
    return uname(buffer) == 0;
}

static bool into_clock(void *buffer)
{
    return clock_gettime(CLOCK_MONOTONIC, buffer) == 0;
}

static bool into_getrusage(void *buffer)
{
    return getrusage(RUSAGE_SELF, buffer) == 0;
}

static pid_t start_ended_child(void)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    return pid;
}

static bool into_wait_status(void *buffer)
{
    return waitpid(start_ended_child(), buffer, 0) > 0 && *(int *)buffer == 3 << 8;
}

static bool into_wait_usage(void *buffer)
{
    return wait4(start_ended_child(), NULL, 0, buffer) > 0;
}

struct call {
    const char *name;
    bool (*fill)(void *buffer);
};

static const struct call calls[] = {
    {"read", into_read},
    {"pread", into_pread},
    {"readv", into_readv},
    {"read of a pipe", into_pipe_read},
    {"fstat", into_fstat},
    {"stat", into_stat},
    {"getdents", into_getdents},
    {"getcwd", into_getcwd},
    {"pipe", into_pipe},
    {"uname", into_uname},
    {"clock", into_clock},
    {"getrusage", into_getrusage},
    {"wait's status", into_wait_status},
    {"wait's usage", into_wait_usage},
};

enum { NCALLS = sizeof(calls) / sizeof(calls[0]) };

/* One page for each call, all of them marked. */
static uint8_t *make_pages(void)
{
    close(make_file("kernel", 4 * PAGE, 1));
    uint8_t *at = map(NCALLS * PAGE, RW, ANON, -1, 0);
    memset(at, MARK, NCALLS * PAGE);
    return at;
}

static void make_calls(uint8_t *at)
{
    for (int i = 0; i < NCALLS; i++) {
        uint8_t *page = at + (size_t)i * PAGE;
        CHECK(calls[i].fill(page + 64), "%s", calls[i].name);
        CHECK(!holds_only(page, PAGE, MARK), "%s has filled something in", calls[i].name);
        CHECK(holds_only(page, 64, MARK) && holds_only(page + 2048, 2048, MARK),
              "%s has left the rest of the page alone", calls[i].name);
    }
}

static void check_untouched(const uint8_t *at, const char *where)
{
    for (int i = 0; i < NCALLS; i++)
        CHECK(holds_only(at + (size_t)i * PAGE, PAGE, MARK), "%s: %s", where, calls[i].name);
}

static void child_calls(void *at)
{
    make_calls(at);
}

void kernel_stores_into_the_copy(void)
{
    uint8_t *at = make_pages();
    CHECK(finish(start(child_calls, at)), "the child");
    check_untouched(at, "in the parent");
    CHECK(finish(start(child_calls, at)), "another child");
    check_untouched(at, "in the parent after two");
}

struct pair {
    uint8_t *at;
    int *words;
};

static void child_keeps(void *argument)
{
    struct pair *pair = argument;
    await(&pair->words[0], 1);
    check_untouched(pair->at, "in the child");
}

void kernel_stores_in_the_parent(void)
{
    struct pair pair = {make_pages(), shared_words()};
    pid_t pid = start(child_keeps, &pair);
    make_calls(pair.at);
    post(&pair.words[0]);
    CHECK(finish(pid), "the child");
}

static void child_reads_much(void *argument)
{
    uint8_t *at = argument;
    int fd = open("much", O_RDONLY), ends[2];
    CHECK(pread(fd, at + 100, 5 * PAGE, 0) == 5 * (ssize_t)PAGE, "read over six pages");
    CHECK(holds(at + 100, 5 * PAGE, 0, 1), "all of it");
    CHECK(holds_only(at, 100, MARK) && holds_only(at + 5 * PAGE + 100, PAGE - 100, MARK), "rest");
    CHECK(pipe(ends) == 0 && write(ends[1], at + 100, PAGE) == (ssize_t)PAGE, "fill a pipe");
    CHECK(read(ends[0], at + 7 * PAGE - 50, PAGE) == (ssize_t)PAGE, "read it over an edge");
    CHECK(holds(at + 7 * PAGE - 50, PAGE, 0, 1), "all of it");
}

/* Several pages in one call, from a file and from a pipe; some of them zero pages until then. */
void kernel_stores_across_pages(void)
{
    close(make_file("much", 5 * PAGE, 1));
    uint8_t *at = map(9 * PAGE, RW, ANON, -1, 0);
    memset(at, MARK, 6 * PAGE);
    CHECK(is_zero(at + 6 * PAGE, 3 * PAGE), "the last pages are only read");
    CHECK(finish(start(child_reads_much, at)), "the child");
    CHECK(holds_only(at, 6 * PAGE, MARK) && is_zero(at + 6 * PAGE, 3 * PAGE), "the parent");
}
