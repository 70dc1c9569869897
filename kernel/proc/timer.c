/* Waking threads at a time: see timer.h. And the clocks that sync/sched.h promises. */
#include "proc/timer.h"

#include "arch/timer.h"
#include "dev/machine.h"
#include "dev/rtc.h"
#include "lib/util.h"
#include "proc/thread.h"
#include "sync/sched.h"
#include "sync/spinlock.h"

#define NS_PER_S   1000000000UL
#define FARTHEST_S 10

static struct {
    struct spinlock lock;
    struct tree tree;   /* [lock] struct timer by deadline */
    uint64_t next;      /* [that hart] no alarm is due before this tick */
    uint64_t slice_end; /* [that hart] */
} alarms[MAX_HARTS];

static uint64_t boot_realtime_ns; /* [const] what the real-time clock showed at tick 0 */

static uint64_t ns_of(uint64_t ticks)
{
    /* In two steps, since ticks * 10^9 does not fit. */
    uint64_t base = machine.timebase;
    return ticks / base * NS_PER_S + ticks % base * NS_PER_S / base;
}

/* The first tick at or behind that moment. */
static uint64_t ticks_of(uint64_t ns)
{
    uint64_t base = machine.timebase;
    return ns / NS_PER_S * base + (ns % NS_PER_S * base + NS_PER_S - 1) / NS_PER_S;
}

uint64_t clock_monotonic_ns(void)
{
    return ns_of(timer_now());
}

uint64_t clock_realtime_ns(void)
{
    return boot_realtime_ns + clock_monotonic_ns();
}

void timers_init(void)
{
    for (unsigned hart = 0; hart < MAX_HARTS; hart++) {
        spinlock_init(&alarms[hart].lock, RANK_TIMERS);
        alarms[hart].next = alarms[hart].slice_end = TIMER_NEVER;
    }
    uint64_t now = rtc_read_ns();
    boot_realtime_ns = now == 0 ? 0 : now - clock_monotonic_ns();
}

static struct timer *timer_of(struct tree_node *node)
{
    return container_of(node, struct timer, node);
}

/*
 * There is always an alarm, if only to find that nothing is due: where QEMU runs with -icount and
 * sleep=off it jumps to the next one when all harts idle, and without ours to the end of time.
 */
static void program(unsigned hart)
{
    uint64_t farthest = timer_now() + FARTHEST_S * machine.timebase;
    timer_set(min_u64(min_u64(alarms[hart].next, alarms[hart].slice_end), farthest));
}

void timers_set_slice(uint64_t ticks)
{
    unsigned hart = hart_self();
    alarms[hart].slice_end = ticks == TIMER_NEVER ? TIMER_NEVER : timer_now() + ticks;
    program(hart);
}

void timer_arm(struct timer *t, uint64_t deadline_ns)
{
    unsigned hart = hart_self();
    t->deadline = ticks_of(deadline_ns);
    t->thread = thread_current();
    t->hart = hart;
    spin_lock(&alarms[hart].lock);
    struct tree_node **link = &alarms[hart].tree.root, *parent = NULL;
    while (*link != NULL) {
        parent = *link;
        link = t->deadline < timer_of(parent)->deadline ? &parent->left : &parent->right;
    }
    tree_insert(&alarms[hart].tree, &t->node, parent, link);
    t->armed = true;
    spin_unlock(&alarms[hart].lock);
    if (t->deadline < alarms[hart].next) {
        alarms[hart].next = t->deadline;
        program(hart);
    }
}

void timer_cancel(struct timer *t)
{
    spin_lock(&alarms[t->hart].lock);
    if (t->armed)
        tree_remove(&alarms[t->hart].tree, &t->node);
    t->armed = false;
    spin_unlock(&alarms[t->hart].lock);
}

/* The thread that is woken may cancel its timer at once; so the lock is held until it is unparked.
 */
void timers_run(void)
{
    unsigned hart = hart_self();
    uint64_t now = timer_now(), next = TIMER_NEVER;
    spin_lock(&alarms[hart].lock);
    struct tree_node *first;
    while ((first = tree_first(&alarms[hart].tree)) != NULL) {
        struct timer *t = timer_of(first);
        if (t->deadline > now) {
            next = t->deadline;
            break;
        }
        tree_remove(&alarms[hart].tree, first);
        t->armed = false;
        thread_unpark(t->thread);
    }
    spin_unlock(&alarms[hart].lock);
    alarms[hart].next = next;
    program(hart);
}
