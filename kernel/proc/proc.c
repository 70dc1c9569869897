/* Processes: see proc.h. exec is in exec.c. */
#include "proc/proc.h"

#include "abi/errno.h"
#include "abi/wait.h"
#include "arch/csr.h"
#include "arch/timer.h"
#include "dev/machine.h"
#include "fs/path.h"
#include "lib/caps.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/usercopy.h"
#include "proc/exec.h"
#include "proc/limits.h"
#include "proc/sched.h"
#include "proc/signal.h"

struct spinlock tree_lock = SPINLOCK_INIT(RANK_TREE);

static struct slab_cache proc_cache;
static struct list all_procs GUARDED_BY(tree_lock) = LIST_INIT(all_procs);
static unsigned nprocs GUARDED_BY(tree_lock);
static int last_pid GUARDED_BY(tree_lock);
static struct proc *init_proc; /* [const] */

void proc_init(void)
{
    slab_init(&proc_cache, "process", sizeof(struct proc));
}

struct proc *proc_find(int pid)
{
    list_for_each (node, &all_procs) {
        struct proc *p = list_entry(node, struct proc, all_node);
        if (p->pid == pid)
            return p;
    }
    return NULL;
}

void proc_for_each(void (*visit)(struct proc *p, void *arg), void *arg)
{
    spin_lock(&tree_lock);
    list_for_each (node, &all_procs)
        visit(list_entry(node, struct proc, all_node), arg);
    spin_unlock(&tree_lock);
}

/* --- Beginning --- */

/* Whether a number is in use, as a pid or as a group that outlives its leader. */
static bool pid_is_taken(int pid) REQUIRES(tree_lock)
{
    list_for_each (node, &all_procs) {
        const struct proc *p = list_entry(node, struct proc, all_node);
        if (p->pid == pid || p->group == pid || p->session == pid)
            return true;
    }
    return false;
}

/* Enters a new process in the tree below `parent` (NULL: it is the first). 0 or -EAGAIN. */
static int enter_tree(struct proc *p, struct proc *parent)
{
    int err = 0;
    spin_lock(&tree_lock);
    if (nprocs >= MAX_PROCS || nprocs >= process_limit(RLIMIT_NPROC)) {
        err = -EAGAIN;
    } else {
        do
            last_pid = last_pid + 1 < MAX_PID ? last_pid + 1 : 2;
        while (pid_is_taken(last_pid));
        p->pid = parent == NULL ? 1 : last_pid;
        p->group = parent == NULL ? 1 : parent->group;
        p->session = parent == NULL ? 1 : parent->session;
        p->parent = parent;
        p->started_ns = clock_monotonic_ns();
        list_push_back(&all_procs, &p->all_node);
        if (parent != NULL)
            list_push_back(&parent->children, &p->sibling_node);
        nprocs++;
    }
    spin_unlock(&tree_lock);
    return err;
}

static struct proc *new_proc(void)
{
    struct proc *p = slab_alloc(&proc_cache);
    if (p == NULL)
        return NULL;
    list_init(&p->children);
    list_init(&p->sibling_node);
    list_init(&p->all_node);
    waitq_init(&p->child_exit);
    return p;
}

/*
 * Frees what a process holds besides its thread; parts may be missing. They leave the process under
 * the lock: others may be looking at it.
 */
static void release_parts(struct proc *p)
{
    spin_lock(&tree_lock);
    struct fdtable *files = p->files;
    struct inode *cwd = p->cwd;
    struct mm *mm = p->mm;
    p->files = NULL;
    p->cwd = NULL;
    p->mm = NULL;
    spin_unlock(&tree_lock);
    if (files != NULL)
        fdtable_put(files);
    if (cwd != NULL)
        inode_put(cwd);
    if (mm != NULL)
        mm_put(mm);
    kfree(p->actions);
    p->actions = NULL;
}

/* A process that nobody has seen yet. */
static void discard(struct proc *p)
{
    release_parts(p);
    if (p->thread != NULL)
        thread_discard(p->thread);
    slab_free(&proc_cache, p);
}

/* Everything of the parent's that a child gets, in order of cost. False: no memory. */
static bool copy_parts(struct proc *child, const struct proc *parent)
{
    child->umask = parent->umask;
    child->blocked = parent->blocked;
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    strlcpy(child->name, parent->name, sizeof(child->name));
    inode_hold(parent->cwd);
    child->cwd = parent->cwd;
    if (signal_fork(child, parent) != 0)
        return false;
    child->thread = thread_new(child);
    if (child->thread == NULL)
        return false;
    child->files = fdtable_copy(parent->files);
    if (child->files == NULL)
        return false;
    child->mm = mm_fork(parent->mm);
    return child->mm != NULL;
}

/* The child's registers: the parent's, but for the result and perhaps the stack. */
static void copy_registers(struct thread *child, uint64_t stack)
{
    struct thread_core *from = thread_core_self(), *to = &child->core;
    struct thread_core *owner = to->frame->owner;
    *to->frame = *from->frame;
    to->frame->owner = owner;
    to->frame->x[REG_A0] = 0;
    if (stack != 0)
        to->frame->x[REG_SP] = stack;
    to->mm = child->proc->mm;
    to->uses_fp = from->uses_fp;
    if (from->uses_fp) {
        if ((csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS_DIRTY)
            fp_save(&from->fp);
        to->fp = from->fp;
    }
}

/* Stores the child's pid in its own copy of the memory: the page is made the child's there. */
static void store_child_tid(struct proc *child, uint64_t address)
{
    int32_t pid = child->pid;
    struct mm *mine = thread_core_self()->mm;
    thread_core_self()->mm = child->mm;
    mm_activate(child->mm);
    copy_to_user(address, &pid, sizeof(pid)); /* a bad address is the child's own misfortune */
    thread_core_self()->mm = mine;
    mm_activate(mine);
}

int proc_fork(uint64_t stack, uint64_t child_tid)
{
    struct proc *parent = proc_current(), *child = new_proc();
    if (child == NULL)
        return -ENOMEM;
    int err = copy_parts(child, parent) ? enter_tree(child, parent) : -ENOMEM;
    if (err != 0) {
        discard(child);
        return err;
    }
    copy_registers(child->thread, stack);
    if (child_tid != 0)
        store_child_tid(child, child_tid);
    int pid = child->pid;
    thread_start(child->thread);
    return pid;
}

int proc_start_init(const char *path, const char *command)
{
    struct proc *p = new_proc();
    if (p == NULL)
        return -ENOMEM;
    p->umask = 022;
    limits_init(p);
    p->cwd = path_root();
    p->thread = thread_new(p);
    p->files = fdtable_new();
    int err = p->thread == NULL || p->files == NULL ? -ENOMEM : 0;
    if (err == 0)
        err = exec_first(p, path, command);
    if (err == 0)
        err = enter_tree(p, NULL);
    if (err != 0) {
        discard(p);
        return err;
    }
    init_proc = p;
    thread_start(p->thread);
    return 0;
}

/* --- End --- */

static uint64_t ns_per_tick(void)
{
    return 1000000000 / machine.timebase;
}

/* The sum is exact; how it divides between user and kernel, the timer's samples estimate. */
void proc_get_usage(const struct proc *p, struct usage *usage)
{
    uint64_t ran = p->thread == NULL ? 0 : thread_run_ticks(p->thread) * ns_per_tick();
    uint64_t samples = p->user_ticks + p->system_ticks;
    usage->user_ns = samples == 0 ? ran : ran / samples * p->user_ticks;
    usage->system_ns = ran - usage->user_ns;
    memcpy(usage->faults, p->faults, sizeof(usage->faults));
}

static void add_usage(struct usage *sum, const struct usage *more)
{
    sum->user_ns += more->user_ns;
    sum->system_ns += more->system_ns;
    for (unsigned i = 0; i < FAULT_NKINDS; i++)
        sum->faults[i] += more->faults[i];
}

/* Children get init for a parent, which waits for everything. */
static void give_children_away(struct proc *p) REQUIRES(tree_lock)
{
    list_for_each (node, &p->children)
        list_entry(node, struct proc, sibling_node)->parent = init_proc;
    if (!list_is_empty(&p->children))
        waitq_wake_all(&init_proc->child_exit);
    list_splice_back(&init_proc->children, &p->children);
}

void proc_exit(int status)
{
    struct proc *p = proc_current();
    struct usage usage;
    if (p == init_proc)
        panic("init ended with status %x", status);
    thread_core_self()->mm = NULL;
    mm_activate(NULL);
    release_parts(p);
    proc_get_usage(p, &usage);

    spin_lock(&tree_lock);
    give_children_away(p);
    add_usage(&p->children_usage, &usage); /* what the parent is told: it and its children */
    p->exit_status = status;
    p->state = PROC_ZOMBIE;
    p->thread = NULL;
    waitq_wake_all(&p->parent->child_exit);
    spin_unlock(&tree_lock);
    thread_exit();
}

/* Whether wait4's `pid` means this child. */
static bool is_meant(const struct proc *child, int pid, int own_group)
{
    if (pid > 0)
        return child->pid == pid;
    return pid == -1 || child->group == (pid == 0 ? own_group : -pid);
}

/* A child that `pid` means: an ended one if there is one. NULL: none at all. */
static struct proc *find_child(struct proc *p, int pid) REQUIRES(tree_lock)
{
    struct proc *found = NULL;
    list_for_each (node, &p->children) {
        struct proc *child = list_entry(node, struct proc, sibling_node);
        if (!is_meant(child, pid, p->group))
            continue;
        found = child;
        if (child->state == PROC_ZOMBIE)
            break;
    }
    return found;
}

static void leave_tree(struct proc *p) REQUIRES(tree_lock)
{
    list_remove(&p->sibling_node);
    list_remove(&p->all_node);
    nprocs--;
}

int proc_wait(int pid, bool no_hang, struct wait_result *result)
{
    struct proc *p = proc_current(), *child;
    int err = 0;
    spin_lock(&tree_lock);
    while ((child = find_child(p, pid)) != NULL && child->state != PROC_ZOMBIE && err == 0) {
        if (no_hang)
            break;
        err = waitq_sleep_interruptible(&p->child_exit, &tree_lock);
    }
    bool ended = child != NULL && child->state == PROC_ZOMBIE;
    if (ended) {
        leave_tree(child);
        add_usage(&p->children_usage, &child->children_usage);
    }
    spin_unlock(&tree_lock);
    if (!ended)
        return child == NULL ? -ECHILD : err;
    result->status = child->exit_status;
    result->usage = child->children_usage;
    pid = child->pid;
    slab_free(&proc_cache, child);
    return pid;
}

/* --- Groups --- */

int proc_set_group(int pid, int group)
{
    struct proc *self = proc_current();
    int err = 0;
    spin_lock(&tree_lock);
    struct proc *p = pid == 0 ? self : proc_find(pid);
    if (p == NULL || (p != self && p->parent != self))
        err = -ESRCH;
    else if (group < 0)
        err = -EINVAL;
    else if (p->session == p->pid || p->session != self->session)
        err = -EPERM;
    else
        p->group = group == 0 ? p->pid : group;
    spin_unlock(&tree_lock);
    return err;
}

int proc_new_session(void)
{
    struct proc *p = proc_current();
    spin_lock(&tree_lock);
    int result = p->group == p->pid ? -EPERM : p->pid;
    if (result > 0)
        p->group = p->session = p->pid;
    spin_unlock(&tree_lock);
    return result;
}

/* --- Looking at it --- */

static char state_letter(const struct proc *p)
{
    if (p->state == PROC_ZOMBIE)
        return 'Z';
    return p->thread->state == THREAD_PARKED ? 'S' : 'R';
}

/* Its address space is the process's own; only numbers that may be a moment old are read. */
static void describe(const struct proc *p, struct quire_proc *entry) REQUIRES(tree_lock)
{
    *entry = (struct quire_proc){.pid = p->pid, .pgid = p->group, .state = state_letter(p)};
    entry->ppid = p->parent == NULL ? 0 : p->parent->pid;
    strlcpy(entry->name, p->name, sizeof(entry->name));
    if (p->thread != NULL)
        entry->cpu_ns = thread_run_ticks(p->thread) * ns_per_tick();
    if (p->mm != NULL) {
        entry->vm_pages = (uint64_t)p->mm->use.all;
        entry->rss_pages = p->mm->rss_pages;
    }
}

unsigned proc_list(struct quire_proc *entries, unsigned count)
{
    unsigned n = 0;
    spin_lock(&tree_lock);
    list_for_each (node, &all_procs) {
        if (n == count)
            break;
        describe(list_entry(node, struct proc, all_node), &entries[n++]);
    }
    spin_unlock(&tree_lock);
    return n;
}
