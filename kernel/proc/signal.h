/*
 * Signals, as far as they end processes: sent to one process or a group, ignored, blocked, or
 * deadly.
 */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/signal.h"

struct proc;

/* kill(2): 0, -ESRCH, -EINVAL. pid as there: 0 own group, -1 everybody else, < -1 a group. */
int signal_kill(int pid, int number);

/* To every process of a group; from interrupts too. */
void signal_send_group(int group, int number);

/* To the current process. */
void signal_send_self(int number);

/*
 * On the way to user mode with WORK_SIGNAL: acts on what is pending; does not return if the process
 * dies of it.
 */
void signal_deliver(void);

/* rt_sigaction(2) and rt_sigprocmask(2) for the current process; -EINVAL, -ENOMEM. */
int signal_set_action(int number, const struct ksigaction *action, struct ksigaction *old);
int signal_set_mask(int how, const uint64_t *set, uint64_t *old);

/* exec: handlers do not survive, what is ignored stays so. */
void signal_exec(struct proc *p);

/* A copy of the parent's actions for a child: 0 or -ENOMEM. */
int signal_fork(struct proc *child, const struct proc *parent);

#endif
