/*
 * signaltest: signals as programs meet them. Handlers and their frames, masks, what is pending,
 * faults with their addresses, calls that a signal interrupts, alternate stacks, children that end
 * and stop, timers, process groups, waiting for signals, and everything of it with bad input. What
 * it expects is what Linux does.
 *
 * Where a test needs somebody to be asleep in a call, it asks the system (await_sleep), so nothing
 * depends on time. The tests stand in files by subject; tests.h lists them all.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},
#define ROLE(name)         {"--" #name, role_##name},

static const struct test tests[] = {SIGNAL_TESTS(ROW)};

static const struct {
    const char *name;
    int (*run)(void);
} roles[] = {SIGNAL_ROLES(ROLE)};

struct notes notes;

void exec_role(const char *role)
{
    char *argv[] = {scratch_program, (char *)role, NULL}, *envp[] = {NULL};
    fflush(stdout);
    execve(scratch_program, argv, envp);
}

void take_note(int number, siginfo_t *info, void *context)
{
    notes.info = *info;
    if (notes.count < (int)(sizeof(notes.order) / sizeof(notes.order[0])))
        notes.order[notes.count] = number;
    notes.count++;
}

void take_note_of(int number)
{
    siginfo_t nothing = {.si_signo = number};
    take_note(number, &nothing, NULL);
}

static void set_action(int number, catcher *handler, int flags, bool alone)
{
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
    if (alone)
        sigfillset(&action.sa_mask);
    else
        sigemptyset(&action.sa_mask);
    MUST(sigaction(number, &action, NULL) == 0, "a handler for %d", number);
}

void catch (int number, catcher *handler, int flags)
{
    set_action(number, handler, flags, false);
}

void catch_alone(int number, catcher *handler, int flags)
{
    set_action(number, handler, flags, true);
}

void set_handler(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    MUST(sigaction(number, &action, NULL) == 0, "an action for %d", number);
}

sigset_t set_of(int one, int other)
{
    sigset_t set;
    sigemptyset(&set);
    if (one != 0)
        sigaddset(&set, one);
    if (other != 0)
        sigaddset(&set, other);
    return set;
}

void block(int number)
{
    sigset_t set = set_of(number, 0);
    MUST(sigprocmask(SIG_BLOCK, &set, NULL) == 0, "block %d", number);
}

void unblock(int number)
{
    sigset_t set = set_of(number, 0);
    MUST(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0, "unblock %d", number);
}

bool is_blocked(int number)
{
    sigset_t set;
    MUST(sigprocmask(SIG_BLOCK, NULL, &set) == 0, "the mask");
    return sigismember(&set, number) == 1;
}

bool is_pending(int number)
{
    sigset_t set;
    MUST(sigpending(&set) == 0, "sigpending");
    return sigismember(&set, number) == 1;
}

void send_signal(pid_t pid, int number)
{
    CHECK(kill(pid, number) == 0, "send %d to %d", number, (int)pid);
}

void send_self(int number)
{
    send_signal(getpid(), number);
}

void kill_sleeper(pid_t pid, int number)
{
    await_sleep(pid);
    send_signal(pid, number);
}

int status_of(pid_t pid, int options)
{
    int status = -1;
    CHECK(waitpid(pid, &status, options) == pid, "wait for %d", (int)pid);
    return status;
}

static void sleeps(void *unused)
{
    for (;;)
        pause();
}

pid_t start_sleeper(void)
{
    return start(sleeps, NULL);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]) && argc > 1; i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].run();
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
