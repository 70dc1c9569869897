/*
 * Address spaces (vma, mmap, pagetable, fault, fork, rmap) over memory objects: random operations
 * in a window of pages against a model that knows for each page what it should hold. The window
 * lies around a gigabyte's boundary, so that tables of both levels come and go.
 */
#include <string.h>

#include "abi/errno.h"
#include "lib/caps.h"
#include "mm/fault.h"
#include "mm/mmap.h"
#include "mm/pagetable.h"
#include "mm/reclaim.h"
#include "mm/writeback.h"
#include "tests/host/backing.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"
#include "tests/host/user.h"

#define WINDOW   48
#define BASE     (GIGA_PAGE - WINDOW / 2 * PAGE_SIZE)
#define NSPACES  4
#define NOBJECTS 3 /* two files and shared anonymous memory */

enum { ANONYMOUS = -1, SHARED_MEMORY = 2 };

/* What a page of an address space should be. */
struct page_model {
    bool mapped, shared;
    unsigned prot;
    int object; /* number, or ANONYMOUS */
    unsigned index;
    bool own; /* private memory that was stored to */
    uint32_t value;
};

static struct space {
    struct mm *mm; /* NULL: there is none */
    struct page_model pages[WINDOW];
} spaces[NSPACES];

static struct object *objects[NOBJECTS];
static uint32_t contents[NOBJECTS][BACKING_PAGES];
static unsigned sizes[NOBJECTS]; /* pages */
static bool tight;               /* memory may run out */

/* Where each hart runs: mostly the same, so that what it remembers of page tables gets old. */
static unsigned running[USER_HARTS];

static uint64_t va_of(unsigned page)
{
    return BASE + page * (uint64_t)PAGE_SIZE;
}

/* --- What must hold after each step --- */

static uint32_t mapped[1 << 16]; /* by page, how many entries map it */

static void count_entry(struct mm *mm, uint64_t va, pte_t pte, void *arg)
{
    const struct page *page = page_of_pa(pte_pa(pte));
    const struct vma *vma = vma_find(mm, va);
    mapped[page_pfn(page) - page_first_pfn()]++;
    EXPECT(vma != NULL && vma->start <= va, "M2: %lx", va);
    EXPECT(pte_is_writable(pte) ? pte & PTE_R : true, "W without R");
    if (pte_is_writable(pte))
        EXPECT(vma->prot & PROT_WRITE);
    if (pte_is_writable(pte) && !(vma->flags & VMA_SHARED))
        EXPECT(page->state == PAGE_ANON && page->refs == 1, "M4: %lx, %u references", va,
               page->refs);
}

/* References are entries and objects; nothing is pinned. */
static void expect_references(void)
{
    uint64_t states[PAGE_NSTATES], pins;
    memset(mapped, 0, sizeof(mapped));
    for (unsigned i = 0; i < NSPACES; i++)
        if (spaces[i].mm != NULL)
            pt_for_each(spaces[i].mm, count_entry, NULL);
    page_count(states, &pins);
    EXPECT(pins == 0);
    for (uint64_t pfn = page_first_pfn(); pfn < page_last_pfn(); pfn++) {
        const struct page *page = page_records + pfn;
        uint32_t expected = mapped[pfn - page_first_pfn()];
        if (page->state == PAGE_CACHE)
            expected += page->object != NULL;
        if (page->state == PAGE_CACHE || page->state == PAGE_ANON)
            EXPECT(page->refs == expected, "pfn %lx: %u instead of %u", pfn, page->refs, expected);
    }
}

static bool continues(const struct page_model *a, const struct page_model *b)
{
    return a->mapped && b->mapped && a->shared == b->shared && a->prot == b->prot &&
           a->object == b->object && (a->object == ANONYMOUS || a->index + 1 == b->index);
}

/* VMAs are where the model says, and joined where they can be. */
static void expect_vmas(const struct space *s)
{
    unsigned count = 0;
    EXPECT(vma_check(s->mm) == 0, "%s", stand_messages());
    for (unsigned i = 0; i < WINDOW; i++) {
        const struct vma *vma = vma_find(s->mm, va_of(i));
        const struct page_model *p = &s->pages[i];
        EXPECT((vma != NULL && vma->start <= va_of(i)) == p->mapped, "page %u", i);
        if (!p->mapped)
            continue;
        EXPECT(vma->prot == p->prot && !(vma->flags & VMA_SHARED) == !p->shared);
        EXPECT(vma->object == (p->object == ANONYMOUS ? NULL : objects[p->object]));
        EXPECT(p->object == ANONYMOUS || vma_index(vma, va_of(i)) == p->index);
        count += i == 0 || !continues(&s->pages[i - 1], p);
    }
    EXPECT(s->mm->nvmas == count, "%u VMAs instead of %u", s->mm->nvmas, count);
}

static void expect_all(void)
{
    for (unsigned i = 0; i < NSPACES; i++)
        if (spaces[i].mm != NULL)
            expect_vmas(&spaces[i]);
    for (unsigned i = 0; i < NOBJECTS; i++)
        EXPECT(object_check(objects[i]) == 0, "%s", stand_messages());
    expect_references();
    stand_expect_nothing_held();
}

/* --- Loads and stores --- */

/* The fault that a load or store of this page ends in, 0 for none; and what the page holds. */
static enum fault_kind expected_fault(const struct page_model *p, unsigned access, uint32_t *value)
{
    unsigned allowed = p->prot & PROT_WRITE ? p->prot | PROT_READ : p->prot;
    if (!p->mapped || !(allowed & access))
        return FAULT_SEGV;
    *value = p->value;
    if (p->object == ANONYMOUS || p->own)
        return 0;
    if (p->index >= sizes[p->object])
        return FAULT_BUS;
    *value = contents[p->object][p->index];
    return 0;
}

static void load(struct space *s, unsigned i)
{
    uint32_t expected = 0, value = 0;
    enum fault_kind fault = expected_fault(&s->pages[i], PROT_READ, &expected);
    enum fault_kind kind = user_load(s->mm, va_of(i) + 8, &value);
    if (tight && kind == FAULT_OOM)
        return;
    EXPECT(kind == fault, "page %u: fault %d instead of %d", i, kind, fault);
    EXPECT(fault != 0 || value == expected, "page %u holds %x instead of %x", i, value, expected);
}

static void store(struct space *s, unsigned i)
{
    uint32_t before, value = (uint32_t)test_random();
    struct page_model *p = &s->pages[i];
    enum fault_kind fault = expected_fault(p, PROT_WRITE, &before);
    enum fault_kind kind = user_store(s->mm, va_of(i) + 8, value);
    if (tight && kind == FAULT_OOM)
        return;
    EXPECT(kind == fault, "page %u: fault %d instead of %d", i, kind, fault);
    if (fault != 0)
        return;
    if (p->shared) {
        contents[p->object][p->index] = value;
    } else {
        p->own = true;
        p->value = value;
    }
}

/* All harts look at the page, then one stores to it, then all look again. */
static void store_seen_by_all(struct space *s, unsigned i)
{
    for (unsigned n = 0; n < 2 * USER_HARTS; n++) {
        stand_set_hart(n % USER_HARTS);
        load(s, i);
        if (n + 1 == USER_HARTS)
            store(s, i);
    }
}

/* --- Mapping --- */

static void map(struct space *s)
{
    static const unsigned prots[] = {
        PROT_READ,  PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE, PROT_NONE,
        PROT_WRITE, PROT_READ | PROT_EXEC};
    unsigned start = (unsigned)test_below(WINDOW), n = 1 + (unsigned)test_below(12);
    n = start + n > WINDOW ? WINDOW - start : n;
    int object = (int)test_below(NOBJECTS + 1) - 1;
    bool shared = object == SHARED_MEMORY || (object != ANONYMOUS && test_chance(50));
    unsigned first = (unsigned)test_below(BACKING_PAGES - n), occupied = 0;
    for (unsigned i = start; i < start + n; i++)
        occupied += s->pages[i].mapped;
    if (start > 0 && test_chance(50) && s->pages[start - 1].mapped)
        first = (s->pages[start - 1].index + 1) % (BACKING_PAGES - n);
    struct mapping m = {
        .start = va_of(start),
        .size = n * PAGE_SIZE,
        .prot = prots[test_below(6)],
        .flags = (shared ? VMA_SHARED : 0) | VMA_MAY_READ | VMA_MAY_WRITE,
        .object = object == ANONYMOUS ? NULL : objects[object],
        .first = object == ANONYMOUS ? 0 : first,
        .fixed = true,
        .replace = test_chance(70),
    };
    if (m.object != NULL)
        object_get(m.object);
    int64_t result = mm_map(s->mm, &m);
    if (result < 0 && m.object != NULL)
        object_put(m.object);
    if (tight && result == -ENOMEM)
        return;
    if (!m.replace && occupied > 0) {
        EXPECT(result == -EEXIST, "%ld", result);
        return;
    }
    EXPECT(result == (int64_t)m.start, "%ld", result);
    for (unsigned i = 0; i < n; i++)
        s->pages[start + i] = (struct page_model){true,      shared, m.prot, object,
                                                  first + i, false,  0};
}

static void unmap(struct space *s)
{
    unsigned start = (unsigned)test_below(WINDOW), n = 1 + (unsigned)test_below(10);
    n = start + n > WINDOW ? WINDOW - start : n;
    int err = mm_unmap(s->mm, va_of(start), n * PAGE_SIZE - test_below(PAGE_SIZE));
    if (tight && err == -ENOMEM)
        return;
    EXPECT(err == 0, "%d", err);
    memset(&s->pages[start], 0, n * sizeof(s->pages[0]));
}

/* --- Spaces and objects --- */

static void drop_space(struct space *s)
{
    for (unsigned hart = 0; hart < USER_HARTS; hart++) {
        stand_set_hart(hart);
        mm_activate(NULL);
    }
    mm_put(s->mm);
    s->mm = NULL;
}

static void fork_or_drop(void)
{
    struct space *from = &spaces[test_below(NSPACES)], *to = &spaces[test_below(NSPACES)];
    if (from == to || from->mm == NULL)
        return;
    if (to->mm != NULL) {
        drop_space(to);
        return;
    }
    struct mm *mm = mm_fork(from->mm);
    EXPECT(mm != NULL || tight);
    if (mm == NULL)
        return;
    memcpy(to->pages, from->pages, sizeof(to->pages));
    to->mm = mm;
}

static void forget_cut_pages(int object, unsigned size)
{
    for (unsigned i = 0; i < NSPACES; i++)
        for (struct page_model *p = spaces[i].pages; p < spaces[i].pages + WINDOW; p++)
            if (p->object == object && p->index >= size)
                p->own = false;
    for (unsigned i = size; i < BACKING_PAGES; i++)
        contents[object][i] = 0;
}

static void resize(void)
{
    int i = (int)test_below(NOBJECTS - 1);
    unsigned size = (unsigned)test_below(BACKING_PAGES + 1);
    struct backing *b = backing_of(objects[i]);
    if (size > sizes[i]) {
        object_zero_tail(objects[i]);
        object_grow(objects[i], size * PAGE_SIZE);
    } else {
        object_shrink(objects[i], size * PAGE_SIZE);
        forget_cut_pages(i, size);
        memset(b->has_place + size, 0, (BACKING_PAGES - size) * sizeof(b->has_place[0]));
    }
    sizes[i] = size;
}

/* After cleaning, the disk holds what the mappings stored. */
static void clean(void)
{
    int n = (int)test_below(NOBJECTS - 1);
    struct backing *b = backing_of(objects[n]);
    EXPECT(object_clean(objects[n], 0, OBJECT_LAST) == 0);
    EXPECT(objects[n]->nmarked == 0);
    for (unsigned i = 0; i < sizes[n]; i++) {
        uint32_t on_disk;
        memcpy(&on_disk, b->disk[i] + 8, sizeof(on_disk));
        EXPECT((b->has_place[i] ? on_disk : 0) == contents[n][i], "page %u of object %d", i, n);
    }
}

/* The flusher, for a thread that waits for it. */
static void flush(void)
{
    stand_thread->uses_reserve++;
    for (unsigned i = 0; i < NOBJECTS; i++)
        object_clean(objects[i], 0, OBJECT_LAST);
    stand_thread->uses_reserve--;
    reclaim_round_done(false);
}

static void step(void)
{
    unsigned hart = (unsigned)test_below(USER_HARTS);
    stand_set_hart(hart);
    if (test_chance(10))
        running[hart] = (unsigned)test_below(NSPACES);
    struct space *s = &spaces[running[hart]];
    uint64_t what = test_below(100);
    if (s->mm == NULL || what < 5)
        fork_or_drop();
    else if (what < 15)
        map(s);
    else if (what < 22)
        unmap(s);
    else if (what < 24)
        resize();
    else if (what < 26)
        clean();
    else if (what < 28)
        reclaim_evict((unsigned)test_below(20));
    else if (what < 60)
        load(s, (unsigned)test_below(WINDOW));
    else if (what < 95)
        store(s, (unsigned)test_below(WINDOW));
    else
        store_seen_by_all(s, (unsigned)test_below(WINDOW));
}

static void begin(size_t npages)
{
    backing_boot(npages);
    mm_init();
    fault_init();
    stand_idle = flush;
    for (unsigned i = 0; i < NOBJECTS; i++) {
        sizes[i] = i == SHARED_MEMORY ? BACKING_PAGES : 30;
        objects[i] = i == SHARED_MEMORY ? object_new_anonymous(BACKING_PAGES * PAGE_SIZE)
                                        : &backing_new(30 * PAGE_SIZE)->object;
    }
    spaces[0].mm = mm_new();
    for (int i = 0; i < 6; i++)
        map(&spaces[0]);
}

/* Everything goes, and all memory comes back. */
static void end(void)
{
    uint64_t states[PAGE_NSTATES], pins;
    for (unsigned i = 0; i < NSPACES; i++)
        if (spaces[i].mm != NULL)
            drop_space(&spaces[i]);
    for (unsigned i = 0; i < NOBJECTS; i++) {
        EXPECT(objects[i]->refs == 1, "object %u has %u references", i, objects[i]->refs);
        EXPECT(objects[i]->shared_writers == 0 && list_is_empty(&objects[i]->vmas));
        object_put(objects[i]);
    }
    page_count(states, &pins);
    EXPECT(states[PAGE_ANON] == 0 && states[PAGE_TABLE] == 0 && states[PAGE_CACHE] == 0);
    EXPECT(object_count_dirty() == 0 && object_count_writers() == 0);
    EXPECT(page_check_free() == 0, "%s", stand_messages());
}

static void random_steps(void)
{
    begin(2000);
    for (int i = 0; i < 6000; i++) {
        step();
        if (i % 4 == 0)
            expect_all();
    }
    end();
}

static void random_steps_in_little_memory(void)
{
    begin(150 + test_below(60));
    tight = true;
    for (int i = 0; i < 6000; i++) {
        step();
        expect_all();
    }
    end();
}

/* --- Free ranges --- */

/* The definition: the highest start at which nothing is mapped. */
static uint64_t slow_gap(const struct mm *mm, uint64_t size, uint64_t limit)
{
    uint64_t best = 0, low = USER_START;
    for (const struct vma *v = vma_find(mm, 0);; v = vma_next(v)) {
        uint64_t high = v == NULL || v->start > limit ? limit : v->start;
        if (high > low && high - low >= size)
            best = high - size;
        if (v == NULL)
            return best;
        low = v->end;
    }
}

static void gaps(void)
{
    static const uint64_t limits[] = {USER_END, MAP_BASE, 1UL << 36, 1UL << 30, 200 * PAGE_SIZE};
    backing_boot(1000);
    mm_init();
    struct mm *mm = mm_new();
    for (int i = 0; i < 3000; i++) {
        struct mapping m = {.prot = (uint32_t)test_below(4), .fixed = true, .replace = true};
        uint64_t page = test_below(i % 2 == 0 ? 300 : USER_END / PAGE_SIZE) + 1;
        m.start = page * PAGE_SIZE;
        m.size = (1 + test_below(test_chance(20) ? 1 << 20 : 20)) * PAGE_SIZE;
        if (m.start + m.size > USER_END)
            continue;
        if (test_chance(60))
            EXPECT(mm_map(mm, &m) == (int64_t)m.start);
        else
            EXPECT(mm_unmap(mm, m.start, m.size) == 0);
        uint64_t size = (1 + test_below(test_chance(30) ? 1 << 24 : 30)) * PAGE_SIZE;
        uint64_t limit = limits[test_below(5)], gap = vma_find_gap(mm, size, limit);
        EXPECT(gap == slow_gap(mm, size, limit), "%lx bytes below %lx: %lx", size, limit, gap);
        EXPECT(vma_check(mm) == 0, "%s", stand_messages());
    }
    mm_put(mm);
}

static void arguments(void)
{
    backing_boot(300);
    mm_init();
    struct mm *mm = mm_new();
    struct mapping m = {.size = PAGE_SIZE, .fixed = true};
    EXPECT(mm_map(mm, &m) == -EPERM);
    m.start = USER_END;
    EXPECT(mm_map(mm, &m) == -ENOMEM);
    m.start = USER_END - PAGE_SIZE;
    EXPECT(mm_map(mm, &m) == (int64_t)m.start);
    m.size = 2 * PAGE_SIZE;
    EXPECT(mm_map(mm, &m) == -ENOMEM);
    EXPECT(mm_unmap(mm, 1, PAGE_SIZE) == -EINVAL && mm_unmap(mm, PAGE_SIZE, 0) == -EINVAL);
    EXPECT(mm_unmap(mm, PAGE_SIZE, UINT64_MAX) == -EINVAL);
    EXPECT(mm_unmap(mm, 0, USER_END) == 0 && mm->nvmas == 0);
    m.fixed = false;
    m.size = USER_END;
    EXPECT(mm_map(mm, &m) == -ENOMEM && mm->nvmas == 0);
    mm_put(mm);
}

int main(void)
{
    TEST_APART(arguments, 1);
    TEST_APART(gaps, 2);
    TEST_APART(random_steps, 6);
    TEST_APART(random_steps_in_little_memory, 6);
    return test_end();
}
