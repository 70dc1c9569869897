/* The scheduler's questions and orders: harts, and giving one up. */
#include "syscall.h"

#include <sched.h>
#include <string.h>

int sched_yield(void)
{
    return (int)SYSCALL0(SYS_sched_yield);
}

int getcpu(unsigned *cpu, unsigned *node)
{
    return (int)SYSCALL3(SYS_getcpu, cpu, node, 0);
}

int sched_getcpu(void)
{
    unsigned cpu;
    return getcpu(&cpu, NULL) < 0 ? -1 : (int)cpu;
}

/* The system call returns how many bytes it has; the set may be longer. */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    long used = SYSCALL3(SYS_sched_getaffinity, pid, size, set);
    if (used < 0)
        return -1;
    memset((char *)set + used, 0, size - (size_t)used);
    return 0;
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
    return (int)SYSCALL3(SYS_sched_setaffinity, pid, size, set);
}

int __cpu_count(const cpu_set_t *set)
{
    int count = 0;
    for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++)
        count += __builtin_popcountl(set->bits[i]);
    return count;
}
