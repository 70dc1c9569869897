/*
 * Making room: see reclaim.h.
 *
 * The list is a clock of CACHE pages that might be evicted, the hand at its front. Lock order: a
 * page's object comes before the list, so the hand only tries the object's lock and passes the page
 * over when it is held. An object lives at least as long as a page of it stands in the list.
 */
#include "mm/reclaim.h"

#include "lib/util.h"
#include "mm/object.h"
#include "sync/self.h"
#include "sync/waitq.h"

#define EVICT_BATCH 32
#define MAX_ROUNDS  8 /* of the flusher that a caller waits for before it gives up */

static struct spinlock lru_lock = SPINLOCK_INIT(RANK_LRU);
static struct list lru GUARDED_BY(lru_lock) = LIST_INIT(lru);
static uint64_t lru_count GUARDED_BY(lru_lock);

static struct spinlock request_lock = SPINLOCK_INIT(RANK_WAIT);
static struct waitq flusher GUARDED_BY(request_lock) = WAITQ_INIT(flusher);
static struct waitq waiting GUARDED_BY(request_lock) = WAITQ_INIT(waiting);
static bool requested GUARDED_BY(request_lock);
static bool has_work;                            /* [request_lock to change] */
static uint64_t rounds GUARDED_BY(request_lock); /* that the flusher has finished */

static uint64_t low_mark; /* [const] */

void reclaim_init(void)
{
    low_mark = max_u64(page_total() / 64, 128);
}

uint64_t reclaim_low_mark(void)
{
    return low_mark;
}

uint64_t reclaim_count(void)
{
    spin_lock(&lru_lock);
    uint64_t count = lru_count;
    spin_unlock(&lru_lock);
    return count;
}

void reclaim_add(struct page *page)
{
    spin_lock(&lru_lock);
    page_set_flags(page, PAGE_IN_LRU);
    list_push_back(&lru, &page->node);
    lru_count++;
    spin_unlock(&lru_lock);
}

void reclaim_remove(struct page *page)
{
    if (!page_has(page, PAGE_IN_LRU))
        return;
    spin_lock(&lru_lock);
    page_clear_flags(page, PAGE_IN_LRU);
    list_remove(&page->node);
    lru_count--;
    spin_unlock(&lru_lock);
}

/*
 * Whether the page may go now. Nobody can find it while its object is locked, and only the object
 * refers to it; so nobody can come to refer to it either.
 */
static bool may_evict(const struct page *page)
{
    return page->refs == 1 && !page_has(page, PAGE_DIRTY | PAGE_BUSY | PAGE_LOGGED);
}

/* Lets the hand pass one page. Returns the page if it was taken out of its object, else NULL. */
static struct page *pass_one(void) UNCHECKED_LOCKING /* the locks come in an order of their own */
{
    struct page *evicted = NULL;
    spin_lock(&lru_lock);
    struct list *node = lru.next;
    if (node == &lru) {
        spin_unlock(&lru_lock);
        return NULL;
    }
    struct page *page = list_entry(node, struct page, node);
    list_remove(node);
    list_push_back(&lru, node);
    struct object *o = page->object;
    if (page_has(page, PAGE_REFERENCED)) {
        page_clear_flags(page, PAGE_REFERENCED);
    } else if (may_evict(page) && spin_try_lock(&o->lock)) {
        if (may_evict(page)) {
            list_remove(node);
            lru_count--;
            page_clear_flags(page, PAGE_IN_LRU);
            object_evict(o, page);
            evicted = page;
        }
        spin_unlock(&o->lock);
    }
    spin_unlock(&lru_lock);
    return evicted;
}

/* At most two turns of the clock: one to clear the marks of use, one to evict. */
unsigned reclaim_evict(unsigned npages)
{
    spin_lock(&lru_lock);
    uint64_t steps = 2 * lru_count + 1;
    spin_unlock(&lru_lock);
    unsigned evicted = 0;
    for (; steps > 0 && evicted < npages; steps--) {
        struct page *page = pass_one();
        if (page != NULL) {
            page_put(page);
            evicted++;
        }
    }
    return evicted;
}

void reclaim_request(void)
{
    spin_lock(&request_lock);
    if (!requested) {
        requested = true;
        waitq_wake_all(&flusher);
    }
    spin_unlock(&request_lock);
}

void reclaim_note_work(void)
{
    if (__atomic_load_n(&has_work, __ATOMIC_RELAXED))
        return;
    spin_lock(&request_lock);
    has_work = true;
    waitq_wake_all(&flusher);
    spin_unlock(&request_lock);
}

void reclaim_wait_work(uint64_t delay_ns)
{
    spin_lock(&request_lock);
    while (!requested && !has_work)
        waitq_sleep(&flusher, &request_lock);
    uint64_t deadline = clock_monotonic_ns() + delay_ns;
    while (!requested && clock_monotonic_ns() < deadline)
        waitq_sleep_until(&flusher, &request_lock, deadline);
    requested = false;
    __atomic_store_n(&has_work, false, __ATOMIC_RELAXED);
    spin_unlock(&request_lock);
}

void reclaim_round_done(bool more)
{
    spin_lock(&request_lock);
    if (more)
        __atomic_store_n(&has_work, true, __ATOMIC_RELAXED);
    rounds++;
    waitq_wake_all(&waiting);
    spin_unlock(&request_lock);
}

/* Asks the flusher for a round that begins from now on, and waits until it is done. */
static void wait_for_flusher(void)
{
    spin_lock(&request_lock);
    uint64_t until = rounds + 2; /* the one under way may have passed what could be written now */
    while (rounds < until) {
        if (!requested) {
            requested = true;
            waitq_wake_all(&flusher);
        }
        waitq_sleep(&waiting, &request_lock);
    }
    spin_unlock(&request_lock);
}

bool reclaim_make_room(unsigned npages)
{
    unsigned wanted = npages > EVICT_BATCH ? npages : EVICT_BATCH;
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        if (reclaim_evict(wanted) > 0)
            return true;
        if (thread_uses_reserve() || object_count_dirty() == 0)
            return false;
        wait_for_flusher();
    }
    return false;
}
