/* mm/slab: objects of several sizes, on several harts, against a list of what was handed out. */
#include "mm/slab.h"

#include <string.h>

#include "mm/page.h"
#include "mm/reclaim.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

#define NCACHES     5
#define MAX_OBJECTS 4000

static struct slab_cache caches[NCACHES];
static const size_t sizes[NCACHES] = {1, 24, 200, 1000, PAGE_SIZE / 2};

static struct object_in_use {
    uint8_t *at;
    size_t size;
    unsigned cache; /* NCACHES: of kmalloc */
    uint8_t tag;
} objects[MAX_OBJECTS];
static unsigned nobjects;
static uint64_t in_use[NCACHES];

/* --- No reclaim --- */

uint64_t reclaim_low_mark(void)
{
    return 0;
}

void reclaim_request(void)
{
}

bool reclaim_make_room(unsigned npages)
{
    return false;
}

/* --- The model --- */

static void take(void *at, size_t size, unsigned cache)
{
    struct object_in_use *o = &objects[nobjects++];
    *o = (struct object_in_use){at, size, cache, (uint8_t)test_random()};
    EXPECT((uintptr_t)at % 16 == 0);
    for (size_t i = 0; i < size; i++)
        EXPECT(o->at[i] == 0, "byte %zu of a fresh object", i);
    memset(at, o->tag, size);
    if (cache < NCACHES)
        in_use[cache]++;
}

static void give_back(struct object_in_use *o)
{
    for (size_t i = 0; i < o->size; i++)
        EXPECT(o->at[i] == o->tag, "byte %zu has another owner too", i);
    if (o->cache < NCACHES) {
        slab_free(&caches[o->cache], o->at);
        in_use[o->cache]--;
    } else {
        kfree(o->at);
    }
    *o = objects[--nobjects];
}

static uint64_t slab_pages(void)
{
    uint64_t states[PAGE_NSTATES], pins;
    page_count(states, &pins);
    return states[PAGE_SLAB];
}

static void expect_counts(void)
{
    EXPECT(page_check_free() == 0, "%s", stand_messages());
    for (unsigned i = 0; i < NCACHES; i++)
        EXPECT(slab_in_use(&caches[i]) == in_use[i], "%s", caches[i].name);
    uint64_t bytes = 0;
    for (unsigned i = 0; i < nobjects; i++)
        bytes += objects[i].size;
    EXPECT(slab_pages() * PAGE_SIZE >= bytes);
}

static void boot(size_t npages)
{
    static const char *const names[NCACHES] = {"a", "b", "c", "d", "e"};
    stand_memory(npages);
    for (unsigned i = 0; i < NCACHES; i++)
        slab_init(&caches[i], names[i], sizes[i]);
    kmalloc_init();
}

static void allocate(void)
{
    unsigned cache = (unsigned)test_below(NCACHES + 1);
    size_t size = cache < NCACHES ? sizes[cache] : test_below(test_chance(5) ? 20000 : 3000);
    void *at = cache == NCACHES  ? kmalloc(size)
               : test_chance(50) ? slab_alloc(&caches[cache])
                                 : slab_try_alloc(&caches[cache]);
    if (at != NULL)
        take(at, size, cache);
}

static void random_steps(void)
{
    boot(600);
    for (unsigned wave = 0; wave < 6; wave++) {
        unsigned percent = 30 + 10 * (unsigned)test_below(5);
        for (unsigned i = 0; i < 4000; i++) {
            stand_set_hart((unsigned)test_below(3));
            if (test_chance(percent) && nobjects < MAX_OBJECTS)
                allocate();
            else if (nobjects > 0)
                give_back(&objects[test_below(nobjects)]);
            if (i % 64 == 0)
                expect_counts();
        }
    }
    while (nobjects > 0)
        give_back(&objects[nobjects - 1]);
    expect_counts();
    stand_expect_nothing_held();
}

/* Memory runs out, and what was full of objects becomes free pages again. */
static void exhaustion(void)
{
    boot(300);
    for (unsigned cache = 0; cache < NCACHES; cache++) {
        void *at;
        uint64_t before = slab_pages();
        while (nobjects < MAX_OBJECTS && (at = slab_try_alloc(&caches[cache])) != NULL)
            take(at, sizes[cache], cache);
        EXPECT(slab_pages() > before + 3);
        while (nobjects > 0)
            give_back(&objects[test_below(nobjects)]);
        /* What one hart keeps at hand, and a page or two. */
        EXPECT(slab_pages() <= before + 2 + 32 * sizes[cache] / PAGE_SIZE + 24, "%s: %lu pages",
               caches[cache].name, slab_pages());
        expect_counts();
    }
}

static void kmalloc_sizes(void)
{
    boot(600);
    for (size_t size = 0; size < 3 * PAGE_SIZE; size += 1 + size / 20) {
        void *at = kmalloc(size);
        EXPECT(at != NULL, "%zu bytes", size);
        take(at, size, NCACHES);
    }
    while (nobjects > 0)
        give_back(&objects[test_below(nobjects)]);
    kfree(NULL);
    expect_counts();
}

static void list_of_caches(void)
{
    unsigned count = 0;
    boot(100);
    for (const struct slab_cache *c = slab_next(NULL); c != NULL; c = slab_next(c))
        if (count++ < NCACHES)
            EXPECT(c == &caches[count - 1] && c->size % 16 == 0);
    EXPECT(count == NCACHES + 8);
}

static void write_after_free(void *arg)
{
    uint8_t *at = slab_alloc(&caches[2]);
    slab_free(&caches[2], at);
    at[100] = 1;
    slab_alloc(&caches[2]);
}

static void free_elsewhere(void *arg)
{
    for (int i = 0; i < 100; i++)
        slab_free(&caches[1], slab_alloc(&caches[2]));
}

static void free_no_object(void *arg)
{
    kfree(page_data(kalloc(PAGE_ANON)));
}

static void misuse_panics(void)
{
    boot(100);
    EXPECT(test_panics(write_after_free, NULL));
    EXPECT(test_panics(free_elsewhere, NULL));
    EXPECT(test_panics(free_no_object, NULL));
}

int main(void)
{
    TEST_APART(exhaustion, 2);
    TEST_APART(kmalloc_sizes, 1);
    TEST_APART(list_of_caches, 1);
    TEST_APART(misuse_panics, 1);
    TEST_APART(random_steps, 4);
    return test_end();
}
