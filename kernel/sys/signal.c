/* System calls on signals and futexes: see table.h. */
#include "proc/signal.h"

#include "abi/errno.h"
#include "abi/time.h"
#include "mm/usercopy.h"
#include "proc/alarm.h"
#include "proc/futex.h"
#include "proc/sigframe.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define MASK_SIZE                                                                   \
    ((long)sizeof(uint64_t)) /* what every call that takes a set of signals is told \
                              */

/* --- Sending --- */

long sys_kill(long pid, long number)
{
    return signal_kill((int)pid, (int)number);
}

static long send_to_thread(long tgid, long tid, long number)
{
    struct signal_info info = signal_info_of_sender((int)number, SI_TKILL);
    return tid <= 0 ? -EINVAL : signal_queue((int)tgid, (int)tid, &info);
}

long sys_tkill(long tid, long number)
{
    return send_to_thread(0, tid, number);
}

long sys_tgkill(long tgid, long tid, long number)
{
    return tgid <= 0 ? -EINVAL : send_to_thread(tgid, tid, number);
}

/* What a program says of itself is believed, but not that the kernel or kill(2) has said it. */
static long queue(long tgid, long tid, long number, long from)
{
    siginfo_t s;
    int err = copy_from_user(&s, (uint64_t)from, sizeof(s));
    if (err != 0)
        return err;
    if ((s.si_code >= 0 || s.si_code == SI_TKILL) && tgid != proc_current()->pid)
        return -EPERM;
    struct signal_info info = {
        (int)number, s.si_code, {s.si_fields.padding[0], s.si_fields.padding[1]}};
    return signal_queue((int)tgid, (int)tid, &info);
}

long sys_rt_sigqueueinfo(long pid, long number, long info)
{
    return queue(pid, 0, number, info);
}

long sys_rt_tgsigqueueinfo(long tgid, long tid, long number, long info)
{
    return tid <= 0 || tgid <= 0 ? -EINVAL : queue(tgid, tid, number, info);
}

/* --- Settings --- */

long sys_rt_sigaction(long number, long action, long old, long size)
{
    struct ksigaction new_action, old_action;
    if (size != MASK_SIZE)
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
    if (size != MASK_SIZE)
        return -EINVAL;
    if (set != 0 && copy_from_user(&new_mask, (uint64_t)set, sizeof(new_mask)) != 0)
        return -EFAULT;
    long err = signal_set_mask((int)how, set == 0 ? NULL : &new_mask, &old_mask);
    if (err == 0 && old != 0)
        err = copy_to_user((uint64_t)old, &old_mask, sizeof(old_mask));
    return err;
}

long sys_sigaltstack(long new, long old)
{
    stack_t to, from;
    uint64_t sp = thread_core_self()->frame->x[REG_SP];
    if (new != 0 && copy_from_user(&to, (uint64_t) new, sizeof(to)) != 0)
        return -EFAULT;
    long err = sigframe_set_stack(new == 0 ? NULL : &to, &from, sp);
    if (err == 0 && old != 0)
        err = copy_to_user((uint64_t)old, &from, sizeof(from));
    return err;
}

long sys_rt_sigreturn(void)
{
    return sigframe_pop(thread_core_self()->frame);
}

/* --- Waiting --- */

long sys_rt_sigpending(long to, long size)
{
    uint64_t set = signal_get_pending();
    return size > MASK_SIZE || size < 0 ? -EINVAL : copy_to_user((uint64_t)to, &set, (size_t)size);
}

/* The mask is put back on the way to user mode, where the signal that ends the wait is acted on. */
long sys_rt_sigsuspend(long set, long size)
{
    uint64_t mask;
    if (size != MASK_SIZE)
        return -EINVAL;
    if (copy_from_user(&mask, (uint64_t)set, sizeof(mask)) != 0)
        return -EFAULT;
    signal_swap_mask(mask);
    while (!thread_is_interrupted())
        thread_park(TIME_NEVER);
    return signal_restart(-EINTR, set, RESTART_NO_HANDLER);
}

long sys_rt_sigtimedwait(long set, long to, long timeout, long size)
{
    uint64_t mask, ns, deadline = TIME_NEVER;
    struct signal_info info;
    if (size != MASK_SIZE)
        return -EINVAL;
    if (copy_from_user(&mask, (uint64_t)set, sizeof(mask)) != 0)
        return -EFAULT;
    if (timeout != 0) {
        int err = time_argument_get(&ns, (uint64_t)timeout);
        if (err != 0)
            return err;
        deadline = clock_monotonic_ns() + ns;
    }
    int number = signal_wait(mask, deadline, &info);
    if (number < 0)
        return signal_restart(number, set, RESTART_NO_HANDLER);
    siginfo_t s = siginfo_of(&info);
    return to != 0 && copy_to_user((uint64_t)to, &s, sizeof(s)) != 0 ? -EFAULT : number;
}

/* --- Alarms --- */

#define NS_PER_S  1000000000UL
#define NS_PER_US 1000UL

static bool ns_of(const struct timeval *t, uint64_t *ns)
{
    *ns = (uint64_t)t->tv_sec * NS_PER_S + (uint64_t)t->tv_usec * NS_PER_US;
    return t->tv_sec >= 0 && (uint64_t)t->tv_sec < INT64_MAX / NS_PER_S / 4 && t->tv_usec >= 0 &&
           t->tv_usec < 1000000;
}

/* Rounded up, so that an alarm that is to come does not look like none. */
static struct timeval timeval_of(uint64_t ns)
{
    uint64_t us = (ns + NS_PER_US - 1) / NS_PER_US;
    return (struct timeval){(int64_t)(us / 1000000), (int64_t)(us % 1000000)};
}

static long put_alarm(uint64_t to, const struct alarm_setting *a)
{
    struct itimerval t = {timeval_of(a->interval), timeval_of(a->left)};
    return copy_to_user(to, &t, sizeof(t));
}

/* Real time only: nobody counts the time of programs closely enough for the others. */
long sys_setitimer(long which, long new, long old)
{
    struct itimerval t = {{0, 0}, {0, 0}};
    struct alarm_setting to, from;
    if (which != ITIMER_REAL)
        return -EINVAL;
    if (new != 0 && copy_from_user(&t, (uint64_t) new, sizeof(t)) != 0)
        return -EFAULT;
    if (!ns_of(&t.it_value, &to.left) || !ns_of(&t.it_interval, &to.interval))
        return -EINVAL;
    from = alarm_set(&to);
    return old == 0 ? 0 : put_alarm((uint64_t)old, &from);
}

long sys_getitimer(long which, long to)
{
    if (which != ITIMER_REAL)
        return -EINVAL;
    struct alarm_setting now = alarm_set(NULL);
    return put_alarm((uint64_t)to, &now);
}

/* --- Futexes --- */

/* When a wait ends: FUTEX_WAIT's time is from now on, FUTEX_WAIT_BITSET's a moment of a clock. */
static long get_deadline(int op, uint64_t timeout, uint64_t *deadline)
{
    uint64_t ns, now = clock_monotonic_ns();
    bool is_moment = (op & FUTEX_CMD_MASK) != FUTEX_WAIT;
    *deadline = TIME_NEVER;
    if (timeout == 0)
        return 0;
    int err = time_argument_get(&ns, timeout);
    if (err != 0)
        return err;
    uint64_t shown = op & FUTEX_CLOCK_REALTIME ? clock_realtime_ns() : now;
    *deadline = !is_moment ? now + ns : ns > shown ? now + (ns - shown) : now;
    return 0;
}

static long wait(long address, int op, uint32_t value, uint64_t timeout, uint32_t bits)
{
    struct thread *t = thread_current();
    struct futex_word word = {(uint64_t)address, op & FUTEX_PRIVATE_FLAG};
    uint64_t deadline;
    long err = get_deadline(op, timeout, &deadline);
    if (err != 0)
        return err;
    if (timeout != 0 && t->sleep_deadline != 0)
        deadline = t->sleep_deadline; /* it goes on after a signal without a handler */
    err = futex_wait(word, value, deadline, bits);
    t->sleep_deadline = err == -EINTR && timeout != 0 ? deadline : 0;
    return signal_restart(err, address, timeout == 0 ? RESTART_IF_ASKED : RESTART_NO_HANDLER);
}

long sys_futex(long address, long op, long value, long timeout, long second, long bits)
{
    bool private = op & FUTEX_PRIVATE_FLAG;
    uint32_t expected = (uint32_t)bits;
    struct futex_word word = {(uint64_t)address, private};
    struct futex_requeue r = {
        .from = word,
        .to = {(uint64_t)second, private},
        .wake = (int)value,
        .move = (int)timeout, /* that argument is the number here */
        .expected = (op & FUTEX_CMD_MASK) == FUTEX_CMP_REQUEUE ? &expected : NULL,
    };
    if ((op & FUTEX_CLOCK_REALTIME) && (op & FUTEX_CMD_MASK) != FUTEX_WAIT_BITSET)
        return -ENOSYS;
    switch (op & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
        return wait(address, (int)op, (uint32_t)value, (uint64_t)timeout, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET:
        return wait(address, (int)op, (uint32_t)value, (uint64_t)timeout, (uint32_t)bits);
    case FUTEX_WAKE: return futex_wake(word, (int)value, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET: return futex_wake(word, (int)value, (uint32_t)bits);
    case FUTEX_REQUEUE:
    case FUTEX_CMP_REQUEUE: return futex_requeue(&r);
    default: return -ENOSYS;
    }
}

long sys_set_robust_list(long head, long size)
{
    if (size != sizeof(struct robust_list_head))
        return -EINVAL;
    thread_current()->robust_list = (uint64_t)head;
    return 0;
}

long sys_get_robust_list(long tid, long head, long size)
{
    uint64_t length = sizeof(struct robust_list_head), at = 0;
    spin_lock(&tree_lock);
    const struct thread *t = tid == 0 ? thread_current() : proc_find_thread((int)tid);
    if (t != NULL)
        at = t->robust_list;
    spin_unlock(&tree_lock);
    if (t == NULL)
        return -ESRCH;
    if (copy_to_user((uint64_t)size, &length, sizeof(length)) != 0)
        return -EFAULT;
    return copy_to_user((uint64_t)head, &at, sizeof(at));
}
