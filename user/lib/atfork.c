/* Functions of the program that run before and after fork. */
#include "futex.h"
#include "thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct handlers {
    void (*run[3])(void); /* by enum fork_phase */
    struct handlers *older, *newer;
};

static int lock;
static struct handlers *oldest, *newest; /* [lock] */

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    struct handlers *handlers = malloc(sizeof(*handlers));
    if (handlers == NULL)
        return ENOMEM;
    __lock_acquire(&lock);
    *handlers = (struct handlers){{prepare, parent, child}, newest, NULL};
    if (newest != NULL)
        newest->newer = handlers;
    else
        oldest = handlers;
    newest = handlers;
    __lock_release(&lock);
    return 0;
}

/* Before it the newest first; after it in the order in which they came. The lock is held between.
 */
void __atfork_run(enum fork_phase phase)
{
    if (phase == FORK_BEFORE)
        __lock_acquire(&lock);
    struct handlers *handlers = phase == FORK_BEFORE ? newest : oldest;
    while (handlers != NULL) {
        if (handlers->run[phase] != NULL)
            handlers->run[phase]();
        handlers = phase == FORK_BEFORE ? handlers->older : handlers->newer;
    }
    if (phase != FORK_BEFORE)
        __lock_release(&lock);
}
