/* Handlers: what the kernel puts on the user's stack before one runs, and takes back after it. */
#ifndef PROC_SIGFRAME_H
#define PROC_SIGFRAME_H

#include <stdbool.h>

#include "proc/pending.h"
#include "proc/thread.h"

struct trapframe;

/* The page with the code that a handler returns to, at the same place in every program. */
#define SIGRETURN_PAGE (USER_END - 0x8000)

void sigframe_init(void);

/* Maps it in a new address space: 0 or -ENOMEM. */
struct mm;
int sigframe_map_return(struct mm *mm);

/*
 * Makes the current thread, whose registers are complete in `frame`, run a handler; `blocked` is
 * what will be blocked again after it. False if there is no place for that on its stack.
 */
bool sigframe_push(struct trapframe *frame, const struct ksigaction *action,
                   const struct signal_info *info, uint64_t blocked);

/* rt_sigreturn(2): what becomes of a0; the thread is killed if its stack holds no such thing. */
long sigframe_pop(struct trapframe *frame);

/* As a program sees it. */
siginfo_t siginfo_of(const struct signal_info *info);

/* sigaltstack(2) for the current thread, whose stack pointer is `sp`: -EPERM, -EINVAL, -ENOMEM. */
int sigframe_set_stack(const stack_t *new, stack_t *old, uint64_t sp);

#endif
