/* fork, with what has to be whole in the child; and pthread_atfork. */
#include "syscall.h"
#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* The library's own locks, in the order in which they are taken. */
static void run_own(enum fork_phase phase)
{
    if (__stream_fork != NULL)
        __stream_fork(phase);
    if (__thread_fork != NULL)
        __thread_fork(phase);
    if (__malloc_fork != NULL)
        __malloc_fork(phase);
}

/* What is the forking thread's alone. The child learns its tid when it needs it. */
static void start_child(void)
{
    __thread_self()->tid = 0;
    if (__robust_fork != NULL)
        __robust_fork();
}

/*
 * A thread that is alone holds all locks that are held. Not to touch the others spares it copies of
 * the pages that they are in.
 */
pid_t fork(void)
{
    if (__atfork_run != NULL)
        __atfork_run(FORK_BEFORE);
    bool alone = __thread_is_alone == NULL || __thread_is_alone();
    if (!alone)
        run_own(FORK_BEFORE);
    long pid = syscall6(SYS_clone, (struct syscall_args){SIGCHLD, 0, 0, 0, 0, 0});
    if (pid == 0)
        start_child();
    enum fork_phase phase = pid == 0 ? FORK_CHILD : FORK_PARENT;
    if (!alone)
        run_own(phase);
    if (__atfork_run != NULL)
        __atfork_run(phase);
    return (pid_t)__syscall_result(pid);
}
