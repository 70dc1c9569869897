/* execve among threads, and vfork. */
#include "tests.h"

static volatile int go;

/* --alone PID: a new program has one thread, with the number of the process that it was. */
int role_alone(int argc, char **argv)
{
    bool same = argc == 3 && getpid() == atoi(argv[2]) && raw_gettid() == getpid();
    return same ? 21 : 22;
}

int role_ends(int argc, char **argv)
{
    return 23;
}

static char number[32];
static char *arguments[] = {scratch_program, "--alone", number, NULL};
static char *environment[] = {NULL};

static int executes(void *path)
{
    RAW(SYS_execve, (long)path, (long)arguments, (long)environment);
    RAW(SYS_exit_group, 24);
    return 0;
}

/* Threads that sleep and that compute, and one, the first or another, that executes. */
static void executes_among(int others, bool first)
{
    static struct thread threads[64];
    snprintf(number, sizeof(number), "%d", (int)getpid());
    for (int i = 0; i < others; i++)
        thread_start(&threads[i], i % 2 ? thread_sleeps : thread_spins, (void *)&go);
    if (first)
        executes(scratch_program);
    thread_start(&threads[others], executes, scratch_program);
    for (;;)
        pause();
}

static void leader_executes(void *others)
{
    executes_among(*(int *)others, true);
}

static void another_executes(void *others)
{
    executes_among(*(int *)others, false);
}

static void check_execs(void (*run)(void *), int others)
{
    int status = -1;
    pid_t pid = start(run, &others);
    CHECK(waitpid(pid, &status, 0) == pid && status == 21 << 8, "with %d others: %#x", others,
          (unsigned)status);
}

void exec_of_leader(void)
{
    NEEDS_THREADS();
    for (int others = 0; others <= 4; others++)
        check_execs(leader_executes, others);
}

void exec_of_another(void)
{
    NEEDS_THREADS();
    for (int others = 0; others <= 4; others++)
        check_execs(another_executes, others);
    check_audit();
}

static int executes_after_all(void *word)
{
    spin_until(word, 1);
    return executes(scratch_program);
}

/* All at once: one of them succeeds, and only one. */
static void all_execute(void *unused)
{
    static struct thread threads[8];
    static int word;
    snprintf(number, sizeof(number), "%d", (int)getpid());
    for (int i = 0; i < 8; i++)
        thread_start(&threads[i], executes_after_all, &word);
    put(&word, 1);
    for (;;)
        pause();
}

void exec_of_many(void)
{
    NEEDS_THREADS();
    for (int i = 0; i < 10; i++) {
        int status = -1;
        pid_t pid = start(all_execute, NULL);
        CHECK(waitpid(pid, &status, 0) == pid && status == 21 << 8, "round %d: %#x", i,
              (unsigned)status);
    }
    check_audit();
}

static volatile long answer;

static int fails_to_execute(void *path)
{
    answer = RAW(SYS_execve, (long)path, (long)arguments, (long)environment);
    return 0;
}

void exec_fails(void)
{
    struct thread other, thread;
    NEEDS_THREADS();
    thread_start(&other, thread_sleeps, (void *)&go);
    thread_start(&thread, fails_to_execute, "/nowhere/at/all");
    thread_join(&thread);
    CHECK(answer == -ENOENT, "no such file: %ld", answer);
    CHECK(!thread_has_ended(&other), "the other threads live");
    release(&go);
    thread_join(&other);
}

/* --- vfork --- */

static volatile int steps;

/* With its own stack, so that the parent's frames are nothing to it. */
static long fork_waiting(int (*run)(void *), void *argument)
{
    struct cloning cloning = {.flags = CLONE_VM | CLONE_VFORK | SIGCHLD,
                              .stack_end = map(THREAD_STACK, RW, ANON, -1, 0) + THREAD_STACK,
                              .run = run,
                              .argument = argument};
    steps = 0;
    long pid = raw_clone(&cloning);
    CHECK(pid == -EINVAL || steps == 100, "the parent waits: %d", steps);
    return pid;
}

static void take_steps(void)
{
    for (int i = 0; i < 100; i++) {
        raw_yield();
        steps++;
    }
}

static int exits_after_steps(void *unused)
{
    take_steps();
    RAW(SYS_exit_group, 31);
    return 0;
}

static int executes_after_steps(void *path)
{
    static char *ends[] = {scratch_program, "--ends", NULL};
    take_steps();
    RAW(SYS_execve, (long)path, (long)ends, (long)environment);
    RAW(SYS_exit_group, 32);
    return 0;
}

static int dies_after_steps(void *unused)
{
    take_steps();
    RAW(SYS_kill, RAW(SYS_getpid, 0), SIGKILL);
    return 0;
}

static void check_vfork(int (*run)(void *), void *argument, int expected)
{
    int status = -1;
    long pid = fork_waiting(run, argument);
    CHECK(pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && status == expected, "%ld: %#x", pid,
          (unsigned)status);
}

#define NEEDS_VFORK()                                         \
    do {                                                      \
        NEEDS_THREADS();                                      \
        if (fork_waiting(exits_after_steps, NULL) == -EINVAL) \
            SKIP("there is no CLONE_VFORK");                  \
        CHECK(wait(NULL) > 0, "the probe");                   \
    } while (0)

void vfork_exits(void)
{
    NEEDS_VFORK();
    for (int i = 0; i < 5; i++)
        check_vfork(exits_after_steps, NULL, 31 << 8);
    check_audit();
}

void vfork_executes(void)
{
    NEEDS_VFORK();
    uint8_t *at = map(16 * PAGE, RW, ANON, -1, 0);
    fill(at, 16 * PAGE, 0, 1);
    for (int i = 0; i < 5; i++)
        check_vfork(executes_after_steps, scratch_program, 23 << 8);
    check_vfork(executes_after_steps, "/nowhere", 32 << 8);
    CHECK(holds(at, 16 * PAGE, 0, 1), "the memory is there");
    check_audit();
}

void vfork_dies(void)
{
    NEEDS_VFORK();
    check_vfork(dies_after_steps, NULL, SIGKILL);
}

static __attribute__((noinline)) pid_t vfork_and_execute(void)
{
    static char *const ends[] = {scratch_program, "--ends", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve(scratch_program, ends, environment);
        _exit(33);
    }
    return pid;
}

void vfork_of_library(void)
{
    NEEDS_VFORK();
    for (int i = 0; i < 5; i++) {
        int status = -1;
        pid_t pid = vfork_and_execute();
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 23 << 8, "vfork: %#x",
              (unsigned)status);
    }
}
