/* Clocks and dates. The only time zone is UTC. */
#ifndef TIME_H
#define TIME_H

#include <stddef.h>
#include <sys/types.h>

#include "abi/time.h"

#define CLOCKS_PER_SEC 1000000

struct tm {
    int tm_sec, tm_min, tm_hour;
    int tm_mday, tm_mon; /* 1 to 31, 0 to 11 */
    int tm_year;         /* since 1900 */
    int tm_wday, tm_yday;
    int tm_isdst;
};

time_t time(time_t *seconds);
clock_t clock(void);
double difftime(time_t end, time_t start);
int clock_gettime(clockid_t clock, struct timespec *now);
int clock_getres(clockid_t clock, struct timespec *resolution);
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
                    struct timespec *rest);
int nanosleep(const struct timespec *request, struct timespec *rest);

struct tm *gmtime(const time_t *seconds);
struct tm *gmtime_r(const time_t *restrict seconds, struct tm *restrict date);
struct tm *localtime(const time_t *seconds);
struct tm *localtime_r(const time_t *restrict seconds, struct tm *restrict date);
time_t timegm(struct tm *date);
time_t mktime(struct tm *date);
size_t strftime(char *restrict to, size_t size, const char *restrict format,
                const struct tm *restrict date);

#endif
