/* Limits of what a process may use: see limits.h. */
#include "proc/limits.h"

#include "abi/errno.h"
#include "lib/caps.h"
#include "lib/util.h"
#include "proc/proc.h"
#include "proc/signal.h"
#include "sync/sched.h"

/*
 * Linux's for root, where Quire has no bound of its own. RLIMIT_MEMLOCK does not bind root there;
 * here it binds everybody, since nobody has privileges, but is not set at first.
 */
void limits_init(struct proc *p)
{
    for (unsigned i = 0; i < RLIM_NLIMITS; i++)
        p->limits[i] = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
    p->limits[RLIMIT_STACK].rlim_cur = MIB(8);
    p->limits[RLIMIT_CORE].rlim_cur = 0;
    p->limits[RLIMIT_NPROC] = (struct rlimit){MAX_PROCS, MAX_PROCS};
    p->limits[RLIMIT_NOFILE] = (struct rlimit){MAX_FDS, MAX_FDS};
}

int limits_change(int pid, int resource, const struct rlimit *new, struct rlimit *old)
{
    if (resource < 0 || resource >= RLIM_NLIMITS)
        return -EINVAL;
    if (new != NULL &&new->rlim_cur > new->rlim_max)
        return -EINVAL;
    if (new != NULL && resource == RLIMIT_NOFILE &&new->rlim_max > MAX_FDS)
        return -EPERM;
    spin_lock(&tree_lock);
    struct proc *p = pid == 0 ? proc_current() : proc_find(pid);
    if (p != NULL)
        *old = p->limits[resource];
    if (p != NULL && new != NULL)
        p->limits[resource] = *new;
    spin_unlock(&tree_lock);
    return p == NULL ? -ESRCH : 0;
}

uint64_t process_limit(int resource)
{
    const struct proc *p = proc_current();
    return p == NULL ? RLIM_INFINITY
                     : __atomic_load_n(&p->limits[resource].rlim_cur, __ATOMIC_RELAXED);
}

void process_file_too_large(void)
{
    if (proc_current() != NULL)
        signal_send_self(SIGXFSZ);
}
