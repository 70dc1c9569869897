/* The ways in which a program ends. */
#include "start.h"
#include "syscall.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void (*at_exit[ATEXIT_MAX])(void);
static int at_exit_count;

int atexit(void (*function)(void))
{
    if (at_exit_count == ATEXIT_MAX)
        return -1;
    at_exit[at_exit_count++] = function;
    return 0;
}

void exit(int status)
{
    while (at_exit_count > 0)
        at_exit[--at_exit_count]();
    if (__stream_flush_all != NULL)
        __stream_flush_all();
    _exit(status);
}

void _exit(int status)
{
    for (;;)
        syscall3(SYS_exit_group, status, 0, 0);
}

void _Exit(int status)
{
    _exit(status);
}

/* A handler for SIGABRT may run, and may jump away; if it returns, the default comes after it. */
void abort(void)
{
    sigset_t set = 1UL << (SIGABRT - 1);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(SIGABRT);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(128 + SIGABRT);
}

void __assert_failed(const char *expression, const char *file, int line, const char *function)
{
    fprintf(stderr, "%s:%d: %s: Assertion `%s' failed.\n", file, line, function, expression);
    abort();
}
