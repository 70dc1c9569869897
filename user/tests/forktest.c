/*
 * forktest: processes, without regard to their memory (that is cowtest's): making them, their ends,
 * waiting for them, killing them, whose children they are, and what they inherit.
 */
#include "counters.h"
#include "processes.h"
#include "scratch.h"

#include <sys/resource.h>

/* A child that ends at once with this status. */
static pid_t start_exiting(int code)
{
    fflush(stdout);
    pid_t pid = fork();
    MUST(pid >= 0, "fork");
    if (pid == 0)
        _exit(code);
    return pid;
}

/* A child that sleeps, in a system call, until it is killed or its gate is closed. */
static pid_t start_sleeping(int gate[2])
{
    fflush(stdout);
    MUST(pipe(gate) == 0, "pipe");
    pid_t pid = fork();
    MUST(pid >= 0, "fork");
    if (pid == 0) {
        char byte;
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 0 ? 5 : 6);
    }
    close(gate[0]);
    return pid;
}

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

static void nap(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* --- Ends --- */

static void exit_codes(void)
{
    static const int codes[] = {0, 1, 2, 42, 127, 128, 255, 256, 259, -1};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        int status = -1;
        pid_t pid = start_exiting(codes[i]);
        CHECK(waitpid(pid, &status, 0) == pid, "wait for exit %d", codes[i]);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (codes[i] & 0xff), "exit %d: status %#x",
              codes[i], (unsigned)status);
    }
    CHECK(waitpid(start_exiting(3), NULL, 0) > 0, "without a place for the status");
}

/* No SIGINT or SIGQUIT: a shell makes its background jobs ignore them. */
static void killed(void)
{
    static const int signals[] = {SIGKILL, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        int gate[2], status = -1;
        pid_t pid = start_sleeping(gate);
        CHECK(kill(pid, 0) == 0, "it exists");
        CHECK(kill(pid, signals[i]) == 0, "kill it with %d", signals[i]);
        CHECK(waitpid(pid, &status, 0) == pid, "wait");
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == signals[i], "signal %d: status %#x",
              signals[i], (unsigned)status);
        close(gate[1]);
    }
}

static void kills_itself(void *argument)
{
    kill(getpid(), *(int *)argument);
    nap(10000);
}

static void runs_forever(void *argument)
{
    int *words = argument;
    post(words);
    for (volatile unsigned long i = 0;; i++)
        continue;
}

static void killed_while_running(void)
{
    int status = -1, *words = shared_words(), signal = SIGTERM;
    pid_t pid = start(runs_forever, words);
    await(words, 1);
    CHECK(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid, "kill one that computes");
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %#x", (unsigned)status);
    CHECK(signal_of(kills_itself, &signal) == SIGTERM, "one that kills itself");
}

/* Signals that mean nothing to who has not asked for them. */
static void ignored_signals(void)
{
    static const int signals[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    int gate[2], status = -1;
    pid_t pid = start_sleeping(gate);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        CHECK(kill(pid, signals[i]) == 0, "send %d", signals[i]);
    nap(20);
    CHECK(waitpid(pid, &status, WNOHANG) == 0, "it lives");
    close(gate[1]);
    CHECK(waitpid(pid, &status, 0) == pid && status == 5 << 8, "until its gate is closed: %#x",
          (unsigned)status);
}

static void kill_errors(void)
{
    int status = -1;
    pid_t pid = start_exiting(9);
    CHECK(kill(pid, 99) == -1 && errno == EINVAL, "no such signal");
    CHECK(kill(pid, -1) == -1 && errno == EINVAL, "a negative one");
    nap(20);
    CHECK(kill(pid, SIGKILL) == 0, "one that has ended and was not waited for");
    CHECK(waitpid(pid, &status, 0) == pid && status == 9 << 8, "keeps its status");
    CHECK(kill(pid, SIGKILL) == -1 && errno == ESRCH, "after that it is gone");
    CHECK(kill(0x3fffffff, 0) == -1 && errno == ESRCH, "a number that nobody has");
}

/* --- Waiting --- */

static void wait_errors(void)
{
    int status = 77;
    CHECK(wait(&status) == -1 && errno == ECHILD, "no child");
    CHECK(waitpid(getppid(), &status, 0) == -1 && errno == ECHILD, "one's parent");
    CHECK(waitpid(getpid(), &status, 0) == -1 && errno == ECHILD, "oneself");
    CHECK(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD, "no child, without waiting");
    pid_t pid = start_exiting(1);
    CHECK(waitpid(pid, &status, 1 << 20) == -1 && errno == EINVAL, "an unknown option");
    CHECK(status == 77, "refusals store nothing");
    CHECK(waitpid(pid, &status, 0) == pid && waitpid(pid, &status, 0) == -1 && errno == ECHILD,
          "a child can be waited for once");
}

static void wait_without_blocking(void)
{
    int gate[2], status = 77;
    pid_t pid = start_sleeping(gate);
    CHECK(waitpid(pid, &status, WNOHANG) == 0 && status == 77, "it still runs");
    CHECK(waitpid(-1, &status, WNOHANG) == 0 && status == 77, "so there is nobody");
    close(gate[1]);
    pid_t got = 0;
    for (int tries = 0; tries < 2000 && got == 0; tries++) {
        nap(2);
        got = waitpid(pid, &status, WNOHANG);
    }
    CHECK(got == pid && status == 5 << 8, "then it has ended: %d", got);
}

/* A wait for one child passes the others over, in whatever order they end. */
static void wait_in_any_order(void)
{
    enum { COUNT = 10 };
    pid_t pids[COUNT];
    for (int i = 0; i < COUNT; i++)
        pids[i] = start_exiting(i);
    for (int i = COUNT - 1; i >= 0; i -= 2) {
        int status = -1;
        CHECK(waitpid(pids[i], &status, 0) == pids[i] && status == i << 8, "child %d", i);
    }
    int sum = 0;
    for (int i = 0; i < COUNT / 2; i++) {
        int status = -1;
        CHECK(wait(&status) > 0, "one of the others");
        sum += status >> 8;
    }
    CHECK(sum == 0 + 2 + 4 + 6 + 8, "each of the others once: %d", sum);
    CHECK(wait(NULL) == -1 && errno == ECHILD, "nobody is left");
}

static void naps_and_posts(void *argument)
{
    nap(30);
    post(argument);
}

static void wait_blocks(void)
{
    int *words = shared_words();
    for (int i = 1; i <= 5; i++) {
        pid_t pid = start(naps_and_posts, words);
        CHECK(finish(pid) && __atomic_load_n(words, __ATOMIC_SEQ_CST) == i, "wait %d", i);
    }
}

static void computes(void *argument)
{
    uint8_t *at = map(20 * PAGE, RW, ANON, -1, 0);
    for (volatile int i = 0; i < 3000000; i++)
        store(at + (size_t)i % 20 * PAGE, 1);
}

static void wait_tells_usage(void)
{
    struct rusage usage;
    memset(&usage, 0xff, sizeof(usage));
    pid_t pid = start(computes, NULL);
    int status = -1;
    CHECK(wait4(pid, &status, 0, &usage) == pid && status == 0, "wait");
    CHECK(usage.ru_minflt >= 20 && usage.ru_minflt < 10000, "%ld faults", (long)usage.ru_minflt);
    CHECK(usage.ru_utime.tv_sec < 30 && usage.ru_utime.tv_usec < 1000000, "user time");
    CHECK(usage.ru_utime.tv_sec != 0 || usage.ru_utime.tv_usec != 0, "some of it");
}

/* --- Families --- */

struct family {
    int *words;  /* steps */
    pid_t *pids; /* in shared memory */
    int gate[2];
};

static struct family make_family(void)
{
    struct family family = {.words = shared_words(), .pids = (pid_t *)shared_words()};
    MUST(pipe(family.gate) == 0, "pipe");
    return family;
}

static void tells_pids(void *argument)
{
    struct family *family = argument;
    family->pids[0] = getpid();
    family->pids[1] = getppid();
}

static void identities(void)
{
    struct family family = make_family();
    pid_t self = getpid(), parent = getppid();
    pid_t pid = start(tells_pids, &family);
    CHECK(finish(pid) && family.pids[0] == pid && family.pids[1] == self, "a child's identity");
    CHECK(pid != self && pid > 0 && self > 0 && parent > 0, "three processes");
    CHECK(getpid() == self && getppid() == parent, "one's own stays");
}

/* Waits for its parent's end, then tells whose child it is. */
static void orphan(void *argument)
{
    struct family *family = argument;
    pid_t parent = getppid();
    char byte;
    post(&family->words[0]);
    while (getppid() == parent)
        sched_yield();
    family->pids[0] = getppid();
    family->pids[1] = getpid();
    post(&family->words[1]);
    close(family->gate[1]);
    CHECK(read(family->gate[0], &byte, 1) == 0, "the gate");
}

static void leaves_orphans(void *argument)
{
    struct family *family = argument;
    for (int i = 0; i < 3; i++)
        start(orphan, family);
    await(&family->words[0], 3);
}

/* Children whose parent ends become init's, which waits for them when they end. */
static void orphans(void)
{
    struct family family = make_family();
    CHECK(finish(start(leaves_orphans, &family)), "the child between");
    await(&family.words[1], 3);
    CHECK(family.pids[0] != getpid(), "the grandchildren are not this one's children");
    CHECK(!test_on_quire() || family.pids[0] == 1, "but init's: %d", family.pids[0]);
    CHECK(wait(NULL) == -1 && errno == ECHILD, "nobody to wait for");
    pid_t last = family.pids[1];
    CHECK(kill(last, 0) == 0, "they live");
    close(family.gate[0]);
    close(family.gate[1]);
    for (int tries = 0; tries < 1000 && kill(last, 0) == 0; tries++)
        nap(2);
    CHECK(!test_on_quire() || kill(last, 0) == -1, "and are gone after their end");
}

/* A child that ends before its own children, which have ended already and were not waited for. */
static void leaves_zombies(void *argument)
{
    struct family *family = argument;
    for (int i = 0; i < 20; i++)
        family->pids[i] = start_exiting(i);
    nap(20);
}

static void zombies_of_the_dead(void)
{
    struct family family = make_family();
    CHECK(finish(start(leaves_zombies, &family)), "the child");
    if (!test_on_quire())
        SKIP("not every system's init waits");
    int left = 20;
    for (int tries = 0; tries < 1000 && left != 0; tries++) {
        left = 0;
        for (int i = 0; i < 20; i++)
            left += kill(family.pids[i], 0) == 0;
        nap(2);
    }
    CHECK(left == 0, "%d are still there", left);
}

/* --- Many --- */

static void many_zombies(void)
{
    enum { COUNT = 100 };
    static pid_t pids[COUNT];
    for (int i = 0; i < COUNT; i++)
        pids[i] = start_exiting(i);
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < i; j++)
            CHECK(pids[i] != pids[j], "children %d and %d", i, j);
    for (int i = 0; i < COUNT; i++) {
        int status = -1;
        CHECK(waitpid(pids[i], &status, 0) == pids[i] && status == i << 8, "child %d", i);
    }
}

/* As many as there may be, but not more than this test has use for. */
static void many_at_once(void)
{
    enum { COUNT = 200 };
    struct family family = make_family();
    for (int round = 0; round < 2; round++) {
        int count = 0, ends[2];
        char byte;
        MUST(pipe(ends) == 0, "pipe");
        fflush(stdout);
        for (pid_t pid; count < COUNT && (pid = fork()) >= 0; count++) {
            if (pid != 0)
                continue;
            close(ends[1]);
            post(&family.words[round]);
            _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
        }
        CHECK(count == COUNT || errno == EAGAIN || errno == ENOMEM, "refused after %d", count);
        CHECK(count >= 50, "only %d", count);
        await(&family.words[round], count);
        close(ends[1]);
        close(ends[0]);
        CHECK(finish_all((unsigned)count), "all end well in round %d", round);
    }
}

static void one_after_another(void)
{
    struct census before;
    for (int round = 0; round < 2; round++) {
        before = take_census(); /* the first round takes what stays: this process's own pages */
        for (int i = 0; i < 300; i++) {
            int status = -1;
            pid_t pid = start_exiting(i & 0x7f);
            MUST(waitpid(pid, &status, 0) == pid && status == (i & 0x7f) << 8, "child %d", i);
        }
    }
    check_census(&before);
    check_audit();
}

/* --- What a child inherits --- */

static void moves_offset(void *argument)
{
    char bytes[10];
    int fd = *(int *)argument;
    CHECK(read(fd, bytes, 10) == 10 && memcmp(bytes, "abcdefghij", 10) == 0, "the child reads");
    CHECK(close(fd) == 0, "and closes its own descriptor");
}

/* Both descriptors are one open file: with one position, which lives until both are closed. */
static void offset_is_shared(void)
{
    char bytes[10];
    int fd = open("offset", O_RDWR | O_CREAT, 0644);
    CHECK(write(fd, "abcdefghijklmnopqrst", 20) == 20 && lseek(fd, 0, SEEK_SET) == 0, "write");
    CHECK(finish(start(moves_offset, &fd)), "the child");
    CHECK(lseek(fd, 0, SEEK_CUR) == 10, "the position has moved");
    CHECK(read(fd, bytes, 10) == 10 && memcmp(bytes, "klmnopqrst", 10) == 0, "the next bytes");
}

static void changes_folder(void *argument)
{
    CHECK(exists("inside"), "the parent's folder");
    CHECK(chdir("below") == 0 && !exists("inside"), "another one");
}

static void folder_is_inherited(void)
{
    close(open("inside", O_WRONLY | O_CREAT, 0644));
    CHECK(mkdir("below", 0755) == 0, "mkdir");
    CHECK(finish(start(changes_folder, NULL)), "the child");
    CHECK(exists("inside"), "the parent's stays");
}

static void holds_pipe(void *argument)
{
    int *words = argument;
    post(words);
    await(words, 2);
}

/* The end of a process closes what it has open, in whatever way it ends. */
static void ends_close_descriptors(void)
{
    for (int round = 0; round < 2; round++) {
        int ends[2], *words = shared_words();
        char byte;
        MUST(pipe(ends) == 0, "pipe");
        pid_t pid = start(holds_pipe, words);
        close(ends[1]);
        await(words, 1);
        if (round == 0)
            post(words);
        else
            kill(pid, SIGKILL);
        CHECK(read(ends[0], &byte, 1) == 0, "the pipe's other end is closed, round %d", round);
        CHECK(waitpid(pid, NULL, 0) == pid, "wait");
        close(ends[0]);
    }
}

static const struct test tests[] = {
    {"exit_codes", exit_codes, 60},
    {"killed", killed, 60},
    {"killed_while_running", killed_while_running, 60},
    {"ignored_signals", ignored_signals, 60},
    {"kill_errors", kill_errors, 60},
    {"wait_errors", wait_errors, 60},
    {"wait_without_blocking", wait_without_blocking, 60},
    {"wait_in_any_order", wait_in_any_order, 60},
    {"wait_blocks", wait_blocks, 60},
    {"wait_tells_usage", wait_tells_usage, 60},
    {"identities", identities, 60},
    {"orphans", orphans, 60},
    {"zombies_of_the_dead", zombies_of_the_dead, 60},
    {"many_zombies", many_zombies, 60},
    {"many_at_once", many_at_once, 120},
    {"one_after_another", one_after_another, 120},
    {"offset_is_shared", offset_is_shared, 60},
    {"folder_is_inherited", folder_is_inherited, 60},
    {"ends_close_descriptors", ends_close_descriptors, 60},
};

SCRATCH_MAIN(tests)
