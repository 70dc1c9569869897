/* Children that end, stop and go on: SIGCHLD, and what wait tells. */
#include "tests.h"

static sigset_t waiting; /* all but SIGCHLD */

/* SIGCHLD is blocked but where await_notes sleeps. */
static void expect_children(int flags)
{
    catch (SIGCHLD, take_note, flags);
    block(SIGCHLD);
    sigfillset(&waiting);
    sigdelset(&waiting, SIGCHLD);
}

static void await_notes(int count)
{
    while (notes.count < count)
        sigsuspend(&waiting);
}

static void exits(void *status)
{
    _exit(*(int *)status);
}

static bool told(pid_t pid, int code, int status)
{
    const siginfo_t *info = &notes.info;
    return info->si_signo == SIGCHLD && info->si_pid == pid && info->si_code == code &&
           info->si_status == status && info->si_uid == getuid();
}

void child_ends(void)
{
    int status = 7;
    NEEDS_HANDLERS();
    expect_children(0);
    pid_t pid = start(exits, &status);
    await_notes(1);
    CHECK(told(pid, CLD_EXITED, 7), "code %d, status %d", notes.info.si_code, notes.info.si_status);
    CHECK(status_of(pid, 0) == 7 << 8, "wait says the same");
    pid = start_sleeper();
    send_signal(pid, SIGKILL);
    await_notes(2);
    CHECK(told(pid, CLD_KILLED, SIGKILL), "code %d, status %d", notes.info.si_code,
          notes.info.si_status);
    CHECK(status_of(pid, 0) == SIGKILL, "wait says the same");
    pid_t pids[5];
    for (int i = 0; i < 5; i++)
        pids[i] = start(exits, &status);
    for (int i = 0; i < 5; i++)
        CHECK(status_of(pids[i], 0) == 7 << 8, "child %d", i);
    CHECK(is_pending(SIGCHLD), "one signal stands for all");
    await_notes(3);
    CHECK(notes.count == 3 && !is_pending(SIGCHLD), "and is one");
}

void child_stops(void)
{
    NEEDS_HANDLERS();
    expect_children(0);
    pid_t pid = start_sleeper();
    kill_sleeper(pid, SIGSTOP);
    await_notes(1);
    CHECK(told(pid, CLD_STOPPED, SIGSTOP), "stopped: code %d, status %d", notes.info.si_code,
          notes.info.si_status);
    send_signal(pid, SIGCONT);
    await_notes(2);
    CHECK(told(pid, CLD_CONTINUED, SIGCONT), "continued: code %d, status %d", notes.info.si_code,
          notes.info.si_status);
    send_signal(pid, SIGTERM);
    await_notes(3);
    CHECK(told(pid, CLD_KILLED, SIGTERM), "killed: code %d, status %d", notes.info.si_code,
          notes.info.si_status);
    CHECK(status_of(pid, 0) == SIGTERM, "wait");
}

void child_stops_silently(void)
{
    NEEDS_HANDLERS();
    catch (SIGCHLD, take_note, SA_NOCLDSTOP | SA_RESTART);
    pid_t pid = start_sleeper();
    for (int i = 0; i < 3; i++) {
        kill_sleeper(pid, SIGSTOP);
        CHECK(WIFSTOPPED(status_of(pid, WUNTRACED)), "stopped");
        send_signal(pid, SIGCONT);
        CHECK(WIFCONTINUED(status_of(pid, WCONTINUED)), "continued");
    }
    send_signal(pid, SIGKILL);
    CHECK(status_of(pid, 0) == SIGKILL, "killed");
    CHECK(notes.count == 1 && told(pid, CLD_KILLED, SIGKILL), "only of its end: %d", notes.count);
}

/* Children that nobody has to wait for: wait waits until the last has gone, and finds none. */
static void check_nobody_is_left(void)
{
    int gate[2], status = 3;
    pid_t pids[5];
    MUST(pipe(gate) == 0, "pipe");
    for (int i = 0; i < 5; i++)
        pids[i] = start(exits, &status);
    CHECK(waitpid(pids[2], &status, 0) == -1 && errno == ECHILD, "a wait for one of them");
    CHECK(wait(&status) == -1 && errno == ECHILD && status == 3, "a wait for all of them");
    for (int i = 0; i < 5; i++)
        CHECK(kill(pids[i], 0) == -1 && errno == ESRCH, "child %d has gone", i);
}

void child_leaves_nothing(void)
{
    NEEDS_HANDLERS();
    catch (SIGCHLD, take_note, SA_NOCLDWAIT | SA_RESTART);
    check_nobody_is_left();
    CHECK(notes.count > 0, "SIGCHLD comes all the same");
}

void child_ignored(void)
{
    int status = 3;
    NEEDS_HANDLERS();
    set_handler(SIGCHLD, SIG_IGN);
    check_nobody_is_left();
    set_handler(SIGCHLD, SIG_DFL);
    CHECK(status_of(start(exits, &status), 0) == 3 << 8, "the default is another thing");
}

/* --- Stopped --- */

static void counts_up(void *words)
{
    for (;;)
        post(words);
}

void stop_and_continue(void)
{
    int status = -1, *words = shared_words();
    pid_t pid = start(counts_up, words);
    await(words, 1);
    send_signal(pid, SIGSTOP);
    status = status_of(pid, WUNTRACED);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "stopped: %#x", (unsigned)status);
    CHECK(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0, "which is told once");
    int count = get(words);
    for (int i = 0; i < 1000; i++)
        sched_yield();
    CHECK(get(words) == count, "it does not run");
    CHECK(waitpid(pid, &status, WCONTINUED | WNOHANG) == 0, "not continued yet");
    send_signal(pid, SIGCONT);
    status = status_of(pid, WCONTINUED);
    CHECK(WIFCONTINUED(status) && !WIFSTOPPED(status) && !WIFEXITED(status), "continued: %#x",
          (unsigned)status);
    await(words, count + 1);
    CHECK(waitpid(pid, &status, WCONTINUED | WNOHANG) == 0, "which is told once");
    send_signal(pid, SIGSTOP);
    CHECK(WIFSTOPPED(status_of(pid, WUNTRACED)), "and again");
    CHECK(waitpid(pid, &status, WNOHANG) == 0, "a stop is no end");
    send_signal(pid, SIGKILL);
    CHECK(status_of(pid, WUNTRACED | WCONTINUED) == SIGKILL, "killed");
}

void stop_many(void)
{
    enum { COUNT = 4 };
    int *words = shared_words(), counts[COUNT];
    pid_t pids[COUNT];
    for (int i = 0; i < COUNT; i++) {
        pids[i] = start(counts_up, &words[i * 16]);
        CHECK(setpgid(pids[i], pids[0]) == 0, "into one group");
        await(&words[i * 16], 1);
    }
    for (int round = 0; round < 5; round++) {
        send_signal(-pids[0], SIGSTOP);
        for (int i = 0; i < COUNT; i++)
            CHECK(WIFSTOPPED(status_of(pids[i], WUNTRACED)), "child %d is stopped", i);
        for (int i = 0; i < COUNT; i++)
            counts[i] = get(&words[i * 16]);
        for (int i = 0; i < 100; i++)
            sched_yield();
        for (int i = 0; i < COUNT; i++)
            CHECK(get(&words[i * 16]) == counts[i], "child %d does not run", i);
        send_signal(-pids[0], SIGCONT);
        for (int i = 0; i < COUNT; i++)
            CHECK(WIFCONTINUED(status_of(pids[i], WCONTINUED)), "child %d is continued", i);
    }
    send_signal(-pids[0], SIGKILL);
    for (int i = 0; i < COUNT; i++)
        CHECK(status_of(pids[i], 0) == SIGKILL, "child %d", i);
}

static void stops_itself(void *unused)
{
    catch (SIGTSTP, take_note, 0);
    send_self(SIGTSTP);
    CHECK(notes.count == 1, "a handler, and no stop");
    set_handler(SIGTSTP, SIG_IGN);
    send_self(SIGTSTP);
    CHECK(setsid() == getpid(), "a session of its own, so its group is an orphan");
    set_handler(SIGTSTP, SIG_DFL);
    send_self(SIGTSTP);
    send_self(SIGTTIN);
    send_self(SIGTTOU);
}

void stop_signals(void)
{
    static const int numbers[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP};
    NEEDS_HANDLERS();
    pid_t pid = start_sleeper();
    CHECK(setpgid(pid, pid) == 0, "a group of its own");
    for (int i = 0; i < 4; i++) {
        kill_sleeper(pid, numbers[i]);
        int status = status_of(pid, WUNTRACED);
        CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == numbers[i], "by %d: %#x", numbers[i],
              (unsigned)status);
        send_signal(pid, SIGCONT);
        CHECK(WIFCONTINUED(status_of(pid, WCONTINUED)), "continued");
    }
    send_signal(pid, SIGKILL);
    CHECK(status_of(pid, 0) == SIGKILL, "killed");
    CHECK(status_of(start(stops_itself, NULL), WUNTRACED) == 0, "where the signals do not stop");
}

static void refuses_to_continue(void *unused)
{
    set_handler(SIGCONT, SIG_IGN);
    block(SIGCONT);
    send_self(SIGSTOP);
}

static void continues_with_handler(void *unused)
{
    catch (SIGCONT, take_note, 0);
    send_self(SIGSTOP);
    CHECK(notes.count == 1, "the handler for SIGCONT ran: %d", notes.count);
}

static void check_continues(void (*run)(void *))
{
    pid_t pid = start(run, NULL);
    CHECK(WIFSTOPPED(status_of(pid, WUNTRACED)), "stopped");
    send_signal(pid, SIGCONT);
    CHECK(status_of(pid, 0) == 0, "continued, and ended");
}

void continue_discards(void)
{
    NEEDS_HANDLERS();
    block(SIGTSTP);
    block(SIGTTIN);
    block(SIGCONT);
    send_self(SIGTSTP);
    send_self(SIGTTIN);
    CHECK(is_pending(SIGTSTP) && is_pending(SIGTTIN), "stops wait");
    send_self(SIGCONT);
    CHECK(!is_pending(SIGTSTP) && !is_pending(SIGTTIN), "SIGCONT discards them");
    CHECK(is_pending(SIGCONT), "it waits itself");
    send_self(SIGTSTP);
    CHECK(!is_pending(SIGCONT) && is_pending(SIGTSTP), "and is discarded by a stop");
    send_self(SIGCONT);
    unblock(SIGTSTP);
    unblock(SIGTTIN);
    unblock(SIGCONT);
    check_continues(refuses_to_continue);
    check_continues(continues_with_handler);
}

void kill_while_stopped(void)
{
    int status;
    pid_t pid = start_sleeper(), other = start_sleeper();
    kill_sleeper(pid, SIGSTOP);
    kill_sleeper(other, SIGSTOP);
    CHECK(WIFSTOPPED(status_of(pid, WUNTRACED)), "stopped");
    CHECK(WIFSTOPPED(status_of(other, WUNTRACED)), "stopped, the other");
    send_signal(pid, SIGTERM);
    for (int i = 0; i < 100; i++)
        sched_yield();
    CHECK(waitpid(pid, &status, WNOHANG) == 0, "SIGTERM waits");
    send_signal(pid, SIGCONT);
    CHECK(status_of(pid, 0) == SIGTERM, "until it continues");
    send_signal(other, SIGKILL);
    CHECK(status_of(other, 0) == SIGKILL, "SIGKILL does not");
}
