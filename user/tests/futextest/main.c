/*
 * futextest: futex(2) itself, without what C libraries make of it. Who wakes whom, by which words
 * and through which mappings; times; moving waiters; locks whose owners die; errors. What it
 * expects is what Linux does. The tests stand in files by subject; tests.h lists them all.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {FUTEX_TESTS(ROW)};

void waits(void *argument)
{
    struct waiter *waiter = argument;
    long got = RAW(SYS_futex, (long)waiter->word, waiter->operation, waiter->value, 0, 0,
                   waiter->bits != 0 ? waiter->bits : ANY_BIT);
    CHECK(got == 0, "woken: %ld", got);
    if (waiter->woken != NULL)
        post(waiter->woken);
}

pid_t start_waiter(struct waiter *waiter)
{
    pid_t pid = start(waits, waiter);
    await_sleep(pid);
    return pid;
}

long move_waiters(int operation, int *words[2], int wake, int move, int value)
{
    return RAW(SYS_futex, (long)words[0], operation, wake, move, (long)words[1], value);
}

SCRATCH_MAIN(tests)
