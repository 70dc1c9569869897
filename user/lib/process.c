/* Processes: making them, waiting for them, and their names for each other. */
#include "syscall.h"

#include <stddef.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    return (pid_t)SYSCALL4(SYS_wait4, pid, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
    return waitpid(-1, status, 0);
}

pid_t getpid(void)
{
    return (pid_t)SYSCALL0(SYS_getpid);
}

pid_t getppid(void)
{
    return (pid_t)SYSCALL0(SYS_getppid);
}

pid_t gettid(void)
{
    return (pid_t)SYSCALL0(SYS_gettid);
}

pid_t getpgid(pid_t pid)
{
    return (pid_t)SYSCALL1(SYS_getpgid, pid);
}

pid_t getpgrp(void)
{
    return getpgid(0);
}

int setpgid(pid_t pid, pid_t pgid)
{
    return (int)SYSCALL2(SYS_setpgid, pid, pgid);
}

pid_t getsid(pid_t pid)
{
    return (pid_t)SYSCALL1(SYS_getsid, pid);
}

pid_t setsid(void)
{
    return (pid_t)SYSCALL0(SYS_setsid);
}

clock_t times(struct tms *used)
{
    return SYSCALL1(SYS_times, used);
}
