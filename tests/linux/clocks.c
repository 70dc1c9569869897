/* Clocks that go on, sleeps that are as long as was said, and the calendar. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void calendar(time_t t)
{
    char text[100];
    struct tm fields;
    gmtime_r(&t, &fields);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %a %j %U", &fields);
    printf("%s %d\n", text, mktime(&fields) == t);
}

int main(void)
{
    struct timespec nap = {0, 20000000};
    struct timeval day;
    double begin = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    setenv("TZ", "UTC0", 1);
    calendar(0);
    calendar(951782400);
    calendar(4102444799);
    printf("sleep: %d\n", nanosleep(&nap, NULL));
    printf("long enough: %d\n", now(CLOCK_MONOTONIC) - begin >= 0.02);
    printf("usleep: %d\n", usleep(1000));
    printf("later: %d\n", now(CLOCK_MONOTONIC) - begin >= 0.021);
    for (volatile unsigned i = 0; i < 3000000; i++) {
    }
    printf("worked: %d %d\n", now(CLOCK_PROCESS_CPUTIME_ID) > cpu, clock() != (clock_t)-1);
    gettimeofday(&day, NULL);
    printf("one clock: %d\n", labs((long)(time(NULL) - day.tv_sec)) <= 1);
    return 0;
}
