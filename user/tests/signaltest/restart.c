/*
 * Calls that sleep, and signals that come meanwhile: with a handler that interrupts them, with one
 * after which they go on (SA_RESTART), with none at all, and with a stop in between.
 */
#include "tests.h"

/* What a call sleeps on, and its parent ends it with. */
struct scene {
    int *words; /* handled, futex, returned */
    int full[2], empty[2], gate[2];
};

enum { HANDLED, FUTEX_WORD, RETURNED };

struct call {
    const char *name;
    long (*run)(struct scene *);            /* its result, or a negative errno */
    void (*release)(struct scene *, pid_t); /* makes it return; NULL: it would not */
    long released;                          /* what it returns then */
    long restarted; /* what it returns after an SA_RESTART handler: this again, or -EINTR */
};

static long run_read(struct scene *scene)
{
    char byte;
    return RAW(SYS_read, scene->empty[0], (long)&byte, 1);
}

static void release_read(struct scene *scene, pid_t pid)
{
    CHECK(write(scene->empty[1], "x", 1) == 1, "a byte to read");
}

static long run_write(struct scene *scene)
{
    return RAW(SYS_write, scene->full[1], (long)"x", 1);
}

static void release_write(struct scene *scene, pid_t pid)
{
    static char room[PAGE];
    CHECK(read(scene->full[0], room, sizeof(room)) == sizeof(room), "make room");
}

static void waits_at_gate(void *argument)
{
    struct scene *scene = argument;
    char byte;
    close(scene->gate[1]);
    CHECK(read(scene->gate[0], &byte, 1) == 0, "the gate");
}

static long run_wait(struct scene *scene)
{
    int status = -1;
    pid_t pid = start(waits_at_gate, scene);
    close(scene->gate[1]);
    long got = RAW(SYS_wait4, pid, (long)&status, 0, 0);
    if (got < 0)
        kill(pid, SIGKILL);
    return got == pid ? status : got;
}

static void release_wait(struct scene *scene, pid_t pid)
{
    close(scene->gate[1]);
    scene->gate[1] = -1;
}

static long run_futex(struct scene *scene)
{
    return wait_word(&scene->words[FUTEX_WORD], 0, WAIT);
}

static void release_futex(struct scene *scene, pid_t pid)
{
    while (wake_word(&scene->words[FUTEX_WORD], 1, WAKE) == 0)
        sched_yield();
}

static long run_timed_futex(struct scene *scene)
{
    struct timespec hour = {3600, 0};
    return wait_word_for(&scene->words[FUTEX_WORD], 0, &hour);
}

static long run_nanosleep(struct scene *scene)
{
    struct timespec hour = {3600, 0};
    return RAW(SYS_nanosleep, (long)&hour, 0);
}

static long run_clock_nanosleep(struct scene *scene)
{
    struct timespec hour;
    clock_gettime(CLOCK_MONOTONIC, &hour);
    hour.tv_sec += 3600;
    return RAW(SYS_clock_nanosleep, CLOCK_MONOTONIC, 1 /* TIMER_ABSTIME */, (long)&hour, 0);
}

static long run_suspend(struct scene *scene)
{
    long none = 0;
    return RAW(SYS_rt_sigsuspend, (long)&none, 8);
}

static const struct call calls[] = {
    {"read", run_read, release_read, 1, 1},
    {"write", run_write, release_write, 1, 1},
    {"wait4", run_wait, release_wait, 0, 0},
    {"futex", run_futex, release_futex, 0, 0},
    {"futex with a time", run_timed_futex, release_futex, 0, -EINTR},
    {"nanosleep", run_nanosleep, NULL, 0, -EINTR},
    {"clock_nanosleep", run_clock_nanosleep, NULL, 0, -EINTR},
    {"sigsuspend", run_suspend, NULL, 0, -EINTR},
};

/* A pipe that is full, and one that is empty; nothing may block here. */
static void set_scene(struct scene *scene)
{
    static char bytes[PAGE];
    scene->words = shared_words();
    MUST(pipe2(scene->full, O_NONBLOCK) == 0 && pipe(scene->empty) == 0, "pipes");
    MUST(pipe(scene->gate) == 0, "a gate");
    while (write(scene->full[1], bytes, sizeof(bytes)) > 0)
        continue;
    MUST(fcntl(scene->full[0], F_SETFL, 0) == 0 && fcntl(scene->full[1], F_SETFL, 0) == 0, "block");
}

static void strike_scene(struct scene *scene)
{
    for (int i = 0; i < 2; i++) {
        close(scene->full[i]);
        close(scene->empty[i]);
        close(scene->gate[i]);
    }
    munmap(scene->words, PAGE);
}

/* For a test's one child at a time. */
static struct scene scene;
static const struct call *call;

static void counts_in_scene(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    post(&scene.words[HANDLED]);
}

static void runs(long expected)
{
    long got = call->run(&scene);
    post(&scene.words[RETURNED]);
    CHECK(got == expected, "%s: %ld, not %ld", call->name, got, expected);
}

static void runs_with_handler(void *unused)
{
    catch (SIGUSR1, counts_in_scene, 0);
    runs(-EINTR);
    CHECK(notes.count == 1, "%s: %d signals", call->name, notes.count);
}

static void runs_with_restart(void *unused)
{
    catch (SIGUSR1, counts_in_scene, SA_RESTART);
    runs(call->restarted);
    CHECK(notes.count == (call->restarted < 0 ? 1 : 3), "%s: %d signals", call->name, notes.count);
}

static void runs_through(void *unused)
{
    set_handler(SIGUSR1, SIG_IGN);
    block(SIGUSR2);
    catch (SIGUSR2, take_note, 0);
    runs(call->released);
    CHECK(notes.count == 0, "%s: nothing is handled", call->name);
}

static bool exists(const struct call *which)
{
    int probe = 0;
    bool futex = which->run == run_futex || which->run == run_timed_futex;
    return !futex || wake_word(&probe, 1, WAKE) != -ENOSYS;
}

/* Each call once, in a child that runs this, with a parent that does that to it. */
static void for_each_call(void (*child)(void *), void (*parent)(pid_t))
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        call = &calls[i];
        if (!exists(call))
            continue;
        set_scene(&scene);
        pid_t pid = start(child, NULL);
        parent(pid);
        strike_scene(&scene);
    }
}

static void interrupts(pid_t pid)
{
    kill_sleeper(pid, SIGUSR1);
    CHECK(finish(pid), "%s: interrupted", call->name);
}

void calls_interrupted(void)
{
    NEEDS_HANDLERS();
    for_each_call(runs_with_handler, interrupts);
}

static void interrupts_thrice(pid_t pid)
{
    for (int i = 1; i <= (call->restarted < 0 ? 1 : 3); i++) {
        kill_sleeper(pid, SIGUSR1);
        await(&scene.words[HANDLED], i);
    }
    if (call->restarted >= 0) {
        await_sleep(pid);
        CHECK(get(&scene.words[RETURNED]) == 0, "%s has not returned", call->name);
        call->release(&scene, pid);
    }
    CHECK(finish(pid), "%s: restarted", call->name);
}

void calls_restarted(void)
{
    NEEDS_HANDLERS();
    for_each_call(runs_with_restart, interrupts_thrice);
}

/* Ends what no signal ended. */
static void let_go(pid_t pid)
{
    await_sleep(pid);
    CHECK(get(&scene.words[RETURNED]) == 0, "%s has not returned", call->name);
    if (call->release != NULL) {
        call->release(&scene, pid);
        CHECK(finish(pid), "%s: as if nothing had been", call->name);
    } else {
        send_signal(pid, SIGKILL);
        CHECK(status_of(pid, 0) == SIGKILL, "%s: killed in its sleep", call->name);
    }
}

static void sends_in_vain(pid_t pid)
{
    static const int numbers[] = {SIGUSR1, SIGUSR2, SIGWINCH, SIGURG, SIGCONT};
    for (int i = 0; i < 5; i++)
        if (call->run != run_suspend || numbers[i] != SIGUSR2)
            kill_sleeper(pid, numbers[i]);
    let_go(pid);
}

void calls_undisturbed(void)
{
    NEEDS_HANDLERS();
    for_each_call(runs_through, sends_in_vain);
}

static void stops_and_continues(pid_t pid)
{
    for (int i = 0; i < 3; i++) {
        kill_sleeper(pid, SIGSTOP);
        CHECK(WIFSTOPPED(status_of(pid, WUNTRACED)), "%s: stopped", call->name);
        send_signal(pid, SIGCONT);
        CHECK(WIFCONTINUED(status_of(pid, WCONTINUED)), "%s: continued", call->name);
    }
    let_go(pid);
}

void calls_stopped(void)
{
    NEEDS_HANDLERS();
    pid_t probe = start_sleeper();
    kill_sleeper(probe, SIGSTOP);
    CHECK(WIFSTOPPED(status_of(probe, WUNTRACED)), "a process can be stopped");
    send_signal(probe, SIGKILL);
    CHECK(status_of(probe, 0) == SIGKILL, "and killed");
    for_each_call(runs_through, stops_and_continues);
}

/* --- What interrupted calls tell --- */

static void sleeps_an_hour(void *unused)
{
    struct timespec hour = {3600, 500000000}, rest = {-1, -1};
    catch (SIGUSR1, take_note, SA_RESTART);
    CHECK(nanosleep(&hour, &rest) == -1 && errno == EINTR, "interrupted");
    CHECK(rest.tv_sec >= 0 && rest.tv_sec <= 3600 && rest.tv_nsec >= 0, "the rest");
    CHECK(rest.tv_sec < 3600 || rest.tv_nsec < hour.tv_nsec, "less than all");
    CHECK(rest.tv_sec > 0, "more than nothing: %ld", (long)rest.tv_sec);
    CHECK(nanosleep(&rest, &rest) == -1 && errno == EINTR, "the rest of it, in the same place");
    CHECK(rest.tv_sec > 0 && rest.tv_sec <= 3600, "again something is left");
}

void sleep_tells_the_rest(void)
{
    NEEDS_HANDLERS();
    pid_t pid = start(sleeps_an_hour, NULL);
    kill_sleeper(pid, SIGUSR1);
    /* It may take a moment to wake up; a second signal before that would be the same one. */
    while (state_of(pid) == 'S')
        if (kill(pid, SIGUSR1) != 0)
            break;
    for (int status = 0; waitpid(pid, &status, WNOHANG) == 0; sched_yield())
        kill(pid, SIGUSR1);
    CHECK(kill(pid, 0) == -1 && errno == ESRCH, "it has ended");
}

#define MUCH (1024 * 1024)

static void writes_much(void *flags)
{
    uint8_t *much = map(MUCH, RW, ANON, -1, 0);
    int *written = &scene.words[FUTEX_WORD];
    fill(much, MUCH, 0, 1);
    catch (SIGUSR1, take_note, *(int *)flags);
    *written = (int)write(scene.empty[1], much, MUCH);
    CHECK(*written > 0 && *written < MUCH, "a part of it: %d", *written);
    CHECK(notes.count == 1, "handled");
}

/* What is written when the signal comes is told, restart or not. */
void write_in_part(void)
{
    static int flags[] = {0, SA_RESTART};
    NEEDS_HANDLERS();
    for (int i = 0; i < 2; i++) {
        set_scene(&scene);
        pid_t pid = start(writes_much, &flags[i]);
        kill_sleeper(pid, SIGUSR1);
        CHECK(finish(pid), "the writer");
        close(scene.empty[1]);
        static uint8_t buffer[PAGE];
        int total = 0;
        for (ssize_t n; (n = read(scene.empty[0], buffer, sizeof(buffer))) > 0; total += (int)n)
            CHECK(holds(buffer, (size_t)n, (size_t)total, 1), "the bytes at %d", total);
        CHECK(total == scene.words[FUTEX_WORD], "as many as it was told: %d", total);
        strike_scene(&scene);
    }
}

/* --- Signals all the time --- */

static void peppers(void *argument)
{
    pid_t parent = getppid();
    while (get(&scene.words[RETURNED]) == 0) {
        kill(parent, SIGUSR1);
        yield_to(parent);
    }
}

static void drains(void *argument)
{
    uint8_t *buffer = argument;
    size_t total = 0;
    for (ssize_t n = 1; total < MUCH && n > 0; total += (size_t)n) {
        n = read(scene.empty[0], buffer, MUCH);
        CHECK(holds(buffer, (size_t)n, total, 1), "the bytes at %zu", total);
    }
    CHECK(total == MUCH, "all of them: %zu", total);
}

static void write_all(const uint8_t *from, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(scene.empty[1], from + done, size - done);
        if (!CHECK(n > 0, "write at %zu", done))
            return;
        done += (size_t)n;
    }
}

/* Copies in and out of the kernel, with a signal after each few instructions. */
void copies_interrupted(void)
{
    NEEDS_HANDLERS();
    set_scene(&scene);
    uint8_t *much = map(MUCH, RW, ANON, -1, 0), *back = map(MUCH, RW, ANON, -1, 0);
    int fd = make_file("file", 64 * PAGE, 2);
    fill(much, MUCH, 0, 1);
    catch (SIGUSR1, take_note, SA_RESTART);
    pid_t sender = start(peppers, NULL), reader = start(drains, back);
    close(scene.empty[0]);
    for (int i = 0; i < 20; i++)
        CHECK(file_holds(fd, 64 * PAGE, 0, 2), "a file, read in round %d", i);
    for (unsigned i = 0; i < 20; i++) {
        CHECK(pread(fd, back, 64 * PAGE, 0) == 64 * PAGE, "at once");
        CHECK(pwrite(fd, back, 64 * PAGE, 0) == 64 * PAGE, "and written");
    }
    write_all(much, MUCH);
    close(scene.empty[1]);
    CHECK(finish(reader), "the reader has it all");
    post(&scene.words[RETURNED]);
    CHECK(finish(sender), "the sender");
    CHECK(file_holds(fd, 64 * PAGE, 0, 2) && notes.count > 0, "%d signals", notes.count);
}
