/* The thread that asks: who it is, and its cleanup handlers. */
#include "syscall.h"
#include "thread.h"

#include <pthread.h>

int __thread_learn_tid(struct thread *self)
{
    int tid = (int)syscall3(SYS_set_tid_address, (long)&self->tid, 0, 0);
    __atomic_store_n(&self->tid, tid, __ATOMIC_RELAXED);
    return tid;
}

pthread_t pthread_self(void)
{
    return (pthread_t)__thread_self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}

static _Thread_local struct __cleanup *innermost;

void __cleanup_push(struct __cleanup *cleanup)
{
    cleanup->outer = innermost;
    innermost = cleanup;
}

void __cleanup_pop(int run)
{
    struct __cleanup *cleanup = innermost;
    innermost = cleanup->outer;
    if (run)
        cleanup->run(cleanup->argument);
}

void __cleanup_run(void)
{
    while (innermost != NULL)
        __cleanup_pop(1);
}
