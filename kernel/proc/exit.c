/* How threads and processes end, and waiting for that: see proc.h. */
#include "proc/exit.h"

#include "abi/errno.h"
#include "abi/wait.h"
#include "arch/timer.h"
#include "dev/machine.h"
#include "lib/print.h"
#include "lib/string.h"
#include "proc/futex.h"
#include "proc/sched.h"
#include "proc/signal.h"

/* --- What it has used --- */

static uint64_t ns_per_tick(void)
{
    return 1000000000 / machine.timebase;
}

/* The sum is exact; how it divides between user and kernel, the timer's samples estimate. */
void proc_get_usage(const struct proc *p, struct usage *usage)
{
    uint64_t ticks = p->ended_ticks;
    list_for_each (node, &p->threads)
        ticks += thread_run_ticks(list_entry(node, struct thread, proc_node));
    uint64_t ran = ticks * ns_per_tick();
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

/* --- Ending --- */

bool proc_thread_must_end(void)
{
    const struct thread *t = thread_current();
    const struct proc *p = t->proc;
    return p->ending || (p->sole != NULL && p->sole != t);
}

int proc_end_other_threads(void)
{
    struct thread *self = thread_current();
    struct proc *p = self->proc;
    spin_lock(&tree_lock);
    int err = proc_thread_must_end() ? -EINTR : 0;
    if (err == 0) {
        p->sole = self;
        waitq_wake_all(&p->resumed);
        signal_wake_threads(p);
        while (p->nthreads > 1)
            waitq_sleep(&p->thread_exit, &tree_lock);
        p->sole = NULL;
        self->tid = p->pid;
    }
    spin_unlock(&tree_lock);
    return err;
}

/* Children get init for a parent, which waits for everything. */
static void give_children_away(struct proc *p) REQUIRES(tree_lock)
{
    list_for_each (node, &p->children)
        list_entry(node, struct proc, sibling_node)->parent = proc_of_init;
    if (!list_is_empty(&p->children))
        waitq_wake_all(&proc_of_init->child_exit);
    list_splice_back(&proc_of_init->children, &p->children);
}

/* Whether the parent has said that it does not want to hear of its children's ends. */
static bool is_unwanted(const struct proc *p) REQUIRES(tree_lock)
{
    const struct ksigaction *actions = p->parent->actions;
    return p->exit_signal == SIGCHLD && actions != NULL &&
           (actions[SIGCHLD].handler == SIG_IGN || (actions[SIGCHLD].flags & SA_NOCLDWAIT));
}

static void tell_end(struct proc *p) REQUIRES(tree_lock)
{
    int status = p->exit_status;
    bool killed = WIFSIGNALED(status);
    uint64_t what = (uint64_t)(killed ? WTERMSIG(status) : WEXITSTATUS(status));
    struct signal_info info = {
        p->exit_signal, killed ? CLD_KILLED : CLD_EXITED, {(uint64_t)p->pid, what}};
    signal_tell_parent(p, &info);
}

/* The last thread of a process has left: it becomes a zombie, or nothing. */
static void finish(struct proc *p)
{
    struct usage usage;
    spin_lock(&tree_lock);
    give_children_away(p);
    pending_remove(&p->pending, ~0UL);
    proc_get_usage(p, &usage);
    add_usage(&p->children_usage, &usage); /* what the parent is told: it and its children */
    p->state = PROC_ZOMBIE;
    bool unwanted = is_unwanted(p);
    tell_end(p);
    if (unwanted)
        proc_leave_tree(p);
    spin_unlock(&tree_lock);
    if (unwanted)
        proc_free(p);
}

void proc_thread_exit(int status)
{
    struct thread *self = thread_current();
    struct proc *p = self->proc;
    futex_thread_exit(self);
    self->core.mm = NULL;
    mm_activate(NULL); /* before another thread may be the last one, and free it */
    spin_lock(&tree_lock);
    if (!p->ending)
        p->exit_status = status;
    bool last = proc_leave_thread(self);
    bool is_init = last && p == proc_of_init;
    spin_unlock(&tree_lock);
    if (is_init)
        panic("init ended with status %x", p->exit_status);
    if (last) {
        proc_release_parts(p);
        finish(p);
    }
    thread_exit();
}

void proc_exit(int status)
{
    struct proc *p = proc_current();
    spin_lock(&tree_lock);
    if (!p->ending && !proc_thread_must_end()) {
        p->ending = true;
        p->exit_status = status;
        waitq_wake_all(&p->resumed);
        signal_wake_threads(p);
    }
    spin_unlock(&tree_lock);
    proc_thread_exit(status);
}

/* --- Waiting --- */

/* Whether wait4's `pid` means this child. */
static bool is_meant(const struct proc *child, int pid, int own_group)
{
    if (pid > 0)
        return child->pid == pid;
    return pid == -1 || child->group == (pid == 0 ? own_group : -pid);
}

/* Whether there is something to tell of a child. */
static bool is_ready(const struct proc *child, const struct wait_request *r) REQUIRES(tree_lock)
{
    if (child->state == PROC_ZOMBIE)
        return r->ended;
    return child->event_status != 0 && (child->event_status == 0xffff ? r->resumed : r->stopped);
}

/* A child that is meant: one of which there is something to tell, if any. NULL: none at all. */
static struct proc *find_child(struct proc *p, const struct wait_request *r) REQUIRES(tree_lock)
{
    struct proc *found = NULL;
    list_for_each (node, &p->children) {
        struct proc *child = list_entry(node, struct proc, sibling_node);
        if (!is_meant(child, r->pid, p->group))
            continue;
        found = child;
        if (is_ready(child, r))
            break;
    }
    return found;
}

/* Tells of a child; true if that was its end, after which it is nobody's. */
static bool tell(struct proc *p, struct proc *child, const struct wait_request *r,
                 struct wait_result *result) REQUIRES(tree_lock)
{
    bool ended = child->state == PROC_ZOMBIE;
    result->status = ended ? child->exit_status : child->event_status;
    result->usage = child->children_usage;
    if (r->keeps)
        return false;
    child->event_status = 0;
    if (ended) {
        proc_leave_tree(child);
        add_usage(&p->children_usage, &child->children_usage);
    }
    return ended;
}

int proc_wait(const struct wait_request *r, struct wait_result *result)
{
    struct proc *p = proc_current(), *child;
    int err = 0, pid = 0;
    bool gone = false;
    spin_lock(&tree_lock);
    while ((child = find_child(p, r)) != NULL && !is_ready(child, r) && err == 0 && !r->no_hang)
        err = waitq_sleep_interruptible(&p->child_exit, &tree_lock);
    if (child != NULL && is_ready(child, r)) {
        pid = child->pid;
        gone = tell(p, child, r, result);
        err = 0;
    }
    spin_unlock(&tree_lock);
    if (gone)
        proc_free(child);
    return child == NULL ? -ECHILD : err != 0 ? err : pid;
}
