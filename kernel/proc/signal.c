/* Signals: see signal.h. */
#include "proc/signal.h"

#include "abi/errno.h"
#include "abi/wait.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "proc/proc.h"
#include "proc/sched.h"

#define BIT(number)   (1UL << ((number)-1))

#define NEVER_BLOCKED (BIT(SIGKILL) | BIT(SIGSTOP))

/* Signals that do nothing where the program says nothing about them; stopping comes with job
 * control. */
#define DEFAULT_IGNORED                                                                        \
    (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT) | BIT(SIGSTOP) | BIT(SIGTSTP) | \
     BIT(SIGTTIN) | BIT(SIGTTOU))

static bool is_number(int number)
{
    return number > 0 && number < NSIG;
}

/* --- Sending --- */

/* Nothing kills init: signals that it does not handle pass it by. */
static void send(struct proc *p, int number) REQUIRES(tree_lock)
{
    if (p->pid == 1)
        return;
    if (p->state != PROC_LIVE || (p->ignored & BIT(number)) != 0 || p->thread == NULL)
        return;
    p->pending |= BIT(number);
    __atomic_fetch_or(&p->thread->core.work, WORK_SIGNAL, __ATOMIC_RELEASE);
    thread_unpark(p->thread);
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
    int pid, number;
    const struct proc *self; /* NULL: from the terminal */
    unsigned count;
};

static void send_if_addressed(struct proc *p, void *arg) REQUIRES(tree_lock)
{
    struct sending *s = arg;
    if (!is_addressed(p, s->pid, s->self))
        return;
    s->count++;
    if (s->number != 0)
        send(p, s->number);
}

int signal_kill(int pid, int number)
{
    struct sending s = {pid, number, proc_current(), 0};
    if (number != 0 && !is_number(number))
        return -EINVAL;
    proc_for_each(send_if_addressed, &s);
    return s.count == 0 ? -ESRCH : 0;
}

void signal_send_group(int group, int number)
{
    struct sending s = {-group, number, NULL, 0};
    if (group > 1)
        proc_for_each(send_if_addressed, &s);
}

void signal_send_self(int number)
{
    spin_lock(&tree_lock);
    send(proc_current(), number);
    spin_unlock(&tree_lock);
}

/* --- Receiving --- */

static uint64_t deliverable(const struct proc *p)
{
    return __atomic_load_n(&p->pending, __ATOMIC_RELAXED) & ~p->blocked;
}

bool thread_is_interrupted(void)
{
    const struct proc *p = proc_current();
    return p != NULL && deliverable(p) != 0;
}

/* Without handlers a signal that became pending is a deadly one, unless it was ignored since. */
void signal_deliver(void)
{
    struct proc *p = proc_current();
    int number = 0;
    spin_lock(&tree_lock);
    __atomic_fetch_and(&p->thread->core.work, ~(uint64_t)WORK_SIGNAL, __ATOMIC_RELAXED);
    p->pending &= ~p->ignored;
    uint64_t set = deliverable(p);
    if (set != 0) {
        number = (int)lowest_bit(set) + 1;
        p->pending &= ~BIT(number);
    }
    spin_unlock(&tree_lock);
    if (number != 0)
        proc_exit(number);
}

/* --- Settings --- */

static uint64_t ignored_set(const struct ksigaction *actions)
{
    uint64_t set = 0;
    for (int i = 1; i < NSIG; i++) {
        sighandler_t handler = actions == NULL ? SIG_DFL : actions[i].handler;
        if (handler == SIG_IGN || (handler == SIG_DFL && (DEFAULT_IGNORED & BIT(i))))
            set |= BIT(i);
    }
    return set;
}

static void refresh_ignored(struct proc *p)
{
    uint64_t set = ignored_set(p->actions);
    spin_lock(&tree_lock);
    p->ignored = set;
    p->pending &= ~set;
    spin_unlock(&tree_lock);
}

int signal_set_action(int number, const struct ksigaction *action, struct ksigaction *old)
{
    struct proc *p = proc_current();
    if (!is_number(number) || (action != NULL && (BIT(number) & NEVER_BLOCKED)))
        return -EINVAL;
    if (action != NULL && action->handler != SIG_DFL && action->handler != SIG_IGN)
        return -ENOSYS;
    *old = p->actions == NULL ? (struct ksigaction){0} : p->actions[number];
    if (action == NULL)
        return 0;
    if (p->actions == NULL)
        p->actions = kmalloc(NSIG * sizeof(*p->actions));
    if (p->actions == NULL)
        return -ENOMEM;
    p->actions[number] = *action;
    refresh_ignored(p);
    return 0;
}

int signal_set_mask(int how, const uint64_t *set, uint64_t *old)
{
    struct proc *p = proc_current();
    uint64_t mask = p->blocked;
    *old = mask;
    if (set == NULL)
        return 0;
    switch (how) {
    case SIG_BLOCK: mask |= *set; break;
    case SIG_UNBLOCK: mask &= ~*set; break;
    case SIG_SETMASK: mask = *set; break;
    default: return -EINVAL;
    }
    p->blocked = mask & ~NEVER_BLOCKED;
    if (deliverable(p) != 0)
        __atomic_fetch_or(&p->thread->core.work, WORK_SIGNAL, __ATOMIC_RELAXED);
    return 0;
}

void signal_exec(struct proc *p)
{
    refresh_ignored(p);
}

int signal_fork(struct proc *child, const struct proc *parent)
{
    child->ignored = parent->ignored;
    if (parent->actions == NULL)
        return 0;
    child->actions = kmalloc(NSIG * sizeof(*child->actions));
    if (child->actions == NULL)
        return -ENOMEM;
    memcpy(child->actions, parent->actions, NSIG * sizeof(*child->actions));
    return 0;
}
