/* Starting and ending processes. */
#include "bench.h"

#include <unistd.h>

enum { LARGE_PAGES = 4096 };

static void exec_true(void)
{
    char *argv[] = {(char *)"true", NULL}, *envp[] = {NULL};
    execve("/bin/true", argv, envp);
    _exit(127);
}

static uint64_t time_forks(unsigned count, bool execs)
{
    bool good = true;
    uint64_t start = now();
    for (unsigned i = 0; i < count && good; i++) {
        pid_t pid = fork();
        if (pid == 0 && execs)
            exec_true();
        if (pid == 0)
            _exit(0);
        good = pid > 0 && wait_for_one();
    }
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

uint64_t fork_small(void)
{
    return time_forks(FORKS, false);
}

uint64_t fork_large(void)
{
    char *at = make_memory(LARGE_PAGES);
    if (at == NULL)
        return 0;
    uint64_t taken = time_forks(LARGE_FORKS, false);
    munmap(at, (size_t)LARGE_PAGES * PAGE);
    return taken;
}

uint64_t fork_exec(void)
{
    return time_forks(EXECS, true);
}

/* A child of vfork has its parent's memory, not a copy. */
bool has_vfork(void)
{
    static volatile bool shared;
    pid_t pid = vfork();
    if (pid == 0) {
        shared = true;
        _exit(0);
    }
    return pid > 0 && wait_for_one() && shared;
}

uint64_t vfork_exec(void)
{
    volatile bool good = true;
    volatile uint64_t start = now();
    for (volatile int i = 0; i < EXECS && good; i++) {
        pid_t pid = vfork();
        if (pid == 0)
            exec_true();
        good = pid > 0 && wait_for_one();
    }
    uint64_t taken = now() - start;
    return good ? taken : 0;
}
