/* sigprocmask, sigpending, sigsuspend, sigtimedwait. */
#include "tests.h"

void mask_calls(void)
{
    sigset_t old, set = set_of(SIGUSR1, SIGKILL), other = set_of(SIGUSR2, 0);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0, "block");
    CHECK(sigismember(&old, SIGUSR1) == 0, "it was not blocked");
    CHECK(is_blocked(SIGUSR1) && !is_blocked(SIGKILL), "SIGKILL cannot be blocked");
    CHECK(sigprocmask(SIG_BLOCK, &other, &old) == 0, "block another");
    CHECK(sigismember(&old, SIGUSR1) == 1 && sigismember(&old, SIGUSR2) == 0, "the mask before");
    CHECK(is_blocked(SIGUSR1) && is_blocked(SIGUSR2), "both");
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0, "unblock one");
    CHECK(!is_blocked(SIGUSR1) && is_blocked(SIGUSR2), "the other stays");
    CHECK(sigprocmask(SIG_SETMASK, &set, NULL) == 0, "set");
    CHECK(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "exactly that");
    CHECK(sigprocmask(99, NULL, &old) == 0, "without a set the operation does not matter");
    sigfillset(&set);
    CHECK(sigprocmask(SIG_SETMASK, &set, NULL) == 0, "all");
    CHECK(!is_blocked(SIGKILL) && !is_blocked(SIGSTOP) && is_blocked(SIGSEGV), "but those two");
}

void mask_errors(void)
{
    long set = 0, bad = (long)empty_range(PAGE);
    CHECK(RAW(SYS_rt_sigprocmask, 3, (long)&set, 0, 8) == -EINVAL, "an unknown operation");
    CHECK(RAW(SYS_rt_sigprocmask, -1, (long)&set, 0, 8) == -EINVAL, "a negative one");
    CHECK(RAW(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set, 0, 4) == -EINVAL, "a small set");
    CHECK(RAW(SYS_rt_sigprocmask, SIG_BLOCK, (long)&set, 0, 128) == -EINVAL, "a large set");
    CHECK(RAW(SYS_rt_sigprocmask, SIG_BLOCK, bad, 0, 8) == -EFAULT, "a bad set");
    CHECK(RAW(SYS_rt_sigprocmask, SIG_BLOCK, 0, bad, 8) == -EFAULT, "a bad place for the old one");
    CHECK(RAW(SYS_rt_sigpending, bad, 8) == -EFAULT, "sigpending");
    CHECK(RAW(SYS_rt_sigpending, (long)&set, 16) == -EINVAL, "sigpending of another size");
}

void blocked_waits(void)
{
    sigset_t set;
    NEEDS_HANDLERS();
    catch (SIGUSR1, take_note, 0);
    catch (SIGUSR2, take_note, 0);
    block(SIGUSR1);
    CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR1) == 0, "nothing is pending");
    send_self(SIGUSR1);
    send_self(SIGUSR2);
    CHECK(notes.count == 1 && notes.order[0] == SIGUSR2, "the other is not held up");
    CHECK(is_pending(SIGUSR1) && !is_pending(SIGUSR2), "one is pending");
    unblock(SIGUSR1);
    CHECK(notes.count == 2 && notes.order[1] == SIGUSR1, "it runs before sigprocmask returns");
    CHECK(!is_pending(SIGUSR1), "and is pending no more");
}

/* --- sigsuspend --- */

static void suspends(void *unused)
{
    sigset_t none;
    sigemptyset(&none);
    catch (SIGUSR1, take_note, SA_RESTART);
    block(SIGUSR1);
    send_signal(getppid(), SIGUSR2);
    errno = 0;
    CHECK(sigsuspend(&none) == -1 && errno == EINTR, "sigsuspend ends with EINTR");
    CHECK(notes.count == 1 && is_blocked(SIGUSR1), "handled; blocked again");
    CHECK(!is_pending(SIGUSR1), "not pending");
}

void suspend(void)
{
    sigset_t mask, others = set_of(SIGUSR1, 0);
    NEEDS_HANDLERS();
    catch (SIGUSR1, take_note, 0);
    catch (SIGUSR2, take_note, 0);
    block(SIGUSR2);
    pid_t pid = start(suspends, NULL);
    CHECK(sigsuspend(&others) == -1 && errno == EINTR && notes.count == 1, "until the child sends");
    CHECK(notes.order[0] == SIGUSR2 && is_blocked(SIGUSR2), "that one; it is blocked again");
    kill_sleeper(pid, SIGUSR1);
    CHECK(finish(pid), "the child");
    send_self(SIGUSR2);
    sigfillset(&mask);
    sigdelset(&mask, SIGUSR2);
    CHECK(sigsuspend(&mask) == -1 && errno == EINTR && notes.count == 2, "one that is pending");
    notes.count = 0;
    block(SIGUSR1);
    send_self(SIGUSR1);
    pid = start_sleeper();
    kill_sleeper(pid, SIGTERM);
    CHECK(status_of(pid, 0) == SIGTERM, "it kills one that sleeps in pause");
    CHECK(notes.count == 0 && is_pending(SIGUSR1), "what is blocked waits on");
}

void suspend_errors(void)
{
    long set = 0;
    CHECK(RAW(SYS_rt_sigsuspend, (long)&set, 4) == -EINVAL, "a small set");
    CHECK(RAW(SYS_rt_sigsuspend, (long)empty_range(PAGE), 8) == -EFAULT, "a bad set");
}

/* --- sigtimedwait --- */

#ifndef SYS_rt_sigtimedwait
#define SYS_rt_sigtimedwait 137
#endif

#define NEEDS_TIMEDWAIT()                                    \
    do {                                                     \
        if (RAW(SYS_rt_sigtimedwait, 0, 0, 0, 8) == -ENOSYS) \
            SKIP("there is no sigtimedwait");                \
    } while (0)

/* sigtimedwait as the kernel has it: negative errnos, NULL for ever. */
static long wait_signal(const sigset_t *set, siginfo_t *info, const struct timespec *time)
{
    return RAW(SYS_rt_sigtimedwait, (long)set, (long)info, (long)time, 8);
}

static void sends_when_asleep(void *number)
{
    kill_sleeper(getppid(), *(int *)number);
}

static void ends(void *unused)
{
}

void wait_takes(void)
{
    siginfo_t info;
    struct timespec none = {0, 0};
    sigset_t both = set_of(SIGUSR1, SIGUSR2);
    int number = SIGUSR2;
    NEEDS_TIMEDWAIT();
    sigprocmask(SIG_BLOCK, &both, NULL);
    send_self(SIGUSR2);
    send_self(SIGUSR1);
    memset(&info, 0xff, sizeof(info));
    CHECK(wait_signal(&both, &info, NULL) == SIGUSR1, "the lower number first");
    CHECK(info.si_signo == SIGUSR1 && info.si_code == SI_USER && info.si_pid == getpid(), "info");
    CHECK(wait_signal(&both, NULL, &none) == SIGUSR2, "then the other, no info");
    CHECK(!is_pending(SIGUSR1) && !is_pending(SIGUSR2), "they are taken");
    CHECK(wait_signal(&both, &info, &none) == -EAGAIN, "nothing is left");
    pid_t pid = start(sends_when_asleep, &number);
    CHECK(wait_signal(&both, &info, NULL) == SIGUSR2 && info.si_pid == pid, "one that comes later");
    CHECK(finish(pid), "the child");
    block(SIGCHLD);
    pid = start(ends, NULL);
    sigset_t child = set_of(SIGCHLD, SIGKILL);
    CHECK(wait_signal(&child, &info, NULL) == SIGCHLD, "SIGCHLD, though by default ignored");
    CHECK(info.si_pid == pid && info.si_code == CLD_EXITED, "of that child");
    CHECK(finish(pid), "which can be waited for");
}

void wait_times_out(void)
{
    struct timespec brief = {0, 2000000}, none = {0, 0}, begin, end;
    sigset_t set = set_of(SIGUSR1, 0), empty = set_of(0, 0);
    NEEDS_TIMEDWAIT();
    block(SIGUSR1);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(wait_signal(&set, NULL, &brief) == -EAGAIN, "two milliseconds");
    clock_gettime(CLOCK_MONOTONIC, &end);
    long ns = (end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec;
    CHECK(ns >= brief.tv_nsec, "not less: %ld", ns);
    CHECK(wait_signal(&empty, NULL, &none) == -EAGAIN, "for nothing");
    send_self(SIGUSR1);
    CHECK(wait_signal(&set, NULL, &brief) == SIGUSR1, "in time");
}

void wait_errors(void)
{
    struct timespec negative = {-1, 0}, wrong = {0, 1000000000}, none = {0, 0};
    sigset_t set = set_of(SIGUSR1, 0);
    long bad = (long)empty_range(PAGE);
    int number = SIGUSR2;
    NEEDS_TIMEDWAIT();
    block(SIGUSR1);
    CHECK(wait_signal(&set, NULL, &negative) == -EINVAL, "a negative time");
    CHECK(wait_signal(&set, NULL, &wrong) == -EINVAL, "too many nanoseconds");
    CHECK(RAW(SYS_rt_sigtimedwait, (long)&set, 0, 0, 4) == -EINVAL, "a small set");
    CHECK(RAW(SYS_rt_sigtimedwait, bad, 0, 0, 8) == -EFAULT, "a bad set");
    CHECK(RAW(SYS_rt_sigtimedwait, (long)&set, 0, bad, 8) == -EFAULT, "a bad time");
    send_self(SIGUSR1);
    CHECK(RAW(SYS_rt_sigtimedwait, (long)&set, bad, (long)&none, 8) == -EFAULT, "a bad info");
    NEEDS_HANDLERS();
    catch (SIGUSR2, take_note, SA_RESTART);
    pid_t pid = start(sends_when_asleep, &number);
    CHECK(wait_signal(&set, NULL, NULL) == -EINTR && notes.count == 1, "another one is handled");
    CHECK(finish(pid), "the child");
}
