/* Clocks, and sleeping by them. */
#include "syscall.h"

#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_US 1000
#define US_PER_S  1000000

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)SYSCALL2(SYS_clock_gettime, clock, now);
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
    return (int)SYSCALL2(SYS_clock_getres, clock, resolution);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    return (int)SYSCALL2(SYS_gettimeofday, now, zone);
}

time_t time(time_t *seconds)
{
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

clock_t clock(void)
{
    struct timespec used;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0)
        return -1;
    return used.tv_sec * CLOCKS_PER_SEC + used.tv_nsec / NS_PER_US;
}

double difftime(time_t end, time_t start)
{
    return (double)(end - start);
}

int nanosleep(const struct timespec *request, struct timespec *rest)
{
    return (int)SYSCALL2(SYS_nanosleep, request, rest);
}

/* Returns the error's number and leaves errno as it was. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *rest)
{
    struct syscall_args args = {clock, flags, (long)request, (long)rest, 0, 0};
    return (int)-syscall6(SYS_clock_nanosleep, args);
}

unsigned sleep(unsigned seconds)
{
    struct timespec left = {.tv_sec = seconds};
    if (nanosleep(&left, &left) == 0)
        return 0;
    return (unsigned)left.tv_sec + (left.tv_nsec > 0);
}

int usleep(unsigned microseconds)
{
    struct timespec request = {.tv_sec = microseconds / US_PER_S,
                               .tv_nsec = microseconds % US_PER_S * NS_PER_US};
    return nanosleep(&request, NULL);
}
