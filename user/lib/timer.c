/* Timers that send signals. */
#include "syscall.h"

#include <sys/time.h>
#include <unistd.h>

int getitimer(int which, struct itimerval *timer)
{
    return (int)SYSCALL2(SYS_getitimer, which, timer);
}

int setitimer(int which, const struct itimerval *restrict timer, struct itimerval *restrict old)
{
    return (int)SYSCALL3(SYS_setitimer, which, timer, old);
}

/* The seconds that were left, to the nearest, but not 0 if there was anything left. */
unsigned alarm(unsigned seconds)
{
    struct itimerval timer = {.it_value.tv_sec = seconds}, old;
    if (setitimer(ITIMER_REAL, &timer, &old) < 0)
        return 0;
    unsigned left = (unsigned)old.it_value.tv_sec;
    return left + (old.it_value.tv_usec >= 500000 || (left == 0 && old.it_value.tv_usec > 0));
}
