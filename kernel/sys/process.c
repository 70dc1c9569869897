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
#include "proc/sigframe.h"
#include "proc/signal.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define NS_PER_US 1000
#define NS_PER_S  1000000000UL

long sys_clone(long flags, long stack, long parent_tid, long tls, long child_tid)
{
    struct clone_request r = {
        .flags = (uint64_t)flags,
        .stack = (uint64_t)stack,
        .tls = (uint64_t)tls,
        .parent_tid = (uint64_t)parent_tid,
        .child_tid = (uint64_t)child_tid,
    };
    return proc_clone(&r);
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
    proc_thread_exit(((int)status & 0xff) << 8);
}

long sys_exit_group(long status)
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

long sys_getrusage(long who, long to)
{
    struct usage u;
    struct rusage r;
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD && who != RUSAGE_CHILDREN)
        return -EINVAL;
    spin_lock(&tree_lock);
    if (who == RUSAGE_CHILDREN)
        u = proc_current()->children_usage;
    else
        proc_get_usage(proc_current(), &u);
    spin_unlock(&tree_lock);
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
    struct wait_request r = {.pid = (int)pid, .ended = true};
    struct wait_result result;
    struct rusage used;
    if (options & ~(long)(WNOHANG | WUNTRACED | WCONTINUED))
        return -EINVAL;
    r.stopped = options & WUNTRACED;
    r.resumed = options & WCONTINUED;
    r.no_hang = options & WNOHANG;
    int child = proc_wait(&r, &result);
    if (child <= 0)
        return signal_restart(child, pid, RESTART_IF_ASKED);
    int32_t word = result.status;
    if (status != 0 && copy_to_user((uint64_t)status, &word, sizeof(word)) != 0)
        return -EFAULT;
    fill_rusage(&used, &result.usage);
    if (usage != 0 && copy_to_user((uint64_t)usage, &used, sizeof(used)) != 0)
        return -EFAULT;
    return child;
}

/* What waitid tells, as siginfo_t has it. */
static siginfo_t describe_child(int pid, const struct wait_result *result)
{
    int status = result->status, code = CLD_EXITED, what = WEXITSTATUS(status);
    if (WIFCONTINUED(status)) {
        code = CLD_CONTINUED;
        what = SIGCONT;
    } else if (WIFSTOPPED(status)) {
        code = CLD_STOPPED;
    } else if (WIFSIGNALED(status)) {
        code = CLD_KILLED;
        what = WTERMSIG(status);
    }
    struct signal_info info = {pid == 0 ? 0 : SIGCHLD, pid == 0 ? 0 : code, {0, 0}};
    info.words[0] = (uint64_t)pid;
    info.words[1] = pid == 0 ? 0 : (uint64_t)what;
    return siginfo_of(&info);
}

long sys_waitid(long type, long id, long to, long options, long usage)
{
    const long known = WNOHANG | WEXITED | WSTOPPED | WCONTINUED | WNOWAIT;
    struct wait_request r = {.pid = -1};
    struct wait_result result = {0};
    struct rusage used;
    if ((options & ~known) || !(options & (WEXITED | WSTOPPED | WCONTINUED)))
        return -EINVAL;
    if ((type == P_PID && id <= 0) || (type == P_PGID && id < 0) || type < P_ALL || type > P_PGID)
        return -EINVAL;
    if (type != P_ALL)
        r.pid = type == P_PID ? (int)id : -(int)id;
    r.ended = options & WEXITED;
    r.stopped = options & WSTOPPED;
    r.resumed = options & WCONTINUED;
    r.no_hang = options & WNOHANG;
    r.keeps = options & WNOWAIT;
    int child = proc_wait(&r, &result);
    if (child < 0)
        return signal_restart(child, type, RESTART_IF_ASKED);
    siginfo_t info = describe_child(child, &result);
    if (to != 0 && copy_to_user((uint64_t)to, &info, sizeof(info)) != 0)
        return -EFAULT;
    fill_rusage(&used, &result.usage);
    if (usage != 0 && copy_to_user((uint64_t)usage, &used, sizeof(used)) != 0)
        return -EFAULT;
    return 0;
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

long sys_gettid(void)
{
    return thread_current()->tid;
}

long sys_set_tid_address(long address)
{
    thread_current()->clear_tid_at = (uint64_t)address;
    return thread_current()->tid;
}

long sys_sched_yield(void)
{
    sched_yield();
    return 0;
}
