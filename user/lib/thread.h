/*
 * Threads as the library has them. tp points to a thread's thread-local variables; what the library
 * itself keeps for each thread lies right before them:
 *
 *     | guard | stack ...                     | struct thread | variables |
 *                                                             ^ tp
 *
 * That is one mapping. The first thread has the two parts on the right on the stack that the kernel
 * gave it.
 *
 * A thread is JOINABLE or DETACHED, and ENDED is a joinable one that nobody has joined yet. The
 * kernel sets tid to 0 when a thread has used its stack for the last time, and wakes who waits for
 * that.
 */
#ifndef LIB_THREAD_H
#define LIB_THREAD_H

#include <stdbool.h>
#include <stddef.h>

enum thread_state { THREAD_JOINABLE, THREAD_DETACHED, THREAD_ENDED };

struct thread {
    int tid; /* 0 as long as the first thread was not asked for it: see __thread_tid */
    enum thread_state state;
    void *(*run)(void *);
    void *argument, *result;
    char *mapping; /* guard, stack and this; NULL: the kernel made it */
    size_t mapping_size, guard_size;
    struct thread *next; /* among the ended ones whose mapping is to be freed */
} __attribute__((aligned(16)));

static inline struct thread *__thread_self(void)
{
    struct thread *tp;
    __asm__("mv %0, tp" : "=r"(tp));
    return tp - 1;
}

/* --- tls.c: thread-local variables --- */

/* Learns from the auxiliary vector which variables there are. Before all else of this file. */
void __tls_find(const unsigned long *auxv);

/* The size of an area that has room for a struct thread and its variables, wherever it lies. */
size_t __tls_area_size(void);

/* Makes both at the area's end, with the variables' first values. The area's start stays as is. */
struct thread *__tls_make(char *area);

/* --- self.c: the thread that asks --- */

/* Tells the kernel where the thread's id is to be set to 0, and stores it there. */
int __thread_learn_tid(struct thread *self);

static inline int __thread_tid(void)
{
    struct thread *self = __thread_self();
    int tid = __atomic_load_n(&self->tid, __ATOMIC_RELAXED);
    return tid != 0 ? tid : __thread_learn_tid(self);
}

/* --- What is done at certain times, if the program has it --- */

/* A thread ends: first its cleanup handlers, then what its keys' values need. */
void __cleanup_run(void) __attribute__((weak));
void __key_run_destructors(void) __attribute__((weak));

/*
 * fork: before it, and after it in the parent and in the child, where the other threads are gone.
 * What has locks takes them before and releases them after, so that what they protect is whole.
 */
enum fork_phase { FORK_BEFORE, FORK_PARENT, FORK_CHILD };

void __atfork_run(enum fork_phase phase) __attribute__((weak));
void __stream_fork(enum fork_phase phase) __attribute__((weak));
void __malloc_fork(enum fork_phase phase) __attribute__((weak));
void __thread_fork(enum fork_phase phase) __attribute__((weak));

/* In the child, for what is the thread's own. */
void __robust_fork(void) __attribute__((weak));

/* Whether there is no other thread; defined if the program can have any. */
bool __thread_is_alone(void) __attribute__((weak));

#endif
