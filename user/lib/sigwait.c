/* Signals without handlers: taken one by one, sent with a value; and stacks for handlers. */
#include "syscall.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict timeout)
{
    return (int)SYSCALL4(SYS_rt_sigtimedwait, set, info, timeout, sizeof(*set));
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, NULL);
}

/* Returns the error's number and leaves errno as it was; a handler that ran is no error. */
int sigwait(const sigset_t *restrict set, int *restrict number)
{
    struct syscall_args args = {(long)set, 0, 0, sizeof(*set), 0, 0};
    long result;
    do
        result = syscall6(SYS_rt_sigtimedwait, args);
    while (result == -EINTR);
    if (result < 0)
        return (int)-result;
    *number = (int)result;
    return 0;
}

static siginfo_t queued_info(int number, union sigval value)
{
    siginfo_t info = {.si_signo = number, .si_code = SI_QUEUE};
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    return info;
}

int sigqueue(pid_t pid, int number, const union sigval value)
{
    siginfo_t info = queued_info(number, value);
    return (int)SYSCALL3(SYS_rt_sigqueueinfo, pid, number, &info);
}

int sigaltstack(const stack_t *restrict stack, stack_t *restrict old)
{
    return (int)SYSCALL2(SYS_sigaltstack, stack, old);
}

void psignal(int number, const char *text)
{
    bool named = text != NULL && text[0] != '\0';
    fprintf(stderr, "%s%s%s\n", named ? text : "", named ? ": " : "", strsignal(number));
}
