/* setitimer and SIGALRM: once, again and again, and what is left. */
#include "tests.h"

#ifndef SYS_setitimer
#define SYS_getitimer 102
#define SYS_setitimer 103
#endif

#ifndef ITIMER_REAL
#define ITIMER_REAL 0
#endif

/* As struct itimerval is. */
struct timer {
    struct timeval interval, value;
};

#define NEEDS_TIMERS()                                       \
    do {                                                     \
        struct timer timer_;                                 \
        NEEDS_HANDLERS();                                    \
        if (RAW(SYS_getitimer, 0, (long)&timer_) == -ENOSYS) \
            SKIP("there is no setitimer");                   \
    } while (0)

static long set_timer(long value_us, long interval_us, struct timer *old)
{
    struct timer timer = {{interval_us / 1000000, interval_us % 1000000},
                          {value_us / 1000000, value_us % 1000000}};
    return RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, (long)old);
}

static struct timer timer_now(void)
{
    struct timer timer = {{-1, -1}, {-1, -1}};
    CHECK(RAW(SYS_getitimer, ITIMER_REAL, (long)&timer) == 0, "getitimer");
    return timer;
}

static bool is_off(const struct timer *timer)
{
    return timer->value.tv_sec == 0 && timer->value.tv_usec == 0;
}

static sigset_t all_but_alarm(void)
{
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, SIGALRM);
    return set;
}

static void is_killed(void *unused)
{
    set_timer(1000, 0, NULL);
    for (;;)
        pause();
}

static void is_killed_computing(void *unused)
{
    set_timer(1000, 0, NULL);
    for (volatile unsigned long i = 0;; i++)
        continue;
}

void timer_alarm(void)
{
    NEEDS_TIMERS();
    sigset_t set = all_but_alarm();
    int ends[2];
    char byte;
    CHECK(signal_of(is_killed, NULL) == SIGALRM, "SIGALRM kills by default");
    CHECK(signal_of(is_killed_computing, NULL) == SIGALRM, "who computes too");
    catch (SIGALRM, take_note, 0);
    block(SIGALRM);
    for (int i = 1; i <= 3; i++) {
        CHECK(set_timer(2000, 0, NULL) == 0, "two milliseconds");
        CHECK(sigsuspend(&set) == -1 && errno == EINTR && notes.count == i, "alarm %d", i);
        struct timer left = timer_now();
        CHECK(is_off(&left), "once is once");
    }
    CHECK(notes.info.si_signo == SIGALRM && notes.info.si_code == SI_KERNEL, "by the kernel: %d",
          notes.info.si_code);
    unblock(SIGALRM);
    MUST(pipe(ends) == 0, "pipe");
    /* Again and again: the first may come before read sleeps. */
    CHECK(set_timer(2000, 2000, NULL) == 0, "while reading");
    CHECK(read(ends[0], &byte, 1) == -1 && errno == EINTR, "it interrupts a read");
    CHECK(set_timer(0, 0, NULL) == 0, "off");
}

void timer_periodic(void)
{
    NEEDS_TIMERS();
    struct timer old;
    sigset_t set = all_but_alarm();
    catch (SIGALRM, take_note, 0);
    block(SIGALRM);
    CHECK(set_timer(1000, 2000, NULL) == 0, "every two milliseconds");
    while (notes.count < 10)
        sigsuspend(&set);
    CHECK(set_timer(0, 0, &old) == 0, "stop it");
    CHECK(old.interval.tv_sec == 0 && old.interval.tv_usec >= 2000 && old.interval.tv_usec < 20000,
          "the interval is told: %ld", (long)old.interval.tv_usec);
    CHECK(old.value.tv_sec == 0 && old.value.tv_usec < 20000, "and the rest");
    struct timer now = timer_now();
    CHECK(is_off(&now), "it is off");
    unblock(SIGALRM);
    int count = notes.count;
    for (int i = 0; i < 1000; i++)
        sched_yield();
    CHECK(notes.count == count, "and no more come");
}

void timer_calls(void)
{
    NEEDS_TIMERS();
    struct timer old, timer = {{0, 0}, {5, 1000000}};
    long bad = (long)empty_range(PAGE);
    CHECK(set_timer(1000000000, 0, &old) == 0 && is_off(&old), "a thousand seconds");
    CHECK(set_timer(500000000, 0, &old) == 0 && old.value.tv_sec > 0 && old.value.tv_sec <= 1000,
          "of which this is left: %ld", (long)old.value.tv_sec);
    struct timer now = timer_now();
    CHECK(now.value.tv_sec > 0 && now.value.tv_sec <= 500, "the new one counts");
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, 0) == -EINVAL, "a million microseconds");
    timer.value.tv_usec = -1;
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, 0) == -EINVAL, "negative ones");
    timer = (struct timer){{0, 0}, {-1, 0}};
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, 0) == -EINVAL, "negative seconds");
    timer = (struct timer){{0, 1000000}, {5, 0}};
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, 0) == -EINVAL, "a bad interval");
    timer.interval.tv_usec = 0;
    CHECK(RAW(SYS_setitimer, 3, (long)&timer, 0) == -EINVAL, "no such timer");
    CHECK(RAW(SYS_getitimer, 3, (long)&timer) == -EINVAL, "to be asked");
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, bad, 0) == -EFAULT, "a bad value");
    CHECK(RAW(SYS_getitimer, ITIMER_REAL, bad) == -EFAULT, "a bad place");
    now = timer_now();
    CHECK(now.value.tv_sec > 0 && now.value.tv_sec <= 500, "refusals change nothing");
    CHECK(RAW(SYS_setitimer, ITIMER_REAL, (long)&timer, bad) == -EFAULT, "a bad place for the old");
    CHECK(set_timer(0, 1000, &old) == 0, "no value, an interval");
    now = timer_now();
    CHECK(is_off(&now), "is off");
}

static void has_no_timer(void *unused)
{
    struct timer now = timer_now();
    CHECK(is_off(&now), "a child has no timer");
    CHECK(set_timer(7000000, 0, NULL) == 0, "and makes its own");
}

void timer_over_fork(void)
{
    NEEDS_TIMERS();
    CHECK(set_timer(1000000000, 0, NULL) == 0, "a thousand seconds");
    CHECK(finish(start(has_no_timer, NULL)), "the child");
    struct timer now = timer_now();
    CHECK(now.value.tv_sec > 7, "it is not the parent's");
}
