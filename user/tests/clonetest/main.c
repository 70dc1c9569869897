/*
 * clonetest: threads as the kernel has them, by clone(2) alone: what they share, how they end,
 * execve and vfork among them, signals to one and to all, and memory that one changes while others
 * use it on other harts. What it expects is what Linux does.
 *
 * The tests stand in files by subject; tests.h lists them all. thread.h has the threads.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},
#define ROLE(name)         {"--" #name, role_##name},

static const struct test tests[] = {CLONE_TESTS(ROW)};

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} roles[] = {CLONE_ROLES(ROLE)};

bool catch_signal(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0;
}

void harmless_handler(int number)
{
}

int thread_sleeps(void *word)
{
    wait_until_not(word, 0);
    return 0;
}

int thread_spins(void *word)
{
    while (get(word) == 0)
        continue;
    return 0;
}

void release(volatile int *word)
{
    put(word, 1);
    wake_word(word, INT_MAX, WAKE);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]) && argc > 1; i++)
        if (strcmp(argv[1], roles[i].name) == 0)
            return roles[i].run(argc, argv);
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
