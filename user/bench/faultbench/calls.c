/* System calls that are not about memory, and switching between processes. */
#include "bench.h"

#include <sched.h>
#include <unistd.h>

uint64_t null_syscall(void)
{
    bool good = true;
    uint64_t start = now();
    for (int i = 0; i < CALLS; i++)
        good &= getppid() > 0;
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

static char block[PAGE] = {1};

uint64_t pread_block(void)
{
    uint64_t start = now();
    for (off_t page = 0; page < PAGES; page++)
        if (pread(file, block, PAGE, page * PAGE) != PAGE)
            return 0;
    return now() - start;
}

uint64_t pwrite_block(void)
{
    uint64_t start = now();
    for (off_t page = 0; page < PAGES; page++)
        if (pwrite(file, block, PAGE, page * PAGE) != PAGE)
            return 0;
    return now() - start;
}

/* Sends back what comes, until nothing does. */
static void echo(int from, int to)
{
    char byte;
    while (read(from, &byte, 1) == 1)
        if (write(to, &byte, 1) != 1)
            _exit(1);
    _exit(0);
}

static uint64_t time_trips(int to, int from)
{
    char byte = 0;
    uint64_t start = 0;
    for (int trip = -2; trip < TRIPS; trip++) {
        if (trip == 0)
            start = now();
        if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
            return 0;
    }
    return now() - start;
}

uint64_t pipe_rtt(void)
{
    int there[2], back[2];
    if (pipe(there) != 0 || pipe(back) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        echo(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    uint64_t taken = pid > 0 ? time_trips(there[1], back[0]) : 0;
    close(there[1]);
    close(back[0]);
    return pid > 0 && wait_for_one() ? taken : 0;
}

/* Two processes that only yield; each yield of this one is two switches. */
uint64_t yield_switch(void)
{
    int *words = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = words == MAP_FAILED ? -1 : fork();
    if (pid < 0)
        return 0;
    if (pid == 0) {
        __atomic_store_n(&words[0], 1, __ATOMIC_RELEASE);
        while (__atomic_load_n(&words[1], __ATOMIC_ACQUIRE) == 0)
            sched_yield();
        _exit(0);
    }
    while (__atomic_load_n(&words[0], __ATOMIC_ACQUIRE) == 0)
        sched_yield();
    uint64_t start = now();
    for (int i = 0; i < YIELDS; i++)
        sched_yield();
    uint64_t taken = now() - start;
    __atomic_store_n(&words[1], 1, __ATOMIC_RELEASE);
    bool ended = wait_for_one();
    munmap(words, PAGE);
    return ended ? taken : 0;
}
