/* The machine of host tests: see stand.h. */
#include "tests/host/stand.h"

#include <stdlib.h>
#include <string.h>

#include "lib/print.h"
#include "mm/page.h"
#include "sync/sched.h"
#include "sync/self.h"
#include "sync/spinlock.h"
#include "tests/host/test.h"

/* --- Memory --- */

static uint8_t *memory;
static size_t memory_size;

pte_t kernel_root[PTES_PER_TABLE];

uint64_t pa_of(const void *direct)
{
    if (direct == kernel_root)
        return 0;
    uint64_t offset = (uint64_t)((const uint8_t *)direct - memory);
    KASSERT(offset < memory_size, "%p is no memory", direct);
    return STAND_RAM + offset;
}

void *direct_of(uint64_t pa)
{
    KASSERT(pa >= STAND_RAM && pa - STAND_RAM < memory_size, "there is no memory at %lx", (long)pa);
    return memory + (pa - STAND_RAM);
}

static void print_to_buffer(const char *text, size_t n);

void stand_memory_raw(size_t npages)
{
    memory_size = npages * PAGE_SIZE;
    memory = aligned_alloc(PAGE_SIZE, memory_size);
    memset(memory, 0xa5, memory_size);
    print_set_sink(print_to_buffer);
}

void stand_memory(size_t npages)
{
    stand_memory_raw(npages);
    struct page_extent taken = {STAND_RAM, STAND_RAM + PAGE_SIZE};
    bool ok = page_init((struct page_extent){STAND_RAM, STAND_RAM + memory_size}, &taken, 1);
    KASSERT(ok, "%lu pages are too few", (long)npages);
}

/* --- Messages --- */

static char messages[8192];

static void print_to_buffer(const char *text, size_t n)
{
    size_t used = strlen(messages);
    if (used + n >= sizeof(messages)) {
        used /= 2;
        memmove(messages, messages + used, strlen(messages + used) + 1);
        used = strlen(messages);
    }
    memcpy(messages + used, text, n);
    messages[used + n] = '\0';
}

const char *stand_messages(void)
{
    return messages;
}

/* --- Threads --- */

static struct permitted {
    struct thread_core core;
    bool permit;
} threads[2];

struct thread_core *stand_thread = &threads[0].core;
void (*stand_idle)(void);

static uint64_t clock_ns = 1000;

void stand_set_hart(unsigned hart)
{
    stand_thread->hart = hart;
}

void stand_expect_nothing_held(void)
{
    EXPECT(stand_thread->held.count == 0, "a lock of rank %u is held", stand_thread->held.rank[0]);
    EXPECT(stand_thread->uses_reserve == 0);
}

void spinlock_wait(const struct spinlock *l)
{
    panic("the spinlock of rank %u is taken twice", l->rank);
}

void thread_park(uint64_t deadline_ns)
{
    struct permitted *me = (struct permitted *)stand_thread;
    lockrank_check_none();
    if (!me->permit && deadline_ns != TIME_NEVER) {
        clock_ns = deadline_ns > clock_ns ? deadline_ns : clock_ns;
    } else if (!me->permit) {
        KASSERT(stand_idle != NULL && me == &threads[0], "nobody will wake thread %d",
                (int)(me - threads));
        stand_thread = &threads[1].core;
        stand_idle();
        KASSERT(stand_thread->held.count == 0, "the other thread holds %u locks",
                stand_thread->held.count);
        stand_thread = &me->core;
        KASSERT(me->permit, "nobody has woken the thread, messages: %s", messages);
    }
    me->permit = false;
}

void thread_unpark(struct thread *t)
{
    ((struct permitted *)t)->permit = true;
}

bool thread_is_interrupted(void)
{
    return false;
}

uint64_t process_limit(int resource)
{
    return UINT64_MAX;
}

uint64_t clock_monotonic_ns(void)
{
    return clock_ns += 1000;
}

uint64_t clock_realtime_ns(void)
{
    return 1000000000000000000 + clock_monotonic_ns();
}

void sched_relax(void)
{
    lockrank_check_none();
}
