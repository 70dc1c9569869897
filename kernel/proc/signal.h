/*
 * Signals: sent to a process or one of its threads, blocked, ignored, or delivered on the way to
 * user mode, where they end the process, stop it, or run a handler (proc/sigframe.h).
 *
 * A signal for a process waits in proc->pending until a thread takes it that does not block it; one
 * for a thread in thread->pending. Whoever makes one deliverable marks a thread that may take it
 * (WORK_SIGNAL) and wakes it; a thread that blocks what it was marked for marks another one.
 */
#ifndef PROC_SIGNAL_H
#define PROC_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "proc/proc.h"

/* kill(2): 0, -ESRCH, -EINVAL. pid as there: 0 own group, -1 everybody else, < -1 a group. */
int signal_kill(int pid, int number);

/* To a process (tid 0) or one thread of it (tgid 0: of any). 0, -ESRCH, -EINVAL, -EAGAIN. */
int signal_queue(int tgid, int tid, const struct signal_info *info);

/* To every process of a group; from interrupts too. */
void signal_send_group(int group, int number);

/* To the current process. */
void signal_send_self(int number);

/* To a process, or, if not NULL, to its thread. 0 or -EAGAIN. */
int signal_send(struct proc *p, struct thread *t, const struct signal_info *info)
    REQUIRES(tree_lock);

/* Tells the parent of a process that waits for it, and by a signal (0: none). */
void signal_tell_parent(struct proc *p, const struct signal_info *info) REQUIRES(tree_lock);

/* What the current thread has caused itself; false if it neither handles nor survives that. */
bool signal_force(const struct signal_info *info);

/* What the kernel says of who has sent a signal. */
struct signal_info signal_info_of_sender(int number, int code);

/*
 * On the way to user mode with WORK_SIGNAL: acts on what is pending; does not return if the process
 * dies of it, or the thread has to end.
 */
struct trapframe;
void signal_deliver(struct trapframe *frame);

/* rt_sigaction(2) and rt_sigprocmask(2) for the current process; -EINVAL, -ENOMEM. */
int signal_set_action(int number, const struct ksigaction *action, struct ksigaction *old);
int signal_set_mask(int how, const uint64_t *set, uint64_t *old);

/* Blocks exactly these until the way to user mode, or a handler's end: sigsuspend, ppoll. */
void signal_swap_mask(uint64_t blocked);

/* Those that wait and are blocked: rt_sigpending(2). */
uint64_t signal_get_pending(void);

/* Takes one of `set`, waiting for it until `deadline_ns`: its number, -EAGAIN, -EINTR. */
int signal_wait(uint64_t set, uint64_t deadline_ns, struct signal_info *info);

/*
 * For the result of a call that sleeps: if a signal interrupted it, it may be made again with `a0`
 * and the other registers as they were.
 */
long signal_restart(long result, long a0, enum restart how);

/* exec: handlers do not survive, what is ignored stays so. */
void signal_exec(struct proc *p);

/* A copy of the parent's actions for a child: 0 or -ENOMEM. */
int signal_fork(struct proc *child, const struct proc *parent);

/* A process that is to stop has done so when all its threads have: then its parent is told. */
void signal_note_stop(struct proc *p) REQUIRES(tree_lock);

/* The threads of a process look at their signals again: one of them takes what any may take. */
void signal_wake_threads(struct proc *p) REQUIRES(tree_lock);

#endif
