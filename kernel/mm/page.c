/*
 * Physical memory: see page.h. Free pages live in a buddy system (Knuth, The Art of Computer
 * Programming, section 2.5), in front of which each hart keeps a small stack of single pages. What
 * overflows from the stacks lies loose, for whoever needs single pages next; only when a larger
 * block is wanted and there is none are loose pages merged.
 */
#include "mm/page.h"

#include "lib/print.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/reclaim.h"
#include "sync/self.h"
#include "sync/spinlock.h"

#define MAX_ORDER   10 /* blocks of up to 4 MiB */
#define STACK_BATCH 32 /* pages that move between a hart's stack and the buddy system at once */
#define STACK_LIMIT 96
#define RESERVE     48 /* the last free pages: for writing back to make room, and try_ calls */
#define POISON      0x6b6b6b6b6b6b6b6bUL

struct page *page_records;

static struct page_extent ram; /* [const] */

static struct spinlock buddy_lock = SPINLOCK_INIT(RANK_PAGES);
static struct list free_blocks[MAX_ORDER + 1] GUARDED_BY(buddy_lock);
static struct page *loose GUARDED_BY(buddy_lock);  /* single pages, by page->below */
static uint64_t free_count GUARDED_BY(buddy_lock); /* pages in free_blocks and loose */

/* What each hart has to itself; other harts read the counters only. */
static struct hart_pages {
    struct page *top;
    unsigned count;
    int64_t states[PAGE_NSTATES]; /* differences: the sums over all harts are the counts */
    int64_t pins;
} __attribute__((aligned(64))) hart_pages[MAX_HARTS];

static struct hart_pages *my_pages(void)
{
    return &hart_pages[hart_self()];
}

void page_set_state(struct page *page, enum page_state state)
{
    struct hart_pages *mine = my_pages();
    mine->states[page->state]--;
    mine->states[state]++;
    page->state = (uint8_t)state;
}

/* --- The buddy system --- */

static void block_insert(struct page *block, unsigned order) REQUIRES(buddy_lock)
{
    block->order = (uint8_t)order;
    page_set_flags(block, PAGE_IN_BUDDY);
    list_push_front(&free_blocks[order], &block->node);
}

static void block_remove(struct page *block) REQUIRES(buddy_lock)
{
    list_remove(&block->node);
    page_clear_flags(block, PAGE_IN_BUDDY);
}

/* Gives a block back and merges it with its buddy for as long as that is free too. */
static void buddy_free(struct page *block, unsigned order) REQUIRES(buddy_lock)
{
    uint64_t pfn = page_pfn(block);
    free_count += 1UL << order;
    for (; order < MAX_ORDER; order++) {
        uint64_t other = pfn ^ 1UL << order;
        if (other < page_first_pfn() || other + (1UL << order) > page_last_pfn())
            break;
        struct page *buddy = page_records + other;
        if (!page_has(buddy, PAGE_IN_BUDDY) || buddy->order != order)
            break;
        block_remove(buddy);
        pfn &= ~(1UL << order);
    }
    block_insert(page_records + pfn, order);
}

/* A block of 2^order pages, split off the smallest free one that is large enough; or NULL. */
static struct page *buddy_alloc(unsigned order) REQUIRES(buddy_lock)
{
    unsigned found = order;
    while (found <= MAX_ORDER && list_is_empty(&free_blocks[found]))
        found++;
    if (found > MAX_ORDER)
        return NULL;
    struct page *block = list_entry(free_blocks[found].next, struct page, node);
    block_remove(block);
    while (found > order) {
        found--;
        block_insert(block + (1UL << found), found);
    }
    block->order = (uint8_t)order;
    free_count -= 1UL << order;
    return block;
}

/* --- Poison (debug builds): a freed page must not be written to until it is handed out again ---
 */

static void poison(struct page *page)
{
#ifdef QUIRE_DEBUG
    uint64_t *words = page_data(page);
    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*words); i++)
        words[i] = POISON;
#endif
}

static void check_poison(const struct page *page)
{
#ifdef QUIRE_DEBUG
    const uint64_t *words = page_data(page);
    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*words); i++)
        KASSERT(words[i] == POISON, "free page %lx was written to: word %u is %lx",
                (long)page_pfn(page), i, (long)words[i]);
#endif
}

/* --- The hart's stack --- */

static void stack_push(struct hart_pages *mine, struct page *page)
{
    page->below = mine->top;
    mine->top = page;
    mine->count++;
}

static struct page *stack_pop(struct hart_pages *mine)
{
    struct page *page = mine->top;
    mine->top = page->below;
    mine->count--;
    return page;
}

static void loose_push(struct page *page) REQUIRES(buddy_lock)
{
    page->below = loose;
    loose = page;
    free_count++;
}

static struct page *loose_pop(void) REQUIRES(buddy_lock)
{
    struct page *page = loose;
    loose = page->below;
    free_count--;
    return page;
}

static struct page *single_alloc(void) REQUIRES(buddy_lock)
{
    return loose != NULL ? loose_pop() : buddy_alloc(0);
}

/* Fetches a batch; of the reserve one page only, and for a caller that may use it. */
static void stack_refill(struct hart_pages *mine, bool use_reserve)
{
    spin_lock(&buddy_lock);
    for (unsigned i = 0; i < STACK_BATCH && free_count > RESERVE; i++)
        stack_push(mine, single_alloc());
    if (use_reserve && mine->count == 0 && free_count > 0)
        stack_push(mine, single_alloc());
    bool low = free_count < reclaim_low_mark();
    spin_unlock(&buddy_lock);
    if (low)
        reclaim_request();
}

static void stack_drain(struct hart_pages *mine)
{
    spin_lock(&buddy_lock);
    for (unsigned i = 0; i < STACK_BATCH; i++)
        loose_push(stack_pop(mine));
    spin_unlock(&buddy_lock);
}

static void hand_out(struct page *page, enum page_state state)
{
    KASSERT(page->refs == 0 && page->state == PAGE_FREE && page->flags == 0,
            "page %lx: %u references, state %u, flags %x", (long)page_pfn(page), page->refs,
            page->state, page->flags);
    page->refs = 1;
    page->object = NULL;
    page->index = 0;
    page_set_state(page, state);
}

static struct page *take_single(enum page_state state, bool use_reserve)
{
    struct hart_pages *mine = my_pages();
    if (unlikely(mine->top == NULL)) {
        stack_refill(mine, use_reserve);
        if (mine->top == NULL)
            return NULL;
    }
    struct page *page = stack_pop(mine);
    page->order = 0;
    check_poison(page);
    hand_out(page, state);
    return page;
}

struct page *kalloc_try(enum page_state state)
{
    return take_single(state, true);
}

struct page *kalloc(enum page_state state)
{
    lockrank_check_none();
    if (thread_alloc_fails())
        return NULL;
    struct page *page = take_single(state, false);
    while (unlikely(page == NULL) && reclaim_make_room(1))
        page = take_single(state, false);
    if (unlikely(page == NULL) && thread_uses_reserve())
        page = take_single(state, true); /* nothing else could be had */
    return page;
}

struct page *kalloc_zeroed(enum page_state state)
{
    struct page *page = kalloc(state);
    if (page != NULL)
        page_zero(page_data(page));
    return page;
}

static struct page *take_block(enum page_state state, unsigned order)
{
    spin_lock(&buddy_lock);
    bool enough = free_count > RESERVE + (1UL << order);
    struct page *block = enough ? buddy_alloc(order) : NULL;
    while (enough && block == NULL && loose != NULL) {
        buddy_free(loose_pop(), 0);
        block = buddy_alloc(order);
    }
    spin_unlock(&buddy_lock);
    for (unsigned i = 0; block != NULL && i < 1u << order; i++) {
        check_poison(block + i);
        hand_out(block + i, state);
    }
    return block;
}

/* Every page of the block has its own record with one reference; the first one's order tells. */
struct page *kalloc_block(enum page_state state, unsigned order)
{
    KASSERT(order <= MAX_ORDER, "order %u", order);
    if (thread_alloc_fails())
        return NULL;
    struct page *block = take_block(state, order);
    while (block == NULL && reclaim_make_room(1u << order))
        block = take_block(state, order);
    return block;
}

static void make_free(struct page *page, struct hart_pages *mine)
{
    page->refs = 0;
    page->flags = 0;
    mine->states[page->state]--;
    mine->states[PAGE_FREE]++;
    page->state = PAGE_FREE;
    poison(page);
}

static void free_block(struct page *block)
{
    unsigned order = block->order;
    for (unsigned i = 0; i < 1u << order; i++)
        make_free(block + i, my_pages());
    spin_lock(&buddy_lock);
    buddy_free(block, order);
    spin_unlock(&buddy_lock);
}

/* The last reference is gone: of a single page, or of the first page of a block. */
void page_free(struct page *page)
{
    KASSERT(page->object == NULL || page->state != PAGE_CACHE, "page %lx is still cached",
            (long)page_pfn(page));
    KASSERT(!page_has(page, PAGE_BUSY | PAGE_DIRTY | PAGE_LOGGED | PAGE_IN_LRU | PAGE_IN_BUDDY),
            "page %lx is freed with flags %x", (long)page_pfn(page), page->flags);
    if (unlikely(page->order > 0)) {
        free_block(page);
        return;
    }
    struct hart_pages *mine = my_pages();
    make_free(page, mine);
    stack_push(mine, page);
    if (mine->count > STACK_LIMIT)
        stack_drain(mine);
}

void page_pin(struct page *page)
{
    page_get(page);
    my_pages()->pins++;
}

void page_unpin(struct page *page)
{
    my_pages()->pins--;
    page_put(page);
}

/* --- Setting up --- */

static bool is_taken(uint64_t pa, const struct page_extent *taken, unsigned ntaken)
{
    for (unsigned i = 0; i < ntaken; i++)
        if (pa < taken[i].end && pa + PAGE_SIZE > taken[i].start)
            return true;
    return false;
}

/* The highest room of `size` bytes that is free; 0 if there is none. */
static uint64_t find_room(uint64_t size, const struct page_extent *taken, unsigned ntaken)
{
    uint64_t end = ram.end;
    while (end - ram.start >= size) {
        uint64_t start = end - size, lowest = end;
        for (unsigned i = 0; i < ntaken; i++)
            if (taken[i].start < end && taken[i].end > start)
                lowest = min_u64(lowest, taken[i].start);
        if (lowest == end)
            return start;
        end = round_down(lowest, PAGE_SIZE);
        if (end < ram.start)
            break;
    }
    return 0;
}

bool page_init(struct page_extent all, const struct page_extent *taken, unsigned ntaken)
{
    ram.start = round_up(all.start, PAGE_SIZE);
    ram.end = round_down(all.end, PAGE_SIZE);
    uint64_t npages = (ram.end - ram.start) / PAGE_SIZE;
    uint64_t size = round_up(npages * sizeof(struct page), PAGE_SIZE);
    uint64_t records = find_room(size, taken, ntaken);
    if (records == 0)
        return false;
    struct page *first = direct_of(records);
    memset(first, 0, size);
    page_records = first - ram.start / PAGE_SIZE;
    for (unsigned order = 0; order <= MAX_ORDER; order++)
        list_init(&free_blocks[order]);
    my_pages()->states[PAGE_KERNEL] = (int64_t)npages;

    spin_lock(&buddy_lock);
    for (uint64_t pa = ram.start; pa < ram.end; pa += PAGE_SIZE) {
        struct page *page = page_of_pa(pa);
        page->state = PAGE_KERNEL;
        if (is_taken(pa, taken, ntaken) || (pa >= records && pa < records + size)) {
            page->refs = 1;
            continue;
        }
        page_set_state(page, PAGE_FREE);
        poison(page);
        buddy_free(page, 0);
    }
    spin_unlock(&buddy_lock);
    return true;
}

/* --- Looking at it --- */

uint64_t page_first_pfn(void)
{
    return ram.start / PAGE_SIZE;
}

uint64_t page_last_pfn(void)
{
    return ram.end / PAGE_SIZE;
}

uint64_t page_total(void)
{
    return page_last_pfn() - page_first_pfn();
}

uint64_t page_count_free(void) UNCHECKED_LOCKING /* a number that is old at once anyway */
{
    return free_count;
}

void page_count(uint64_t states[PAGE_NSTATES], uint64_t *pins)
{
    int64_t sum[PAGE_NSTATES] = {0}, pinned = 0;
    for (unsigned hart = 0; hart < MAX_HARTS; hart++) {
        for (unsigned i = 0; i < PAGE_NSTATES; i++)
            sum[i] += hart_pages[hart].states[i];
        pinned += hart_pages[hart].pins;
    }
    for (unsigned i = 0; i < PAGE_NSTATES; i++)
        states[i] = (uint64_t)sum[i];
    *pins = (uint64_t)pinned;
}

void page_show(const struct page *page)
{
    static const char *const names[PAGE_NSTATES] = {"free", "anon",  "cache",  "table",
                                                    "slab", "stack", "buffer", "kernel"};
    kprintf("page %lx: %s, %u references, flags %x, order %u, object %p, index %lx\n",
            (long)page_pfn(page), page->state < PAGE_NSTATES ? names[page->state] : "?", page->refs,
            page->flags, page->order, (void *)page->object, (long)page->index);
}

/* Counts how often each free page stands somewhere, in its `index`, which free pages do not use. */
static unsigned check_lists(uint64_t *listed) REQUIRES(buddy_lock)
{
    unsigned wrong = 0;
    for (unsigned order = 0; order <= MAX_ORDER; order++) {
        list_for_each (node, &free_blocks[order]) {
            const struct page *block = list_entry(node, struct page, node);
            bool right = block->order == order && page_has(block, PAGE_IN_BUDDY) &&
                         page_pfn(block) % (1UL << order) == 0;
            for (unsigned i = 0; i < 1u << order; i++)
                right = right && block[i].state == PAGE_FREE && block[i].refs == 0;
            if (!right) {
                wrong++;
                page_show(block);
            }
            *listed += 1UL << order;
        }
    }
    return wrong;
}

static unsigned check_singles(const struct page *top, uint64_t *listed)
{
    unsigned wrong = 0;
    for (const struct page *p = top; p != NULL; p = p->below, ++*listed) {
        if (p->state != PAGE_FREE || p->refs != 0 || p->flags != 0) {
            wrong++;
            page_show(p);
        }
    }
    return wrong;
}

unsigned page_check_free(void)
{
    uint64_t listed = 0, states[PAGE_NSTATES], pins, sum = 0;
    spin_lock(&buddy_lock);
    unsigned wrong = check_lists(&listed) + check_singles(loose, &listed);
    if (listed != free_count) {
        kprintf("audit: %lu pages in free blocks, %lu counted\n", (long)listed, (long)free_count);
        wrong++;
    }
    spin_unlock(&buddy_lock);
    for (unsigned hart = 0; hart < MAX_HARTS; hart++)
        wrong += check_singles(hart_pages[hart].top, &listed);
    page_count(states, &pins);
    for (unsigned i = 0; i < PAGE_NSTATES; i++)
        sum += states[i];
    if (listed != states[PAGE_FREE] || sum != page_total()) {
        kprintf("audit: %lu free pages listed, %lu counted; %lu pages in all, RAM has %lu\n",
                (long)listed, (long)states[PAGE_FREE], (long)sum, (long)page_total());
        wrong++;
    }
    return wrong;
}
