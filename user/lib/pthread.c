/*
 * The life of threads. See thread.h for what belongs to one.
 *
 * A detached thread cannot free the stack that it runs on: it leaves its mapping in `ended`, and
 * whoever creates a thread or ends in this way next frees those that the kernel is done with, or
 * takes one for the new thread.
 */
#include "futex.h"
#include "syscall.h"
#include "thread.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define THREAD_FLAGS                                                                    \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static int thread_count = 1;
static bool had_others; /* one of them that has ended may still hold a lock for a moment */
static int ended_lock;
static struct thread *ended; /* [ended_lock] */

bool __thread_is_alone(void)
{
    return !had_others;
}

static struct thread *thread_of(pthread_t thread)
{
    return (struct thread *)thread;
}

/* Whether a thread's stack is still in use. */
static int running_tid(struct thread *thread)
{
    return __atomic_load_n(&thread->tid, __ATOMIC_ACQUIRE);
}

/* --- Mappings --- */

struct room {
    char *mapping;
    size_t size, guard;
};

static struct room room_of(const struct thread *thread)
{
    return (struct room){thread->mapping, thread->mapping_size, thread->guard_size};
}

static void free_room(struct room room)
{
    int saved_errno = errno;
    if (room.mapping != NULL)
        munmap(room.mapping, room.size);
    errno = saved_errno;
}

/* Takes out of `ended` what is free: one that fits goes to the room, the others to the kernel. */
static void reap(struct room *wanted)
{
    __lock_acquire(&ended_lock);
    for (struct thread **link = &ended; *link != NULL;) {
        struct thread *thread = *link;
        if (running_tid(thread) != 0) {
            link = &thread->next;
            continue;
        }
        struct room room = room_of(thread);
        *link = thread->next;
        bool fits = wanted != NULL && wanted->mapping == NULL && wanted->size == room.size &&
                    wanted->guard == room.guard;
        if (fits)
            *wanted = room;
        else
            free_room(room);
    }
    __lock_release(&ended_lock);
}

static void bury(struct thread *self)
{
    reap(NULL);
    __lock_acquire(&ended_lock);
    self->next = ended;
    ended = self;
    __lock_release(&ended_lock);
}

static int map_room(struct room *room)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE;
    char *mapping = mmap(NULL, room->size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapping == MAP_FAILED)
        return EAGAIN;
    room->mapping = mapping;
    if (room->guard == 0 || mprotect(mapping, room->guard, PROT_NONE) == 0)
        return 0;
    free_room(*room);
    return EAGAIN;
}

static size_t round_to_pages(size_t size)
{
    return (size + PAGE_SIZE - 1) & ~(size_t)(PAGE_SIZE - 1);
}

static int find_room(const pthread_attr_t *attr, struct room *room)
{
    room->guard = round_to_pages(attr->guard_size);
    room->size = room->guard + round_to_pages(attr->stack_size + __tls_area_size());
    reap(room);
    return room->mapping != NULL ? 0 : map_room(room);
}

/* --- Creation --- */

/* The caller's own stack has no guard, and is not freed. */
static struct thread *make_thread(const pthread_attr_t *attr, int *error)
{
    struct room room = {NULL, 0, 0};
    char *end = (char *)attr->stack + attr->stack_size;
    if (attr->stack == NULL) {
        *error = find_room(attr, &room);
        if (*error != 0)
            return NULL;
        end = room.mapping + room.size;
    }
    struct thread *thread = __tls_make(end - __tls_area_size());
    thread->mapping = room.mapping;
    thread->mapping_size = room.size;
    thread->guard_size = room.guard;
    thread->state = attr->detached ? THREAD_DETACHED : THREAD_JOINABLE;
    return thread;
}

static int run_thread(void *argument)
{
    struct thread *self = argument;
    pthread_exit(self->run(self->argument));
}

/* Nothing of the thread is touched once it runs: it may have ended, and be freed. */
static int start_thread(struct thread *thread)
{
    struct room room = room_of(thread);
    __thread_tid(); /* whoever joins the first thread waits for its tid to become 0 */
    had_others = true;
    __atomic_fetch_add(&thread_count, 1, __ATOMIC_RELAXED);
    int tid = clone(run_thread, thread, THREAD_FLAGS, thread, &thread->tid, thread + 1,
                    &thread->tid);
    if (tid > 0)
        return 0;
    __atomic_fetch_sub(&thread_count, 1, __ATOMIC_RELAXED);
    free_room(room);
    return EAGAIN;
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attr,
                   void *(*run)(void *), void *restrict argument)
{
    pthread_attr_t usual;
    int saved_errno = errno, error = 0;
    pthread_attr_init(&usual);
    struct thread *made = make_thread(attr != NULL ? attr : &usual, &error);
    if (made != NULL) {
        made->run = run;
        made->argument = argument;
        *thread = (pthread_t)made;
        error = start_thread(made);
    }
    errno = saved_errno;
    return error;
}

/* --- The end --- */

/* From here on no handler may run: it would find a thread that is half gone. */
static void block_signals(void)
{
    sigset_t all = ~0UL;
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}

void pthread_exit(void *result)
{
    struct thread *self = __thread_self();
    self->result = result;
    if (__cleanup_run != NULL)
        __cleanup_run();
    if (__key_run_destructors != NULL)
        __key_run_destructors();
    if (__atomic_fetch_sub(&thread_count, 1, __ATOMIC_ACQ_REL) == 1)
        exit(0);
    block_signals();
    enum thread_state state = THREAD_JOINABLE;
    bool joinable = __atomic_compare_exchange_n(&self->state, &state, THREAD_ENDED, false,
                                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
    if (!joinable && self->mapping != NULL)
        bury(self);
    for (;;)
        syscall3(SYS_exit, 0, 0, 0);
}

/* The kernel's wake at the end of a thread is for all who share the memory. */
static void *wait_and_free(struct thread *thread)
{
    int tid;
    while ((tid = running_tid(thread)) != 0)
        __futex_wait(&thread->tid, tid, FUTEX_SHARED, NULL);
    void *result = thread->result;
    free_room(room_of(thread));
    return result;
}

int pthread_join(pthread_t thread, void **result)
{
    if (thread == pthread_self())
        return EDEADLK;
    if (__atomic_load_n(&thread_of(thread)->state, __ATOMIC_RELAXED) == THREAD_DETACHED)
        return EINVAL;
    void *got = wait_and_free(thread_of(thread));
    if (result != NULL)
        *result = got;
    return 0;
}

int pthread_detach(pthread_t thread)
{
    enum thread_state state = THREAD_JOINABLE;
    if (__atomic_compare_exchange_n(&thread_of(thread)->state, &state, THREAD_DETACHED, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return 0;
    if (state == THREAD_DETACHED)
        return EINVAL;
    wait_and_free(thread_of(thread));
    return 0;
}

/* --- What is done to threads --- */

static int tid_of(pthread_t thread)
{
    return thread == pthread_self() ? __thread_tid() : running_tid(thread_of(thread));
}

/* A signal to a thread that has ended but was not joined goes nowhere, which is no error. */
int pthread_kill(pthread_t thread, int number)
{
    int tid = tid_of(thread);
    if (tid == 0)
        return number < 0 || number >= NSIG ? EINVAL : 0;
    return (int)-syscall3(SYS_tgkill, getpid(), tid, number);
}

int pthread_sigqueue(pthread_t thread, int number, const union sigval value)
{
    siginfo_t info = {.si_signo = number, .si_code = SI_QUEUE};
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value = value;
    struct syscall_args args = {info.si_pid, tid_of(thread), number, (long)&info, 0, 0};
    return (int)-syscall6(SYS_rt_tgsigqueueinfo, args);
}

/* After fork the child is one thread, and the others' mappings that were about to be freed can be.
 */
void __thread_fork(enum fork_phase phase)
{
    if (phase == FORK_BEFORE) {
        __lock_acquire(&ended_lock);
        return;
    }
    if (phase == FORK_CHILD) {
        thread_count = 1;
        had_others = false;
        for (struct thread *thread = ended; thread != NULL; thread = thread->next)
            thread->tid = 0;
    }
    __lock_release(&ended_lock);
}
