/* System calls on processes: see table.h. */
#include "abi/errno.h"
#include "abi/resource.h"
#include "abi/sched.h"
#include "abi/wait.h"
#include "mm/usercopy.h"
#include "proc/exec.h"
#include "proc/limits.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/signal.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define NS_PER_US 1000
#define NS_PER_S  1000000000UL

/* fork(2), as C libraries ask for it; threads and vfork have flags that are refused. */
long sys_clone(long flags, long stack, long parent_tid, long tls, long child_tid)
{
    const long known = CSIGNAL | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID;
    if ((flags & ~known) != 0 || (flags & CSIGNAL) != SIGCHLD)
        return -EINVAL;
    int pid = proc_fork((uint64_t)stack, flags & CLONE_CHILD_SETTID ? (uint64_t)child_tid : 0);
    if (pid > 0 && (flags & CLONE_PARENT_SETTID)) {
        int32_t tid = pid;
        copy_to_user((uint64_t)parent_tid, &tid, sizeof(tid)); /* as Linux: no error for it */
    }
    return pid;
}

long sys_execve(long path, long argv, long envp)
{
    struct path_argument at;
    long err = path_argument_get(&at, AT_FDCWD, (uint64_t)path);
    if (err != 0)
        return err;
    err = exec_replace(at.path, (uint64_t)argv, (uint64_t)envp);
    path_argument_put(&at);
    return err;
}

long sys_exit(long status)
{
    proc_exit(((int)status & 0xff) << 8);
}

/* --- Resources --- */

static struct timeval timeval_of(uint64_t ns)
{
    return (struct timeval){(int64_t)(ns / NS_PER_S), (int64_t)(ns % NS_PER_S / NS_PER_US)};
}

static void fill_rusage(struct rusage *r, const struct usage *u)
{
    *r = (struct rusage){.ru_utime = timeval_of(u->user_ns), .ru_stime = timeval_of(u->system_ns)};
    for (unsigned kind = 0; kind < FAULT_SEGV; kind++)
        r->ru_minflt += (int64_t)u->faults[kind];
    r->ru_majflt = (int64_t)u->faults[FAULT_DISK_READ];
    r->ru_minflt -= r->ru_majflt;
}

static void children_usage(struct usage *u)
{
    spin_lock(&tree_lock);
    *u = proc_current()->children_usage;
    spin_unlock(&tree_lock);
}

long sys_getrusage(long who, long to)
{
    struct usage u;
    struct rusage r;
    switch ((int)who) {
    case RUSAGE_SELF:
    case RUSAGE_THREAD: proc_get_usage(proc_current(), &u); break;
    case RUSAGE_CHILDREN: children_usage(&u); break;
    default: return -EINVAL;
    }
    fill_rusage(&r, &u);
    return copy_to_user((uint64_t)to, &r, sizeof(r));
}

long sys_prlimit64(long pid, long resource, long new, long old)
{
    struct rlimit to, from;
    if (new != 0 && copy_from_user(&to, (uint64_t) new, sizeof(to)) != 0)
        return -EFAULT;
    long err = limits_change((int)pid, (int)resource, new == 0 ? NULL : &to, &from);
    if (err == 0 && old != 0)
        err = copy_to_user((uint64_t)old, &from, sizeof(from));
    return err;
}

long sys_wait4(long pid, long status, long options, long usage)
{
    struct wait_result result;
    struct rusage r;
    if (options & ~(long)(WNOHANG | WUNTRACED | WCONTINUED))
        return -EINVAL;
    int child = proc_wait((int)pid, options & WNOHANG, &result);
    if (child <= 0)
        return child;
    int32_t word = result.status;
    if (status != 0 && copy_to_user((uint64_t)status, &word, sizeof(word)) != 0)
        return -EFAULT;
    fill_rusage(&r, &result.usage);
    if (usage != 0 && copy_to_user((uint64_t)usage, &r, sizeof(r)) != 0)
        return -EFAULT;
    return child;
}

/* --- Who is who --- */

long sys_getpid(void)
{
    return proc_current()->pid;
}

long sys_getppid(void)
{
    spin_lock(&tree_lock);
    const struct proc *parent = proc_current()->parent;
    int pid = parent == NULL ? 0 : parent->pid;
    spin_unlock(&tree_lock);
    return pid;
}

long sys_getpgid(long pid)
{
    spin_lock(&tree_lock);
    const struct proc *p = pid == 0 ? proc_current() : proc_find((int)pid);
    int group = p == NULL ? -ESRCH : p->group;
    spin_unlock(&tree_lock);
    return group;
}

long sys_getsid(long pid)
{
    spin_lock(&tree_lock);
    const struct proc *p = pid == 0 ? proc_current() : proc_find((int)pid);
    int session = p == NULL ? -ESRCH : p->session;
    spin_unlock(&tree_lock);
    return session;
}

long sys_setpgid(long pid, long group)
{
    return proc_set_group((int)pid, (int)group);
}

long sys_setsid(void)
{
    return proc_new_session();
}

/* Everybody is root, in user and group ids, real and effective. */
long sys_getuid(void)
{
    return 0;
}

/* The address is for the end of threads, of which a process has one. */
long sys_set_tid_address(long address)
{
    return proc_current()->pid;
}

long sys_sched_yield(void)
{
    sched_yield();
    return 0;
}

/* --- Signals --- */

long sys_kill(long pid, long number)
{
    return signal_kill((int)pid, (int)number);
}

long sys_rt_sigaction(long number, long action, long old, long size)
{
    struct ksigaction new_action, old_action;
    if (size != sizeof(new_action.mask))
        return -EINVAL;
    if (action != 0 && copy_from_user(&new_action, (uint64_t)action, sizeof(new_action)) != 0)
        return -EFAULT;
    long err = signal_set_action((int)number, action == 0 ? NULL : &new_action, &old_action);
    if (err == 0 && old != 0)
        err = copy_to_user((uint64_t)old, &old_action, sizeof(old_action));
    return err;
}

long sys_rt_sigprocmask(long how, long set, long old, long size)
{
    uint64_t new_mask, old_mask;
    if (size != sizeof(new_mask))
        return -EINVAL;
    if (set != 0 && copy_from_user(&new_mask, (uint64_t)set, sizeof(new_mask)) != 0)
        return -EFAULT;
    long err = signal_set_mask((int)how, set == 0 ? NULL : &new_mask, &old_mask);
    if (err == 0 && old != 0)
        err = copy_to_user((uint64_t)old, &old_mask, sizeof(old_mask));
    return err;
}
