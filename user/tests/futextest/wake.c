/* Waiting and waking: how many, in which order, by which bits, for how long. */
#include "tests.h"

void wait_compares(void)
{
    NEEDS_FUTEX();
    int *words = shared_words();
    words[0] = 5;
    CHECK(wait_word(&words[0], 4, WAIT) == -EAGAIN, "another value");
    CHECK(wait_word(&words[0], 4, WAIT | PRIVATE) == -EAGAIN, "another value, private");
    CHECK(wait_word(&words[0], 4, WAIT_BITSET) == -EAGAIN, "another value, by bits");
    CHECK(wake_word(&words[0], 1, WAKE) == 0, "nobody to wake");
    CHECK(wake_word(&words[0], INT_MAX, WAKE | PRIVATE) == 0, "nobody to wake, private");
    CHECK(words[0] == 5, "the word is not changed");
}

void wake_counts(void)
{
    enum { COUNT = 6 };
    NEEDS_FUTEX();
    int *words = shared_words();
    struct waiter waiter = {.word = &words[0], .operation = WAIT, .woken = &words[16]};
    for (int i = 0; i < COUNT; i++)
        start_waiter(&waiter);
    CHECK(wake_word(&words[1], INT_MAX, WAKE) == 0, "nobody waits for the next word");
    CHECK(wake_word(&words[0], 1, WAKE) == 1, "one of six");
    CHECK(finish_all(1) && get(&words[16]) == 1, "wakes");
    CHECK(wake_word(&words[0], 3, WAKE) == 3, "three of five");
    CHECK(finish_all(3) && get(&words[16]) == 4, "wake");
    CHECK(wake_word(&words[0], INT_MAX, WAKE) == 2, "the last two");
    CHECK(finish_all(2) && get(&words[16]) == COUNT, "wake");
    CHECK(wake_word(&words[0], INT_MAX, WAKE) == 0, "then nobody is left");
}

void wake_in_order(void)
{
    enum { COUNT = 5 };
    pid_t pids[COUNT];
    NEEDS_FUTEX();
    int *words = shared_words();
    struct waiter waiter = {.word = &words[0], .operation = WAIT};
    for (int i = 0; i < COUNT; i++)
        pids[i] = start_waiter(&waiter);
    for (int i = 0; i < COUNT; i++) {
        CHECK(wake_word(&words[0], 1, WAKE) == 1, "wake one");
        CHECK(wait(NULL) == pids[i], "who came first is woken first: %d", i);
    }
}

void wake_by_bits(void)
{
    enum { COUNT = 4 };
    pid_t pids[COUNT];
    NEEDS_FUTEX();
    int *words = shared_words();
    for (int i = 0; i < COUNT; i++) {
        struct waiter waiter = {
            .word = &words[0], .operation = WAIT_BITSET, .bits = i == 3 ? 3 : 1 << i};
        pids[i] = start_waiter(&waiter);
    }
    long at = (long)&words[0];
    CHECK(RAW(SYS_futex, at, WAKE_BITSET, INT_MAX, 0, 0, 8) == 0, "a bit that nobody has");
    CHECK(RAW(SYS_futex, at, WAKE_BITSET, INT_MAX, 0, 0, 4) == 1, "one that one has");
    CHECK(finish(pids[2]), "that one");
    CHECK(RAW(SYS_futex, at, WAKE_BITSET, INT_MAX, 0, 0, 2) == 2, "one that two have");
    CHECK(finish(pids[1]) && finish(pids[3]), "those two");
    CHECK(RAW(SYS_futex, at, WAKE_BITSET, 1, 0, 0, 0) == -EINVAL, "no bits to wake by");
    CHECK(RAW(SYS_futex, at, WAIT_BITSET, 0, 0, 0, 0) == -EINVAL, "no bits to wait for");
    CHECK(wake_word(&words[0], INT_MAX, WAKE) == 1, "WAKE has all bits");
    CHECK(finish(pids[0]), "the last");
}

/* FUTEX_WAKE_OP: operation and comparison in one word. */
static long wake_op(int *words, int operation, int argument, int comparison, int value)
{
    long code = operation << 28 | comparison << 24 | argument << 12 | value;
    return RAW(SYS_futex, (long)&words[0], WAKE_OP, 1, 1, (long)&words[1], code);
}

void wake_and_operate(void)
{
    enum { SET, ADD, OR, ANDN, XOR };
    enum { EQUAL, DIFFERENT, LESS };
    NEEDS_FUTEX();
    int *words = shared_words();
    long got = wake_op(words, SET, 7, EQUAL, 0);
    if (got == -ENOSYS)
        SKIP("there is no FUTEX_WAKE_OP");
    CHECK(got == 0 && words[1] == 7, "set: %d", words[1]);
    CHECK(wake_op(words, ADD, 5, EQUAL, 0) == 0 && words[1] == 12, "add: %d", words[1]);
    CHECK(wake_op(words, OR, 3, EQUAL, 0) == 0 && words[1] == 15, "or: %d", words[1]);
    CHECK(wake_op(words, ANDN, 6, EQUAL, 0) == 0 && words[1] == 9, "and not: %d", words[1]);
    CHECK(wake_op(words, XOR, 8, EQUAL, 0) == 0 && words[1] == 1, "xor: %d", words[1]);
    words[0] = words[1] = 0;
    struct waiter first = {.word = &words[0], .operation = WAIT};
    struct waiter second = {.word = &words[1], .operation = WAIT};
    pid_t pids[] = {start_waiter(&first), start_waiter(&second)};
    CHECK(wake_op(words, ADD, 1, LESS, 0) == 1, "the comparison fails: only the first word");
    CHECK(finish(pids[0]), "its waiter");
    CHECK(wake_op(words, ADD, 1, EQUAL, 1) == 1, "the old value compares: the second too");
    CHECK(finish(pids[1]) && words[1] == 2, "its waiter: %d", words[1]);
    CHECK(wake_op(words, 6, 0, EQUAL, 0) == -ENOSYS, "no such operation");
}

/* --- Times --- */

static long ns_since(const struct timespec *begin)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    return (end.tv_sec - begin->tv_sec) * 1000000000 + end.tv_nsec - begin->tv_nsec;
}

static long wait_till(int *word, int clock, const struct timespec *time)
{
    int flag = clock == CLOCK_REALTIME ? ON_REALTIME : 0;
    return RAW(SYS_futex, (long)word, WAIT_BITSET | flag, 0, (long)time, 0, ANY_BIT);
}

void time_runs_out(void)
{
    static const int clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};
    struct timespec brief = {0, 2000000}, none = {0, 0}, begin, time, hour = {3600, 0};
    NEEDS_FUTEX();
    int *words = shared_words();
    clock_gettime(CLOCK_MONOTONIC, &begin);
    CHECK(wait_word_for(&words[0], 0, &brief) == -ETIMEDOUT, "two milliseconds");
    CHECK(ns_since(&begin) >= brief.tv_nsec, "not less");
    CHECK(wait_word_for(&words[0], 0, &none) == -ETIMEDOUT, "no time");
    CHECK(wait_word_for(&words[0], 1, &hour) == -EAGAIN, "another value");
    for (int i = 0; i < 2; i++) {
        clock_gettime(CLOCK_MONOTONIC, &begin);
        clock_gettime(clocks[i], &time);
        CHECK(wait_till(&words[0], clocks[i], &time) == -ETIMEDOUT, "a time that has passed");
        CHECK(wait_till(&words[0], clocks[i], &brief) == -ETIMEDOUT, "the start of all time");
        time.tv_nsec += brief.tv_nsec;
        time.tv_sec += time.tv_nsec / 1000000000;
        time.tv_nsec %= 1000000000;
        CHECK(wait_till(&words[0], clocks[i], &time) == -ETIMEDOUT, "a time to come");
        CHECK(clocks[i] == CLOCK_REALTIME || ns_since(&begin) >= brief.tv_nsec, "not before");
    }
    CHECK(wake_word(&words[0], 1, WAKE) == 0, "who ran out of time does not wait");
}

void time_errors(void)
{
    static const struct timespec bad[] = {{-1, 0}, {0, -1}, {0, 1000000000}, {5, 2000000000}};
    NEEDS_FUTEX();
    int *words = shared_words();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(wait_word_for(&words[0], 0, &bad[i]) == -EINVAL, "time %zu", i);
        CHECK(wait_till(&words[0], CLOCK_MONOTONIC, &bad[i]) == -EINVAL, "absolute time %zu", i);
    }
    CHECK(wait_word_for(&words[0], 0, (struct timespec *)empty_range(PAGE)) == -EFAULT, "no time");
}

/* --- Errors --- */

void errors(void)
{
    NEEDS_FUTEX();
    int *words = shared_words();
    uint8_t *nowhere = empty_range(PAGE), *none = map(PAGE, PROT_NONE, ANON, -1, 0);
    int *const bad[] = {(int *)nowhere, (int *)none, NULL, (int *)0xffffffff80000000, (int *)-4L};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(wait_word(bad[i], 0, WAIT) == -EFAULT, "wait at %p", (void *)bad[i]);
        CHECK(wait_word(bad[i], 0, WAIT | PRIVATE) == -EFAULT, "private at %p", (void *)bad[i]);
        CHECK(wake_word(bad[i], 1, WAKE) == -EFAULT, "wake at %p", (void *)bad[i]);
    }
    for (size_t offset = 1; offset < 4; offset++) {
        int *odd = (int *)((uint8_t *)words + offset);
        CHECK(wait_word(odd, 0, WAIT) == -EINVAL, "unaligned by %zu", offset);
        CHECK(wake_word(odd, 1, WAKE) == -EINVAL, "unaligned by %zu, wake", offset);
        CHECK(wake_word(odd, 1, WAKE | PRIVATE) == -EINVAL, "unaligned by %zu, private", offset);
    }
    CHECK(RAW(SYS_futex, (long)words, 99) == -ENOSYS, "no such operation");
    CHECK(RAW(SYS_futex, (long)words, 99 | PRIVATE) == -ENOSYS, "private neither");
    CHECK(RAW(SYS_futex, (long)words, WAKE | ON_REALTIME, 1) == -ENOSYS, "a clock to wake by");
}

/* Who may only read a word can wait for it; a private page that cannot change is not one. */
void read_only_words(void)
{
    struct timespec brief = {0, 1000};
    NEEDS_FUTEX();
    int fd = make_file("words", PAGE, 0);
    int *words = (int *)map(PAGE, RW, MAP_SHARED, fd, 0);
    int *constant = (int *)map(PAGE, PROT_READ, MAP_SHARED, fd, 0);
    words[0] = 3;
    CHECK(wait_word_for(&constant[0], 3, &brief) == -ETIMEDOUT, "it can be waited for");
    CHECK(wait_word_for(&constant[0], 2, &brief) == -EAGAIN, "and compared");
    struct waiter waiter = {.word = &constant[0], .operation = WAIT, .value = 3};
    pid_t pid = start_waiter(&waiter);
    CHECK(wake_word(&words[0], 1, WAKE) == 1 && finish(pid), "woken by who may write");
    pid = start_waiter(&waiter);
    CHECK(wake_word(&constant[0], 1, WAKE) == 1 && finish(pid), "woken by who may not");
    int *private = (int *)map(PAGE, RW, ANON, -1, 0);
    private[0] = 3;
    CHECK(mprotect(private, PAGE, PROT_READ) == 0, "a private page");
    CHECK(RAW(SYS_futex, (long)private, WAIT | PRIVATE, 3, (long)&brief) == -ETIMEDOUT, "private");
}

static volatile int handled;

static void handles(int number)
{
    handled++;
}

static void waits_and_is_interrupted(void *words)
{
    struct sigaction action = {.sa_handler = handles};
    if (sigaction(SIGUSR1, &action, NULL) == -1 && errno == ENOSYS)
        _exit(77);
    put((int *)words + 1, 1);
    CHECK(wait_word(words, 0, WAIT) == -EINTR && handled == 1, "EINTR, after the handler");
}

void interrupted(void)
{
    NEEDS_FUTEX();
    int status = -1, *words = shared_words();
    pid_t pid = start(waits_and_is_interrupted, words);
    while (get(&words[1]) == 0 && waitpid(pid, &status, WNOHANG) == 0)
        sched_yield();
    if (status == 77 << 8)
        SKIP("there are no handlers for signals");
    await_sleep(pid);
    CHECK(kill(pid, SIGUSR1) == 0 && finish(pid), "interrupted");
    CHECK(wake_word(words, 1, WAKE) == 0, "it no longer waits");
}
