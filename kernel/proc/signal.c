/* Signals: see signal.h. */
#include "proc/signal.h"

#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "proc/sched.h"
#include "proc/sigframe.h"

#define NEVER_BLOCKED (SIGNAL_BIT(SIGKILL) | SIGNAL_BIT(SIGSTOP))
#define STOPPING \
    (SIGNAL_BIT(SIGSTOP) | SIGNAL_BIT(SIGTSTP) | SIGNAL_BIT(SIGTTIN) | SIGNAL_BIT(SIGTTOU))

/* Signals that do nothing where the program says nothing about them. */
#define DEFAULT_IGNORED \
    (SIGNAL_BIT(SIGCHLD) | SIGNAL_BIT(SIGURG) | SIGNAL_BIT(SIGWINCH) | SIGNAL_BIT(SIGCONT))

#define ECALL_SIZE 4 /* bytes, of the instruction that makes a system call */

static bool is_number(int number)
{
    return number > 0 && number < NSIG;
}

static struct ksigaction action_of(const struct proc *p, int number) REQUIRES(tree_lock)
{
    return p->actions == NULL ? (struct ksigaction){0} : p->actions[number];
}

struct signal_info signal_info_of_sender(int number, int code)
{
    const struct proc *self = proc_current();
    return (struct signal_info){number, code, {self == NULL ? 0 : (uint64_t)self->pid, 0}};
}

/* --- Who has to look --- */

/* The signals that it does not take now. */
static uint64_t passed_over(const struct thread *t)
{
    return t->blocked & ~t->waits_for;
}

static uint64_t deliverable(const struct thread *t)
{
    uint64_t pending = __atomic_load_n(&t->pending.set, __ATOMIC_RELAXED) |
                       __atomic_load_n(&t->proc->pending.set, __ATOMIC_RELAXED);
    return pending & ~passed_over(t);
}

static void wake(struct thread *t) REQUIRES(tree_lock)
{
    __atomic_fetch_or(&t->core.work, WORK_SIGNAL, __ATOMIC_RELEASE);
    thread_unpark(t);
    thread_kick(t);
}

void signal_wake_threads(struct proc *p)
{
    list_for_each (node, &p->threads) {
        struct thread *t = list_entry(node, struct thread, proc_node);
        if (p->ending || p->stopped || (p->sole != NULL && p->sole != t) || deliverable(t) != 0)
            wake(t);
    }
}

/* One thread that may take a signal of its process. */
static void wake_one(struct proc *p, uint64_t bit) REQUIRES(tree_lock)
{
    list_for_each (node, &p->threads) {
        struct thread *t = list_entry(node, struct thread, proc_node);
        if (!(passed_over(t) & bit)) {
            wake(t);
            return;
        }
    }
}

bool thread_is_interrupted(void)
{
    const struct thread *t = thread_current();
    const struct proc *p = t->proc;
    return p != NULL &&
           (deliverable(t) != 0 || p->ending || p->stopped || (p->sole != NULL && p->sole != t));
}

/* --- Sending --- */

void signal_tell_parent(struct proc *p, const struct signal_info *info)
{
    if (p->parent == NULL)
        return;
    waitq_wake_all(&p->parent->child_exit);
    if (info->number != 0)
        signal_send(p->parent, NULL, info);
}

/* That a process has stopped or goes on. */
static void tell_change(struct proc *p, int code, int status) REQUIRES(tree_lock)
{
    struct signal_info info = {SIGCHLD, code, {(uint64_t)p->pid, (uint64_t)status}};
    if (p->parent != NULL && (action_of(p->parent, SIGCHLD).flags & SA_NOCLDSTOP))
        info.number = 0;
    signal_tell_parent(p, &info);
}

static void resume(struct proc *p) REQUIRES(tree_lock)
{
    if (!p->stopped)
        return;
    p->stopped = false;
    p->stop_signal = 0;
    p->event_status = 0xffff;
    waitq_wake_all(&p->resumed);
    tell_change(p, CLD_CONTINUED, SIGCONT);
}

static void forget(struct proc *p, uint64_t signals) REQUIRES(tree_lock)
{
    pending_remove(&p->pending, signals);
    list_for_each (node, &p->threads)
        pending_remove(&list_entry(node, struct thread, proc_node)->pending, signals);
}

/* What stopping and continuing do to each other when they are sent, whoever blocks them. */
static void settle_stops(struct proc *p, uint64_t bit) REQUIRES(tree_lock)
{
    if (bit & SIGNAL_BIT(SIGCONT)) {
        forget(p, STOPPING);
        resume(p);
    }
    if (bit & STOPPING)
        forget(p, SIGNAL_BIT(SIGCONT));
}

/* An ignored signal is lost, unless a thread blocks it: it may change its mind until then. */
static bool is_lost(const struct proc *p, const struct thread *t, uint64_t bit) REQUIRES(tree_lock)
{
    const struct thread *looks = t != NULL ? t : proc_first_thread(p);
    if (p->pid == 1 && (p->actions == NULL || p->actions[lowest_bit(bit) + 1].handler == SIG_DFL))
        return true; /* nothing kills init */
    return (p->ignored & bit) != 0 && !(looks->blocked & bit);
}

int signal_send(struct proc *p, struct thread *t, const struct signal_info *info)
{
    uint64_t bit = SIGNAL_BIT(info->number);
    if (p->state != PROC_LIVE || p->nthreads == 0)
        return 0;
    settle_stops(p, bit);
    if (is_lost(p, t, bit))
        return 0;
    int err = pending_add(t != NULL ? &t->pending : &p->pending, info);
    if (err != 0)
        return err;
    if (info->number == SIGKILL)
        waitq_wake_all(&p->resumed);
    if (t == NULL)
        wake_one(p, bit);
    else if (!(passed_over(t) & bit))
        wake(t);
    return 0;
}

static bool is_addressed(const struct proc *p, int pid, const struct proc *self)
{
    if (pid > 0)
        return p->pid == pid;
    if (pid == -1)
        return p->pid != 1 && p != self;
    return p->group == (pid == 0 ? self->group : -pid);
}

struct sending {
    int pid;
    struct signal_info info;
    const struct proc *self; /* NULL: from the terminal */
    unsigned count;
};

static void send_if_addressed(struct proc *p, void *arg) REQUIRES(tree_lock)
{
    struct sending *s = arg;
    if (!is_addressed(p, s->pid, s->self))
        return;
    s->count++;
    if (s->info.number != 0)
        signal_send(p, NULL, &s->info);
}

int signal_kill(int pid, int number)
{
    struct sending s = {pid, signal_info_of_sender(number, SI_USER), proc_current(), 0};
    if (number != 0 && !is_number(number))
        return -EINVAL;
    proc_for_each(send_if_addressed, &s);
    return s.count == 0 ? -ESRCH : 0;
}

int signal_queue(int tgid, int tid, const struct signal_info *info)
{
    int err = 0;
    if ((info->number != 0 && !is_number(info->number)) || tgid < 0 || tid < 0)
        return -EINVAL;
    spin_lock(&tree_lock);
    struct thread *t = tid == 0 ? NULL : proc_find_thread(tid);
    struct proc *p = tid == 0 ? proc_find(tgid) : t == NULL ? NULL : t->proc;
    if (p == NULL || (tgid != 0 && p->pid != tgid))
        err = -ESRCH;
    else if (info->number != 0)
        err = signal_send(p, t, info);
    spin_unlock(&tree_lock);
    return err;
}

void signal_send_group(int group, int number)
{
    struct sending s = {-group, {.number = number, .code = SI_KERNEL}, NULL, 0};
    if (group > 1)
        proc_for_each(send_if_addressed, &s);
}

void signal_send_self(int number)
{
    struct signal_info info = signal_info_of_sender(number, SI_USER);
    spin_lock(&tree_lock);
    signal_send(proc_current(), thread_current(), &info);
    spin_unlock(&tree_lock);
}

bool signal_force(const struct signal_info *info)
{
    struct thread *self = thread_current();
    uint64_t bit = SIGNAL_BIT(info->number);
    spin_lock(&tree_lock);
    sighandler_t handler = action_of(self->proc, info->number).handler;
    bool handled = handler != SIG_DFL && handler != SIG_IGN && !(self->blocked & bit);
    spin_unlock(&tree_lock);
    if (handled) {
        self->forced = *info;
        __atomic_fetch_or(&self->core.work, WORK_SIGNAL, __ATOMIC_RELAXED);
    }
    return handled;
}

/* --- Receiving --- */

static bool take(struct thread *t, uint64_t allowed, struct signal_info *info) REQUIRES(tree_lock)
{
    if (t->forced.number != 0) {
        *info = t->forced;
        t->forced.number = 0;
        return true;
    }
    return pending_take(&t->pending, allowed, info) ||
           pending_take(&t->proc->pending, allowed, info);
}

static bool is_killed(const struct thread *t)
{
    return (t->pending.set | t->proc->pending.set) & SIGNAL_BIT(SIGKILL);
}

void signal_note_stop(struct proc *p)
{
    int number = p->stop_signal;
    if (number == 0 || p->nstopped < p->nthreads || p->nthreads == 0)
        return;
    p->stop_signal = 0;
    p->event_status = number << 8 | 0x7f;
    tell_change(p, CLD_STOPPED, number);
}

/* Waits while the process is stopped; ends with its threads if they have to end. */
static void wait_while_stopped(struct thread *t) REQUIRES(tree_lock)
{
    struct proc *p = t->proc;
    while (p->stopped && !is_killed(t) && !proc_thread_must_end()) {
        p->nstopped++;
        signal_note_stop(p);
        waitq_sleep(&p->resumed, &tree_lock);
        p->nstopped--;
    }
    if (proc_thread_must_end()) {
        spin_unlock(&tree_lock);
        proc_thread_exit(0);
    }
}

static void stop(struct proc *p, int number) REQUIRES(tree_lock)
{
    p->stopped = true;
    p->stop_signal = number;
    signal_wake_threads(p);
}

/* A call that was interrupted is made again, when the thread is back in user mode. */
static void make_call_again(struct thread *t, struct trapframe *frame)
{
    frame->x[REG_A0] = t->restart_argument;
    frame->pc -= ECALL_SIZE;
}

static void settle_call(struct thread *t, struct trapframe *frame, const struct ksigaction *handler)
{
    bool again = handler == NULL || (t->restart == RESTART_IF_ASKED && handler->flags & SA_RESTART);
    if (t->restart != RESTART_NOT && again)
        make_call_again(t, frame);
    if (handler != NULL)
        t->sleep_deadline = 0;
    t->restart = RESTART_NOT;
}

static uint64_t blocked_in(const struct ksigaction *action, int number)
{
    uint64_t mask = action->mask;
    if (!(action->flags & SA_NODEFER))
        mask |= SIGNAL_BIT(number);
    return mask & ~NEVER_BLOCKED;
}

static void run_handler(struct thread *t, struct trapframe *frame, const struct ksigaction *action,
                        const struct signal_info *info)
{
    uint64_t blocked = t->restores_blocked ? t->blocked_before : t->blocked;
    settle_call(t, frame, action);
    if (!sigframe_push(frame, action, info, blocked)) {
        proc_exit(SIGSEGV); /* there is no stack on which it could be told */
    }
    t->restores_blocked = false;
    spin_lock(&tree_lock);
    t->blocked |= blocked_in(action, info->number);
    spin_unlock(&tree_lock);
}

/* Takes a signal off and does what the kernel does with it; true if *action is to be run. */
static bool act(struct thread *t, const struct signal_info *info, struct ksigaction *action)
    REQUIRES(tree_lock)
{
    struct proc *p = t->proc;
    uint64_t bit = SIGNAL_BIT(info->number);
    *action = action_of(p, info->number);
    if (action->handler != SIG_DFL && action->handler != SIG_IGN) {
        if (action->flags & SA_RESETHAND)
            p->actions[info->number].handler = SIG_DFL;
        return true;
    }
    if (action->handler == SIG_IGN || (bit & DEFAULT_IGNORED))
        return false;
    if (bit & STOPPING) {
        if (info->number == SIGSTOP || !proc_group_is_orphan(p))
            stop(p, info->number);
        return false;
    }
    spin_unlock(&tree_lock);
    proc_exit(info->number);
}

/* Handlers of several signals are put one on top of the other: the last one runs first. */
void signal_deliver(struct trapframe *frame)
{
    struct thread *t = thread_current();
    struct signal_info info;
    struct ksigaction action;
    spin_lock(&tree_lock);
    __atomic_fetch_and(&t->core.work, ~(uint64_t)WORK_SIGNAL, __ATOMIC_RELAXED);
    for (;;) {
        wait_while_stopped(t);
        if (!take(t, ~t->blocked, &info))
            break;
        if (!act(t, &info, &action))
            continue;
        spin_unlock(&tree_lock);
        run_handler(t, frame, &action, &info);
        spin_lock(&tree_lock);
    }
    if (t->restores_blocked)
        t->blocked = t->blocked_before;
    t->restores_blocked = false;
    if (deliverable(t) != 0)
        wake(t);
    spin_unlock(&tree_lock);
    settle_call(t, frame, NULL);
}

long signal_restart(long result, long a0, enum restart how)
{
    struct thread *t = thread_current();
    if (likely(result != -EINTR))
        return result;
    t->restart = how;
    t->restart_argument = (uint64_t)a0;
    __atomic_fetch_or(&t->core.work, WORK_SIGNAL, __ATOMIC_RELAXED);
    return result;
}

int signal_wait(uint64_t set, uint64_t deadline_ns, struct signal_info *info)
{
    struct thread *t = thread_current();
    struct waitq nobody; /* wakes it: only a signal or the clock does */
    waitq_init(&nobody);
    int err = 0;
    spin_lock(&tree_lock);
    t->waits_for = set & ~NEVER_BLOCKED;
    bool got;
    while (!(got = take(t, t->waits_for, info)) && err == 0)
        err = waitq_sleep_until(&nobody, &tree_lock, deadline_ns);
    t->waits_for = 0;
    spin_unlock(&tree_lock);
    return got ? info->number : err == -ETIMEDOUT ? -EAGAIN : err;
}

/* --- Settings --- */

static uint64_t ignored_set(const struct ksigaction *actions)
{
    uint64_t set = 0;
    for (int i = 1; i < NSIG; i++) {
        sighandler_t handler = actions == NULL ? SIG_DFL : actions[i].handler;
        bool by_default = handler == SIG_DFL && (DEFAULT_IGNORED & SIGNAL_BIT(i));
        if (handler == SIG_IGN || by_default)
            set |= SIGNAL_BIT(i);
    }
    return set;
}

static void refresh_ignored(struct proc *p) REQUIRES(tree_lock)
{
    p->ignored = ignored_set(p->actions);
    forget(p, p->ignored);
}

/* The first setting of a process; another thread may be faster. */
static int make_actions(struct proc *p)
{
    struct ksigaction *actions = kmalloc(NSIG * sizeof(*actions));
    if (actions == NULL)
        return -ENOMEM;
    spin_lock(&tree_lock);
    if (p->actions == NULL) {
        p->actions = actions;
        actions = NULL;
    }
    spin_unlock(&tree_lock);
    kfree(actions);
    return 0;
}

int signal_set_action(int number, const struct ksigaction *action, struct ksigaction *old)
{
    struct proc *p = proc_current();
    if (!is_number(number) || (action != NULL && (SIGNAL_BIT(number) & NEVER_BLOCKED)))
        return -EINVAL;
    if (action != NULL && p->actions == NULL && make_actions(p) != 0)
        return -ENOMEM;
    spin_lock(&tree_lock);
    *old = action_of(p, number);
    if (action != NULL) {
        p->actions[number] = *action;
        p->actions[number].mask &= ~NEVER_BLOCKED;
        refresh_ignored(p);
    }
    spin_unlock(&tree_lock);
    return 0;
}

static void block(struct thread *t, uint64_t mask)
{
    spin_lock(&tree_lock);
    t->blocked = mask & ~NEVER_BLOCKED;
    if ((t->pending.set | t->proc->pending.set) != 0)
        signal_wake_threads(t->proc);
    spin_unlock(&tree_lock);
}

int signal_set_mask(int how, const uint64_t *set, uint64_t *old)
{
    struct thread *t = thread_current();
    uint64_t mask = t->blocked;
    *old = mask;
    if (set == NULL)
        return 0;
    switch (how) {
    case SIG_BLOCK: mask |= *set; break;
    case SIG_UNBLOCK: mask &= ~*set; break;
    case SIG_SETMASK: mask = *set; break;
    default: return -EINVAL;
    }
    block(t, mask);
    return 0;
}

/* WORK_SIGNAL: what was blocked before is put back even if no signal comes. */
void signal_swap_mask(uint64_t blocked)
{
    struct thread *t = thread_current();
    t->blocked_before = t->blocked;
    t->restores_blocked = true;
    block(t, blocked);
    __atomic_fetch_or(&t->core.work, WORK_SIGNAL, __ATOMIC_RELAXED);
}

uint64_t signal_get_pending(void)
{
    const struct thread *t = thread_current();
    spin_lock(&tree_lock);
    uint64_t set = (t->pending.set | t->proc->pending.set) & t->blocked;
    spin_unlock(&tree_lock);
    return set;
}

void signal_exec(struct proc *p)
{
    struct thread *t = thread_current();
    spin_lock(&tree_lock);
    for (int i = 1; i < NSIG && p->actions != NULL; i++) {
        bool ignored = p->actions[i].handler == SIG_IGN;
        p->actions[i] = (struct ksigaction){.handler = ignored ? SIG_IGN : SIG_DFL};
    }
    refresh_ignored(p);
    t->signal_stack = (stack_t){0};
    t->clear_tid_at = t->robust_list = 0;
    spin_unlock(&tree_lock);
}

int signal_fork(struct proc *child, const struct proc *parent)
{
    if (parent->actions != NULL) {
        child->actions = kmalloc(NSIG * sizeof(*child->actions));
        if (child->actions == NULL)
            return -ENOMEM;
    }
    spin_lock(&tree_lock);
    child->ignored = parent->ignored;
    if (child->actions != NULL)
        memcpy(child->actions, parent->actions, NSIG * sizeof(*child->actions));
    spin_unlock(&tree_lock);
    return 0;
}
