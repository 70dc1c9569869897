/*
 * Robust mutexes. The kernel knows where each thread's list begins, and walks it when the thread
 * ends: what it finds there, and `list_op_pending`, it marks with FUTEX_OWNER_DIED. The thread
 * registers the list with its first robust mutex.
 */
#include "mutex.h"
#include "syscall.h"
#include "thread.h"

#include <errno.h>
#include <stddef.h>

struct link {
    struct robust_list forward; /* all that the kernel looks at */
    struct robust_list *previous;
};

static _Thread_local struct robust_list_head head;

_Static_assert(sizeof(struct link) == sizeof(((pthread_mutex_t *)0)->link), "it is kept there");

static struct link *link_of(pthread_mutex_t *mutex)
{
    return (struct link *)&mutex->link;
}

static void set_next(struct robust_list *at, struct robust_list *next)
{
    __atomic_store_n(&at->next, next, __ATOMIC_RELEASE);
}

/* The thread may die between any two instructions: they must stay in this order. */
static void set_pending(pthread_mutex_t *mutex)
{
    struct robust_list *link = mutex == NULL ? NULL : &link_of(mutex)->forward;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&head.list_op_pending, link, __ATOMIC_RELAXED);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void start_list(void)
{
    if (head.list.next != NULL)
        return;
    head.list.next = &head.list;
    head.futex_offset = (long)offsetof(pthread_mutex_t, word) -
                        (long)offsetof(pthread_mutex_t, link);
    syscall3(SYS_set_robust_list, (long)&head, sizeof(head), 0);
}

/* The head itself needs to know no previous link: nothing is removed at the ring's end. */
static void set_previous(struct robust_list *of, struct robust_list *previous)
{
    if (of != &head.list)
        ((struct link *)of)->previous = previous;
}

static void insert(pthread_mutex_t *mutex)
{
    struct link *link = link_of(mutex);
    struct robust_list *first = head.list.next;
    link->previous = &head.list;
    set_next(&link->forward, first);
    set_previous(first, &link->forward);
    set_next(&head.list, &link->forward);
}

static void remove_link(pthread_mutex_t *mutex)
{
    struct link *link = link_of(mutex);
    set_previous(link->forward.next, link->previous);
    set_next(link->previous, link->forward.next);
}

/* After the word was taken, or not. A lost mutex wakes one after the other, who all give up. */
static int settle(pthread_mutex_t *mutex, int error)
{
    if ((error == 0 || error == EOWNERDEAD) && mutex->state == MUTEX_LOST) {
        __mutex_release(mutex);
        return ENOTRECOVERABLE;
    }
    if (error == EOWNERDEAD) {
        mutex->state = MUTEX_INCONSISTENT;
        mutex->count = 0;
    }
    if (error == 0 || error == EOWNERDEAD)
        insert(mutex);
    return error;
}

int __robust_try(pthread_mutex_t *mutex)
{
    start_list();
    set_pending(mutex);
    int error = settle(mutex, __mutex_try(mutex, __thread_tid()));
    set_pending(NULL);
    return error;
}

int __robust_take(pthread_mutex_t *mutex, const struct deadline *deadline)
{
    start_list();
    set_pending(mutex);
    int error = settle(mutex, __mutex_take(mutex, deadline));
    set_pending(NULL);
    return error;
}

void __robust_release(pthread_mutex_t *mutex)
{
    set_pending(mutex);
    if (mutex->state == MUTEX_INCONSISTENT)
        mutex->state = MUTEX_LOST;
    remove_link(mutex);
    __mutex_release(mutex);
    set_pending(NULL);
}

/* The child holds none of the parent's, and the kernel knows no list of its. */
void __robust_fork(void)
{
    head.list.next = NULL;
}
