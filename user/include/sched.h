/* The scheduler, clone(2), and sets of harts. */
#ifndef SCHED_H
#define SCHED_H

#include <stddef.h>
#include <sys/types.h>

#include "abi/sched.h"
#include "abi/time.h"

#define CPU_SETSIZE 1024

#define __CPU_BITS  64

typedef struct {
    unsigned long bits[CPU_SETSIZE / __CPU_BITS];
} cpu_set_t;

#define __CPU_WORD(cpu, set) ((set)->bits[(cpu) / __CPU_BITS])
#define __CPU_BIT(cpu)       (1UL << ((cpu) % __CPU_BITS))

#define CPU_ZERO(set)        ((void)(*(set) = (cpu_set_t){{0}}))
#define CPU_SET(cpu, set)    ((void)(__CPU_WORD(cpu, set) |= __CPU_BIT(cpu)))
#define CPU_CLR(cpu, set)    ((void)(__CPU_WORD(cpu, set) &= ~__CPU_BIT(cpu)))
#define CPU_ISSET(cpu, set)  ((__CPU_WORD(cpu, set) & __CPU_BIT(cpu)) != 0)
#define CPU_COUNT(set)       __cpu_count(set)

int __cpu_count(const cpu_set_t *set);

int sched_yield(void);
int sched_getcpu(void);
int getcpu(unsigned *cpu, unsigned *node);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);

/*
 * Runs a function on a stack that ends at `stack`; what it returns is the exit status. The rest
 * are the parent's word for the child's id, the child's tp, and the child's word for its id.
 */
int clone(int (*run)(void *), void *stack, int flags, void *argument, ...);

#endif
