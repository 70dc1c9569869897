/*
 * System calls on as whom and how a process runs: see table.h. Everybody is root, runs on any hart
 * and has the same priority; so questions have one answer each. What would change that is refused
 * if programs rely on it (other users, fewer capabilities, real-time scheduling), and accepted
 * without effect if it is a wish (niceness, a choice of harts).
 */
#include "abi/errno.h"
#include "arch/thread.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "sys/table.h"

/* --- Users and groups --- */

/* -1 in a 32-bit id leaves it as it is. */
static bool is_root_or_none(long id)
{
    return (uint32_t)id == 0 || (uint32_t)id == UINT32_MAX;
}

long sys_setuid(long id)
{
    return (uint32_t)id == 0 ? 0 : (uint32_t)id == UINT32_MAX ? -EINVAL : -EPERM;
}

long sys_setreuid(long real, long effective)
{
    return is_root_or_none(real) && is_root_or_none(effective) ? 0 : -EPERM;
}

long sys_setresuid(long real, long effective, long saved)
{
    return is_root_or_none(saved) ? sys_setreuid(real, effective) : -EPERM;
}

long sys_getresuid(long real, long effective, long saved)
{
    const uint32_t root = 0;
    const long to[] = {real, effective, saved};
    for (unsigned i = 0; i < ARRAY_SIZE(to); i++)
        if (copy_to_user((uint64_t)to[i], &root, sizeof(root)) != 0)
            return -EFAULT;
    return 0;
}

long sys_getgroups(long count, long to)
{
    return (int)count < 0 ? -EINVAL : 0;
}

/* There are no others than group 0, which everybody is in. */
long sys_setgroups(long count, long from)
{
    if ((int)count < 0 || (int)count > 65536)
        return -EINVAL;
    for (int i = 0; i < (int)count; i++) {
        uint32_t group;
        if (copy_from_user(&group, (uint64_t)from + (uint64_t)i * sizeof(group), sizeof(group)) !=
            0)
            return -EFAULT;
        if (group != 0)
            return -EPERM;
    }
    return 0;
}

/* --- Capabilities --- */

#define CAPABILITIES ((1UL << 41) - 1) /* those that Linux knows, all of them */
#define CAP_VERSION1 0x19980330
#define CAP_VERSION2 0x20071026
#define CAP_VERSION3 0x20080522

struct cap_header {
    uint32_t version;
    int32_t pid;
};

struct cap_data {
    uint32_t effective, permitted, inheritable;
};

/* How many cap_data a version has; an unknown one is answered with the newest, and -EINVAL. */
static int get_cap_header(long from, struct cap_header *header)
{
    int err = copy_from_user(header, (uint64_t)from, sizeof(*header));
    if (err != 0)
        return err;
    if (header->version == CAP_VERSION1)
        return 1;
    if (header->version == CAP_VERSION2 || header->version == CAP_VERSION3)
        return 2;
    header->version = CAP_VERSION3;
    return copy_to_user((uint64_t)from, header, sizeof(*header)) != 0 ? -EFAULT : -EINVAL;
}

static int check_pid(int pid)
{
    if (pid < 0)
        return -EINVAL;
    spin_lock(&tree_lock);
    bool exists = pid == 0 || proc_find_thread(pid) != NULL;
    spin_unlock(&tree_lock);
    return exists ? 0 : -ESRCH;
}

long sys_capget(long from, long to)
{
    struct cap_header header;
    struct cap_data data[2];
    int n = get_cap_header(from, &header);
    if (n < 0)
        return n == -EINVAL && to == 0 ? 0 : n;
    int err = check_pid(header.pid);
    for (int i = 0; i < n; i++) {
        uint32_t all = (uint32_t)(CAPABILITIES >> 32 * i);
        data[i] = (struct cap_data){all, all, 0};
    }
    if (err != 0 || to == 0)
        return err;
    return copy_to_user((uint64_t)to, data, (size_t)n * sizeof(data[0]));
}

long sys_capset(long from, long to)
{
    struct cap_header header;
    struct cap_data data[2];
    int n = get_cap_header(from, &header);
    if (n < 0)
        return n;
    if (copy_from_user(data, (uint64_t)to, (size_t)n * sizeof(data[0])) != 0)
        return -EFAULT;
    for (int i = 0; i < n; i++) {
        uint32_t all = (uint32_t)(CAPABILITIES >> 32 * i);
        if (data[i].effective != all || data[i].permitted != all || data[i].inheritable != 0)
            return -EPERM;
    }
    return 0;
}

/* --- prctl --- */

enum {
    PR_GET_DUMPABLE = 3,
    PR_SET_DUMPABLE = 4,
    PR_SET_NAME = 15,
    PR_GET_NAME = 16,
    PR_CAPBSET_READ = 23,
};

#define COMM_SIZE 16 /* bytes of a thread's name, with the final zero */

/* A process has the name of its first thread; the others may have their own. */
static char *my_name(size_t *size)
{
    struct thread *t = thread_current();
    *size = t->tid == t->proc->pid ? sizeof(t->proc->name) : sizeof(t->name);
    return t->tid == t->proc->pid ? t->proc->name : t->name;
}

static long set_name(long from)
{
    char name[COMM_SIZE];
    size_t size;
    long length = copy_string_from_user(name, (uint64_t)from, sizeof(name));
    if (length < 0 && length != -ENAMETOOLONG)
        return length;
    name[COMM_SIZE - 1] = '\0';
    char *to = my_name(&size);
    strlcpy(to, name, size);
    return 0;
}

static long get_name(long to)
{
    char name[COMM_SIZE] = "";
    size_t size;
    const char *from = my_name(&size);
    strlcpy(name, from[0] != '\0' ? from : proc_current()->name, sizeof(name));
    return copy_to_user((uint64_t)to, name, sizeof(name));
}

long sys_prctl(long option, long argument)
{
    struct mm *mm = thread_core_self()->mm;
    switch ((int)option) {
    case PR_SET_NAME: return set_name(argument);
    case PR_GET_NAME: return get_name(argument);
    case PR_GET_DUMPABLE: return !mm->undumpable;
    case PR_SET_DUMPABLE:
        if (argument != 0 && argument != 1)
            return -EINVAL;
        mm->undumpable = argument == 0;
        return 0;
    case PR_CAPBSET_READ:
        return (uint64_t)argument < 64 && (CAPABILITIES >> argument & 1) ? 1 : -EINVAL;
    default: return -EINVAL;
    }
}

/* --- Scheduling --- */

enum { SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5 };

static bool is_ordinary(long policy)
{
    return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

long sys_sched_getscheduler(long pid)
{
    return check_pid((int)pid); /* SCHED_OTHER is 0 */
}

long sys_sched_setscheduler(long pid, long policy, long parameter)
{
    int32_t priority;
    if (copy_from_user(&priority, (uint64_t)parameter, sizeof(priority)) != 0)
        return parameter == 0 ? -EINVAL : -EFAULT;
    bool real_time = (int)policy == SCHED_FIFO || (int)policy == SCHED_RR;
    if (real_time && priority >= 1 && priority <= 99)
        return -EPERM;
    if (!is_ordinary((int)policy) || priority != 0)
        return -EINVAL;
    return check_pid((int)pid);
}

long sys_sched_getparam(long pid, long to)
{
    const int32_t priority = 0;
    if (to == 0)
        return -EINVAL;
    int err = check_pid((int)pid);
    return err != 0 ? err : copy_to_user((uint64_t)to, &priority, sizeof(priority));
}

long sys_sched_setparam(long pid, long from)
{
    return sys_sched_setscheduler(pid, SCHED_OTHER, from);
}

long sys_sched_get_priority_max(long policy)
{
    bool real_time = (int)policy == SCHED_FIFO || (int)policy == SCHED_RR;
    return real_time ? 99 : is_ordinary((int)policy) ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(long policy)
{
    long max = sys_sched_get_priority_max(policy);
    return max > 0 ? 1 : max;
}

/* A mask of up to 64 harts; Linux returns how many bytes of it there are. */
long sys_sched_getaffinity(long pid, long size, long to)
{
    uint64_t harts = sched_harts();
    if ((uint32_t)size < sizeof(harts) || (uint32_t)size % sizeof(harts) != 0)
        return -EINVAL;
    int err = check_pid((int)pid);
    if (err == 0)
        err = copy_to_user((uint64_t)to, &harts, sizeof(harts));
    return err != 0 ? err : (long)sizeof(harts);
}

long sys_sched_setaffinity(long pid, long size, long from)
{
    uint64_t harts = 0;
    if (copy_from_user(&harts, (uint64_t)from, min_u64((uint32_t)size, sizeof(harts))) != 0)
        return -EFAULT;
    int err = check_pid((int)pid);
    return err != 0 ? err : (harts & sched_harts()) == 0 ? -EINVAL : 0;
}

long sys_getcpu(long hart, long node)
{
    const uint32_t this_hart = hart_self(), only_node = 0;
    if (hart != 0 && copy_to_user((uint64_t)hart, &this_hart, sizeof(this_hart)) != 0)
        return -EFAULT;
    return node == 0 ? 0 : copy_to_user((uint64_t)node, &only_node, sizeof(only_node));
}

/* Whom getpriority and setpriority mean: PRIO_PROCESS, PRIO_PGRP, PRIO_USER. */
static int check_priority_target(long which, long who)
{
    if ((int)which < 0 || (int)which > 2)
        return -EINVAL;
    if ((int)which == 2)
        return (uint32_t)who == 0 ? 0 : -ESRCH;
    return check_pid((int)who) == 0 ? 0 : -ESRCH;
}

/* 20 less the niceness, so that it is no error. */
long sys_getpriority(long which, long who)
{
    int err = check_priority_target(which, who);
    return err != 0 ? err : 20;
}

long sys_setpriority(long which, long who, long niceness)
{
    return check_priority_target(which, who);
}

/* --- The rest --- */

/* Linux's, which is 0; it may come with flags that ask for what holds anyway. */
long sys_personality(long persona)
{
    return (uint32_t)persona == UINT32_MAX || (persona & 0xff) == 0 ? 0 : -EINVAL;
}

/* Only the question what there is: nothing. */
long sys_membarrier(long command)
{
    return (int)command == 0 ? 0 : -EINVAL;
}
