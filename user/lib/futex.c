/* Waiting for words of memory. See futex.h. */
#include "futex.h"
#include "syscall.h"

#include <errno.h>
#include <stddef.h>

#define NS_PER_S 1000000000

/* The kernel refuses times before 1970, which are past for us. */
static int check(const struct timespec *time)
{
    if (time->tv_nsec < 0 || time->tv_nsec >= NS_PER_S)
        return EINVAL;
    return time->tv_sec < 0 ? ETIMEDOUT : 0;
}

int __futex_wait(int *word, int value, enum futex_scope scope, const struct deadline *deadline)
{
    struct syscall_args args = {(long)word, FUTEX_WAIT_BITSET | (int)scope, value, 0, 0, -1};
    if (deadline != NULL && deadline->time != NULL) {
        int error = check(deadline->time);
        if (error != 0)
            return error;
        args.b |= deadline->clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0;
        args.d = (long)deadline->time;
    }
    return (int)-syscall6(SYS_futex, args);
}

void __futex_wake(int *word, int count, enum futex_scope scope)
{
    syscall3(SYS_futex, (long)word, FUTEX_WAKE | (long)scope, count);
}

/* Whoever has waited leaves the mark, since others may wait as well. */
void __lock_wait(int *lock)
{
    while (__atomic_exchange_n(lock, 2, __ATOMIC_ACQUIRE) != 0)
        __futex_wait(lock, 2, FUTEX_OWN, NULL);
}
