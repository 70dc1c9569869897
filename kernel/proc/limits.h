/*
 * Limits of what a process may use: getrlimit(2) and setrlimit(2). A child has its parent's. Who
 * enforces one asks process_limit (sync/sched.h) for it.
 */
#ifndef PROC_LIMITS_H
#define PROC_LIMITS_H

#include "abi/resource.h"

struct proc;

/* What the first process starts with. */
void limits_init(struct proc *p);

/*
 * prlimit(2): tells a process's limit of a resource in *old, and sets it to *new unless that is
 * NULL. pid 0 is the caller. 0, -EINVAL, -ESRCH, -EPERM (more descriptors than MAX_FDS).
 */
int limits_change(int pid, int resource, const struct rlimit *new, struct rlimit *old);

#endif
