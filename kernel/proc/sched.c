/* The scheduler: see sched.h. */
#include "proc/sched.h"

#include "arch/csr.h"
#include "arch/sbi.h"
#include "arch/timer.h"
#include "arch/trap.h"
#include "dev/machine.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/mm.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "proc/thread.h"

#define SLICES_PER_S 100 /* a thread runs for a hundredth of a second while others wait */

#define STACK_CANARY 0x5175697265537461UL /* at the lowest word of each kernel stack */

static struct run_queue {
    struct spinlock lock;
    struct list ready;    /* [lock] */
    unsigned nready;      /* [lock] */
    struct thread *idle;  /* [const] */
    struct thread *ended; /* [that hart] the thread that was switched away from for good */
    uint64_t slept;       /* [that hart] by instret, which goes on in QEMU while a hart waits */
} __attribute__((aligned(64))) queues[MAX_HARTS];

static uint64_t online_harts; /* [atomic] */
static uint64_t idle_harts;   /* [atomic] those that wait for an interrupt */

static struct slab_cache thread_cache;

static struct run_queue *my_queue(void)
{
    return &queues[hart_self()];
}

void sched_init(void)
{
    for (unsigned hart = 0; hart < MAX_HARTS; hart++) {
        spinlock_init(&queues[hart].lock, RANK_RUN_QUEUE);
        list_init(&queues[hart].ready);
    }
}

void thread_cache_init(void)
{
    slab_init(&thread_cache, "thread", sizeof(struct thread));
}

uint64_t sched_harts(void)
{
    return __atomic_load_n(&online_harts, __ATOMIC_RELAXED);
}

/* --- Making and ending threads --- */

struct thread *thread_new(struct proc *p)
{
    struct thread *t = slab_alloc(&thread_cache);
    if (t == NULL)
        return NULL;
    struct page *stack = kalloc_block(PAGE_STACK, STACK_ORDER);
    if (stack == NULL) {
        slab_free(&thread_cache, t);
        return NULL;
    }
    t->proc = p;
    t->core.stack = (uintptr_t)page_data(stack);
    t->core.hart = hart_self();
    t->core.frame = (struct trapframe *)(t->core.stack + STACK_SIZE - FRAME_SIZE);
    t->core.frame->owner = &t->core;
    t->core.calls = thread_core_self()->calls;
    t->core.context.sp = (uintptr_t)t->core.frame;
    t->core.context.ra = (uintptr_t)trap_first_return;
    *(uint64_t *)t->core.stack = STACK_CANARY;
    list_init(&t->queue_node);
    list_init(&t->proc_node);
    pending_init(&t->pending);
    return t;
}

void thread_discard(struct thread *t)
{
    page_put(page_of_data((void *)t->core.stack));
    slab_free(&thread_cache, t);
}

static void check_stack(const struct thread *t)
{
    KASSERT(*(uint64_t *)t->core.stack == STACK_CANARY, "the kernel stack of %s at %lx overflowed",
            t->name, (long)t->core.stack);
}

uint64_t thread_run_ticks(const struct thread *t)
{
    uint64_t ran = t->ran_ticks;
    return t->state == THREAD_RUNNING ? ran + (timer_now() - t->running_since) : ran;
}

/* --- Switching --- */

/* Floating-point registers go to memory only if the thread has changed them. */
static void switch_fp(struct thread *from, struct thread *to)
{
    uint64_t status = SSTATUS_SPIE;
    if ((csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS_DIRTY)
        fp_save(&from->core.fp);
    if (to->core.uses_fp) {
        csr_set(sstatus, SSTATUS_FS);
        fp_load(&to->core.fp);
        status |= SSTATUS_FS_CLEAN;
    }
    csr_write(sstatus, status); /* also what trap.S expects on the way to user mode */
}

/*
 * The first thing behind a switch, on the stack of the thread that runs now. It has got the queue's
 * lock from the thread before.
 */
static void finish_switch(void) UNCHECKED_LOCKING
{
    struct run_queue *q = my_queue();
    lockrank_acquired(RANK_RUN_QUEUE, false);
    struct thread *ended = q->ended;
    q->ended = NULL;
    spin_unlock(&q->lock);
    if (ended != NULL)
        thread_discard(ended);
}

static uint64_t boot_instructions; /* [const] once the first process runs */

uint64_t sched_boot_instructions(void)
{
    return boot_instructions;
}

uint64_t sched_slept(void)
{
    return my_queue()->slept;
}

/* Called by trap.S where a new thread starts. */
void thread_begin(void)
{
    finish_switch();
    if (unlikely(boot_instructions == 0 && thread_current()->proc != NULL))
        boot_instructions = csr_read(instret) - my_queue()->slept;
}

/* Runs the next ready thread, or the idle one. The current thread's state has been set. */
static void switch_to_next(struct run_queue *q) RELEASES(q->lock) UNCHECKED_LOCKING
{
    struct thread *self = thread_current(), *next = q->idle;
    struct list *node = list_pop_front(&q->ready);
    if (node != NULL) {
        next = list_entry(node, struct thread, queue_node);
        q->nready--;
    }
    next->state = THREAD_RUNNING;
    if (next == self) {
        spin_unlock(&q->lock);
        return;
    }
    check_stack(self);
    uint64_t now = timer_now();
    self->ran_ticks += now - self->running_since;
    next->running_since = now;
    next->core.hart = self->core.hart;
    __atomic_fetch_and(&self->core.work, ~(uint64_t)WORK_RESCHEDULE, __ATOMIC_RELAXED);
    if (self == q->idle)
        timers_set_slice(machine.timebase / SLICES_PER_S);
    switch_fp(self, next);
    mm_activate(next->core.mm);
    lockrank_released(RANK_RUN_QUEUE);
    context_switch(&self->core, &next->core);
    finish_switch();
}

void sched_yield(void)
{
    struct thread *self = thread_current();
    struct run_queue *q = my_queue();
    lockrank_check_none();
    spin_lock(&q->lock);
    __atomic_fetch_and(&self->core.work, ~(uint64_t)WORK_RESCHEDULE, __ATOMIC_RELAXED);
    if (q->nready == 0) {
        spin_unlock(&q->lock);
        return;
    }
    self->state = THREAD_READY;
    if (self != q->idle) {
        list_push_back(&q->ready, &self->queue_node);
        q->nready++;
    }
    switch_to_next(q);
}

void thread_exit(void)
{
    struct run_queue *q = my_queue();
    spin_lock(&q->lock);
    thread_current()->state = THREAD_ENDED;
    q->ended = thread_current();
    switch_to_next(q);
    panic("an ended thread runs: %s", thread_current()->name);
}

/* --- Waking --- */

/* Where a thread that becomes ready should run: where it ran before, unless only others are idle.
 */
static unsigned choose_hart(const struct thread *t)
{
    uint64_t idle = __atomic_load_n(&idle_harts, __ATOMIC_RELAXED);
    if (idle == 0 || (idle >> t->core.hart & 1))
        return t->core.hart;
    return lowest_bit(idle);
}

/* Puts a thread that is READY and in no queue into one. */
static void enqueue(struct thread *t)
{
    unsigned hart = choose_hart(t);
    struct run_queue *q = &queues[hart];
    spin_lock(&q->lock);
    t->core.hart = hart;
    list_push_back(&q->ready, &t->queue_node);
    q->nready++;
    spin_unlock(&q->lock);
    if (hart != hart_self() && (__atomic_load_n(&idle_harts, __ATOMIC_RELAXED) >> hart & 1))
        sbi_send_ipi(1UL << hart);
}

/* Locks the queue that `t` belongs to, which may change until it is locked. */
static struct run_queue *lock_queue_of(struct thread *t) UNCHECKED_LOCKING
{
    for (;;) {
        unsigned hart = __atomic_load_n(&t->core.hart, __ATOMIC_RELAXED);
        spin_lock(&queues[hart].lock);
        if (t->core.hart == hart)
            return &queues[hart];
        spin_unlock(&queues[hart].lock);
    }
}

void thread_unpark(struct thread *t) UNCHECKED_LOCKING /* lock_queue_of's */
{
    struct run_queue *q = lock_queue_of(t);
    bool wake = t->state == THREAD_PARKED;
    if (wake)
        t->state = THREAD_READY;
    else
        t->permit = true;
    spin_unlock(&q->lock);
    if (wake)
        enqueue(t);
}

void thread_kick(const struct thread *t)
{
    unsigned hart = __atomic_load_n(&t->core.hart, __ATOMIC_RELAXED);
    if (t->state == THREAD_RUNNING && hart != hart_self()) /* if that has just changed: so be it */
        sbi_send_ipi(1UL << hart);
}

void thread_park(uint64_t deadline_ns)
{
    struct thread *self = thread_current();
    lockrank_check_none();
    if (deadline_ns != TIME_NEVER)
        timer_arm(&self->alarm, deadline_ns);
    struct run_queue *q = my_queue();
    spin_lock(&q->lock);
    if (self->permit) {
        self->permit = false;
        spin_unlock(&q->lock);
    } else {
        self->state = THREAD_PARKED;
        switch_to_next(q);
    }
    if (deadline_ns != TIME_NEVER)
        timer_cancel(&self->alarm);
}

void thread_start(struct thread *t)
{
    t->state = THREAD_READY;
    enqueue(t);
}

bool kthread_start(const char *name, void (*function)(void *arg), void *arg)
{
    struct thread *t = thread_new(NULL);
    if (t == NULL)
        return false;
    strlcpy(t->name, name, sizeof(t->name));
    t->core.context.ra = (uintptr_t)kernel_thread_first;
    t->core.context.s[0] = (uintptr_t)function;
    t->core.context.s[1] = (uintptr_t)arg;
    thread_start(t);
    return true;
}

/* --- Idling and interrupts --- */

void sched_adopt_idle(struct thread *idle, unsigned hart)
{
    strlcpy(idle->name, "idle", sizeof(idle->name));
    idle->core.hart = hart;
    idle->state = THREAD_RUNNING;
    *(uint64_t *)idle->core.stack = STACK_CANARY;
    queues[hart].idle = idle;
    __atomic_fetch_or(&online_harts, 1UL << hart, __ATOMIC_RELAXED);
    csr_write(sie, INTERRUPT_SOFTWARE | INTERRUPT_TIMER | INTERRUPT_EXTERNAL);
}

static void let_interrupts_in(void)
{
    csr_set(sstatus, SSTATUS_SIE);
    csr_clear(sstatus, SSTATUS_SIE);
}

void sched_relax(void)
{
    if (csr_read(sip) & csr_read(sie))
        let_interrupts_in();
    if (thread_core_self()->work & WORK_RESCHEDULE)
        sched_yield();
}

/* Moves the longest waiting thread of some other queue to this hart's. */
static bool steal_from(struct run_queue *victim)
{
    if (victim->nready == 0)
        return false;
    spin_lock(&victim->lock);
    struct list *node = list_pop_front(&victim->ready);
    if (node != NULL) {
        victim->nready--;
        list_entry(node, struct thread, queue_node)->core.hart = hart_self();
    }
    spin_unlock(&victim->lock);
    if (node == NULL)
        return false;
    struct run_queue *q = my_queue();
    spin_lock(&q->lock);
    list_push_back(&q->ready, node);
    q->nready++;
    spin_unlock(&q->lock);
    return true;
}

static bool steal(void)
{
    uint64_t others = sched_harts() & ~(1UL << hart_self());
    for (; others != 0; others &= others - 1)
        if (steal_from(&queues[lowest_bit(others)]))
            return true;
    return false;
}

/*
 * The hart is marked idle under its queue's lock, after a look at the queue: whoever puts a thread
 * there later sees the mark and sends an interrupt, which ends wfi even if it came before it.
 */
static void wait_for_interrupt(struct run_queue *q)
{
    uint64_t bit = 1UL << hart_self();
    spin_lock(&q->lock);
    bool nothing = q->nready == 0;
    if (nothing)
        __atomic_fetch_or(&idle_harts, bit, __ATOMIC_SEQ_CST);
    spin_unlock(&q->lock);
    if (nothing) {
        timers_set_slice(TIMER_NEVER);
        uint64_t asleep = csr_read(instret);
        __asm__ volatile("wfi");
        q->slept += csr_read(instret) - asleep;
        __atomic_fetch_and(&idle_harts, ~bit, __ATOMIC_SEQ_CST);
    }
    let_interrupts_in();
}

void sched_idle(void)
{
    struct run_queue *q = my_queue();
    for (;;) {
        if (q->nready > 0 || steal())
            sched_yield();
        else
            wait_for_interrupt(q);
    }
}

/* A slice that has ended is replaced, for the idle thread too: it would interrupt for ever. */
void sched_timer_interrupt(void)
{
    struct run_queue *q = my_queue();
    struct thread *self = thread_current();
    bool idle = self == q->idle;
    timers_set_slice(idle ? TIMER_NEVER : machine.timebase / SLICES_PER_S);
    timers_run();
    if (!idle && q->nready > 0)
        __atomic_fetch_or(&self->core.work, WORK_RESCHEDULE, __ATOMIC_RELAXED);
}

static uint32_t stop_wanted;   /* [atomic] */
static uint64_t stopped_harts; /* [atomic] */

void sched_kick_interrupt(void)
{
    uint64_t bit = 1UL << hart_self();
    csr_clear(sip, INTERRUPT_SOFTWARE);
    if (!__atomic_load_n(&stop_wanted, __ATOMIC_ACQUIRE))
        return;
    __atomic_fetch_or(&stopped_harts, bit, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&stop_wanted, __ATOMIC_ACQUIRE))
        cpu_pause();
    __atomic_fetch_and(&stopped_harts, ~bit, __ATOMIC_SEQ_CST);
}

void sched_stop_others(void)
{
    uint64_t others = sched_harts() & ~(1UL << hart_self());
    __atomic_store_n(&stop_wanted, 1, __ATOMIC_SEQ_CST);
    if (others != 0)
        sbi_send_ipi(others);
    while (__atomic_load_n(&stopped_harts, __ATOMIC_ACQUIRE) != others)
        cpu_pause();
}

void sched_resume_others(void)
{
    __atomic_store_n(&stop_wanted, 0, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&stopped_harts, __ATOMIC_ACQUIRE) != 0)
        cpu_pause();
}
