/* Signals: handlers, masks and sending. */
#include "syscall.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/*
 * What the system call takes, and a word more: qemu-user up to 7.2 believes that there is a
 * restorer before the mask, as other machines have. It reads the mask from that word, and writes
 * there.
 */
struct call_action {
    struct ksigaction action;
    uint64_t mask;
};

int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    struct call_action new_action, old_action;
    if (action != NULL) {
        new_action.action.handler = action->sa_handler;
        new_action.action.flags = (unsigned)action->sa_flags;
        new_action.action.mask = new_action.mask = action->sa_mask;
    }
    struct call_action *in = action == NULL ? NULL : &new_action;
    struct call_action *out = old == NULL ? NULL : &old_action;
    if (SYSCALL4(SYS_rt_sigaction, number, in, out, sizeof(sigset_t)) < 0)
        return -1;
    if (old != NULL) {
        old->sa_handler = old_action.action.handler;
        old->sa_flags = (int)old_action.action.flags;
        old->sa_mask = old_action.action.mask;
    }
    return 0;
}

/* As in BSD and glibc, the handler stays, and calls that it interrupts go on. */
sighandler_t signal(int number, sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old;
    return sigaction(number, &action, &old) < 0 ? SIG_ERR : old.sa_handler;
}

int kill(pid_t pid, int number)
{
    return (int)SYSCALL2(SYS_kill, pid, number);
}

int killpg(pid_t pgid, int number)
{
    if (pgid < 0) {
        errno = EINVAL;
        return -1;
    }
    return kill(-pgid, number);
}

int raise(int number)
{
    return tgkill(getpid(), gettid(), number);
}

int tgkill(pid_t pid, pid_t tid, int number)
{
    return (int)SYSCALL3(SYS_tgkill, pid, tid, number);
}

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ~0UL;
    return 0;
}

/* The bit of a signal in a set; 0 and errno if there is no such signal. */
static sigset_t bit_of(int number)
{
    if (number > 0 && number < NSIG)
        return 1UL << (number - 1);
    errno = EINVAL;
    return 0;
}

int sigaddset(sigset_t *set, int number)
{
    sigset_t bit = bit_of(number);
    *set |= bit;
    return bit != 0 ? 0 : -1;
}

int sigdelset(sigset_t *set, int number)
{
    sigset_t bit = bit_of(number);
    *set &= ~bit;
    return bit != 0 ? 0 : -1;
}

int sigismember(const sigset_t *set, int number)
{
    sigset_t bit = bit_of(number);
    return bit == 0 ? -1 : (*set & bit) != 0;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return (int)SYSCALL4(SYS_rt_sigprocmask, how, set, old, sizeof(sigset_t));
}

/* Returns the error's number and leaves errno as it was. */
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    struct syscall_args args = {how, (long)set, (long)old, sizeof(*set), 0, 0};
    return (int)-syscall6(SYS_rt_sigprocmask, args);
}

int sigpending(sigset_t *set)
{
    return (int)SYSCALL2(SYS_rt_sigpending, set, sizeof(sigset_t));
}

int sigsuspend(const sigset_t *mask)
{
    return (int)SYSCALL2(SYS_rt_sigsuspend, mask, sizeof(sigset_t));
}

int pause(void)
{
    sigset_t mask;
    if (sigprocmask(SIG_BLOCK, NULL, &mask) < 0)
        return -1;
    return sigsuspend(&mask);
}
