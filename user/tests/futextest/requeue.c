/* Waiters that are moved from one word to another. */
#include "tests.h"

static pid_t start_waiting_for(int *word)
{
    struct waiter waiter = {.word = word, .operation = WAIT};
    return start_waiter(&waiter);
}

void requeue(void)
{
    enum { COUNT = 5 };
    pid_t pids[COUNT];
    NEEDS_FUTEX();
    int *memory = shared_words(), *words[2] = {&memory[0], &memory[100]};
    CHECK(move_waiters(REQUEUE, words, 1, 1, 0) == 0, "nobody to move");
    for (int i = 0; i < COUNT; i++)
        pids[i] = start_waiting_for(words[0]);
    CHECK(move_waiters(REQUEUE, words, 1, 2, 0) == 3, "wake one and move two");
    CHECK(finish(pids[0]), "the first is woken");
    CHECK(wake_word(words[1], 1, WAKE) == 1 && finish(pids[1]), "the second was moved");
    CHECK(move_waiters(REQUEUE, words, 0, INT_MAX, 0) == 2, "the rest follows");
    CHECK(wake_word(words[0], INT_MAX, WAKE) == 0, "nobody is left at the first word");
    CHECK(wake_word(words[1], INT_MAX, WAKE) == 3, "all three are at the second");
    CHECK(finish_all(3), "woken");
}

void requeue_compares(void)
{
    enum { COUNT = 3 };
    NEEDS_FUTEX();
    int *memory = shared_words(), *words[2] = {&memory[0], &memory[1]};
    for (int i = 0; i < COUNT; i++)
        start_waiting_for(words[0]);
    CHECK(move_waiters(CMP_REQUEUE, words, 1, INT_MAX, 1) == -EAGAIN, "another value");
    put(words[0], 8);
    CHECK(move_waiters(CMP_REQUEUE, words, 1, INT_MAX, 7) == -EAGAIN, "again another");
    CHECK(move_waiters(CMP_REQUEUE, words, 1, INT_MAX, 8) == COUNT, "that value");
    CHECK(finish_all(1), "one is woken");
    CHECK(wake_word(words[0], INT_MAX, WAKE) == 0, "nobody is left");
    CHECK(wake_word(words[1], INT_MAX, WAKE) == COUNT - 1 && finish_all(COUNT - 1), "moved");
}

void requeue_errors(void)
{
    NEEDS_FUTEX();
    int *memory = shared_words(), *words[2] = {&memory[0], &memory[1]};
    int *nowhere[2] = {&memory[0], (int *)empty_range(PAGE)};
    int *from_nowhere[2] = {nowhere[1], &memory[0]};
    int *odd[2] = {&memory[0], (int *)((uint8_t *)&memory[1] + 1)};
    CHECK(move_waiters(REQUEUE, words, -1, 1, 0) == -EINVAL, "a negative number to wake");
    CHECK(move_waiters(REQUEUE, words, 1, -1, 0) == -EINVAL, "a negative number to move");
    CHECK(move_waiters(REQUEUE, nowhere, 1, 1, 0) == -EFAULT, "to nowhere");
    CHECK(move_waiters(REQUEUE, from_nowhere, 1, 1, 0) == -EFAULT, "from nowhere");
    CHECK(move_waiters(CMP_REQUEUE, from_nowhere, 1, 1, 0) == -EFAULT, "compared nowhere");
    CHECK(move_waiters(REQUEUE, odd, 1, 1, 0) == -EINVAL, "to an odd address");
}
