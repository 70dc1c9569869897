/* Time in ticks, ten to a second. */
#include "shim.h"

#include "../user/user.h"

#include "abi/time.h"

#define TICKS_PER_SECOND 10
#define NS_PER_TICK      (1000000000L / TICKS_PER_SECOND)

int pause(int ticks)
{
    if (ticks < 0)
        ticks = 0;
    struct timespec time = {ticks / TICKS_PER_SECOND, ticks % TICKS_PER_SECOND * NS_PER_TICK};
    return __xv6_result(syscall3(SYS_nanosleep, (long)&time, 0, 0));
}

int sleep(int ticks)
{
    return pause(ticks);
}

int uptime(void)
{
    struct timespec time = {0, 0};
    syscall3(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&time, 0);
    return (int)(time.tv_sec * TICKS_PER_SECOND + time.tv_nsec / NS_PER_TICK);
}
