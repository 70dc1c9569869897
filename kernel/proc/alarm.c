/* Alarms: see alarm.h. */
#include "proc/alarm.h"

#include "lib/util.h"
#include "proc/signal.h"
#include "proc/thread.h"

static struct list armed GUARDED_BY(tree_lock) = LIST_INIT(armed); /* processes */
static struct waitq
    changed GUARDED_BY(tree_lock) = WAITQ_INIT(changed); /* where the thread waits */

/* Sends what is due; returns when the next one is. */
static uint64_t ring(void) REQUIRES(tree_lock)
{
    const struct signal_info info = {.number = SIGALRM, .code = SI_KERNEL};
    uint64_t now = clock_monotonic_ns(), next = TIME_NEVER;
    list_for_each_safe (node, following, &armed) {
        struct proc *p = list_entry(node, struct proc, alarm_node);
        if (p->alarm_at <= now) {
            signal_send(p, NULL, &info);
            p->alarm_at += p->alarm_interval;
            if (p->alarm_at <= now) /* it cannot keep up */
                p->alarm_at = now + p->alarm_interval;
            if (p->alarm_interval == 0)
                list_remove(&p->alarm_node);
        }
        if (!list_is_empty(&p->alarm_node))
            next = min_u64(next, p->alarm_at);
    }
    return next;
}

static void run(void *unused)
{
    spin_lock(&tree_lock);
    for (;;) {
        uint64_t next = ring();
        waitq_sleep_until(&changed, &tree_lock, next);
    }
}

bool alarm_init(void)
{
    return kthread_start("alarms", run, NULL);
}

void alarm_cancel(struct proc *p)
{
    list_remove(&p->alarm_node);
}

struct alarm_setting alarm_set(const struct alarm_setting *new)
{
    struct proc *p = proc_current();
    struct alarm_setting old = {0, 0};
    spin_lock(&tree_lock);
    uint64_t now = clock_monotonic_ns();
    if (!list_is_empty(&p->alarm_node)) {
        old.left = p->alarm_at > now ? p->alarm_at - now : 1;
        old.interval = p->alarm_interval;
    }
    if (new != NULL) {
        list_remove(&p->alarm_node);
        p->alarm_at = now + new->left;
        p->alarm_interval = new->interval;
        if (new->left != 0)
            list_push_back(&armed, &p->alarm_node);
        waitq_wake_all(&changed);
    }
    spin_unlock(&tree_lock);
    return old;
}
