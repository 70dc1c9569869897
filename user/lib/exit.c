/* The ways in which a program ends. */
#include "futex.h"
#include "start.h"
#include "syscall.h"
#include "thread.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int lock;
static void (*at_exit[ATEXIT_MAX])(void); /* [lock] */
static int at_exit_count;                 /* [lock] */

static struct thread *ending; /* who ends the program */
static int ending_lock;       /* never released */

int atexit(void (*function)(void))
{
    __lock_acquire(&lock);
    bool room = at_exit_count < ATEXIT_MAX;
    if (room)
        at_exit[at_exit_count++] = function;
    __lock_release(&lock);
    return room ? 0 : -1;
}

/* What was registered last, and is registered no more; NULL: nothing is. */
static void (*take_function(void))(void)
{
    __lock_acquire(&lock);
    void (*function)(void) = at_exit_count > 0 ? at_exit[--at_exit_count] : NULL;
    __lock_release(&lock);
    return function;
}

/* One of those functions may call exit again, which goes on with the rest. */
static void end_alone(void)
{
    if (__atomic_load_n(&ending, __ATOMIC_RELAXED) == __thread_self())
        return;
    __lock_acquire(&ending_lock);
    __atomic_store_n(&ending, __thread_self(), __ATOMIC_RELAXED);
}

void exit(int status)
{
    end_alone();
    for (void (*function)(void); (function = take_function()) != NULL;)
        function();
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
