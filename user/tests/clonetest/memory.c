/* One address space on several harts: the same faults at once, and mappings made at once. */
#include "tests.h"

enum { THREADS = 4, PAGES = 64 };

static uint8_t *area;
static volatile int begun;

/* All start together, so that they meet in the first pages at least. */
static void meet(void)
{
    __atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
    while (get(&begun) < THREADS)
        continue;
}

static int adds_to_each(void *unused)
{
    meet();
    for (size_t page = 0; page < PAGES; page++)
        __atomic_fetch_add((int *)(area + page * PAGE + 8 * page), 1, __ATOMIC_SEQ_CST);
    return 0;
}

/* DEFECTS 3: each page is there once, and no store is lost. */
static void touch_together(uint8_t *at, int before, const char *what)
{
    static struct thread threads[THREADS];
    area = at;
    begun = 0;
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], adds_to_each, NULL);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    for (size_t page = 0; page < PAGES; page++) {
        int count = *(int *)(at + page * PAGE + 8 * page) - before;
        CHECK(count == THREADS, "%s, page %zu: %d stores of %d", what, page, count, THREADS);
    }
}

void fault_together(void)
{
    NEEDS_THREADS();
    for (int round = 0; round < 20; round++) {
        uint8_t *private = map(PAGES * PAGE, RW, ANON, -1, 0);
        uint8_t *shared = map(PAGES * PAGE, RW, ANON_SHARED, -1, 0);
        touch_together(private, 0, "private memory");
        touch_together(shared, 0, "shared memory");
        CHECK(munmap(private, PAGES * PAGE) == 0, "unmap the private one");
        CHECK(munmap(shared, PAGES * PAGE) == 0, "and the shared one");
        private = map(PAGES * PAGE, RW, ANON, -1, 0);
        for (size_t page = 0; page < PAGES; page++)
            CHECK(load(private + page * PAGE) == 0, "read first");
        touch_together(private, 0, "pages that were read before");
        munmap(private, PAGES * PAGE);
    }
    check_audit();
}

static void finds_old_values(void *argument)
{
    uint8_t *at = argument;
    pid_t parent = getppid();
    while (get(&((int *)at)[-1024]) == 0)
        yield_to(parent);
    for (size_t page = 0; page < PAGES; page++)
        CHECK(*(int *)(at + page * PAGE + 8 * page) == 7, "page %zu is as it was", page);
}

void fault_together_cow(void)
{
    NEEDS_THREADS();
    for (int round = 0; round < 3; round++) {
        uint8_t *at = map((PAGES + 1) * PAGE, RW, ANON, -1, 0) + PAGE;
        map_over(at - PAGE, PAGE, ANON_SHARED, -1);
        for (size_t page = 0; page < PAGES; page++)
            *(int *)(at + page * PAGE + 8 * page) = 7;
        pid_t pid = start(finds_old_values, at);
        touch_together(at, 7, "copy on write");
        put((int *)(at - PAGE), 1);
        CHECK(finish(pid), "the child's copy");
        CHECK(munmap(at - PAGE, (PAGES + 1) * PAGE) == 0, "unmap");
    }
    check_audit();
}

void fault_together_file(void)
{
    NEEDS_THREADS();
    int fd = make_file("file", PAGES * PAGE, 0);
    static uint8_t zeros[PAGE];
    for (size_t page = 0; page < PAGES; page++)
        MUST(pwrite(fd, zeros, PAGE, (off_t)(page * PAGE)) == (ssize_t)PAGE, "zeros");
    for (int round = 0; round < 10; round++) {
        uint8_t *private = map(PAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
        uint8_t *shared = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
        if (round % 2 == 0)
            drop_caches();
        touch_together(private, round * THREADS, "a file, private");
        touch_together(shared, round * THREADS, "a file, shared");
        CHECK(munmap(private, PAGES * PAGE) == 0 && munmap(shared, PAGES * PAGE) == 0, "unmap");
    }
    check_audit();
}

/* --- Mappings --- */

static volatile int wrong;

/* Maps, stores, looks, and unmaps; what it maps is nobody else's. */
static int maps_and_unmaps(void *argument)
{
    uint32_t seed = (uint32_t)(uintptr_t)argument;
    meet();
    for (int round = 0; round < 300; round++) {
        seed = seed * 1103515245 + 12345;
        size_t pages = 1 + (seed >> 8) % 16;
        uint32_t *at = (uint32_t *)RAW(SYS_mmap, 0, (long)(pages * PAGE), RW, ANON, -1);
        if ((long)at < 0 && (long)at > -4096)
            return put(&wrong, 1), 0;
        for (size_t page = 0; page < pages; page++)
            at[page * 1024] = seed + (uint32_t)page;
        RAW(SYS_mprotect, (long)at, PAGE, PROT_READ);
        raw_yield();
        for (size_t page = 0; page < pages; page++)
            if (at[page * 1024] != seed + (uint32_t)page || at[page * 1024 + 1] != 0)
                put(&wrong, 2);
        if (RAW(SYS_munmap, (long)at, (long)(pages * PAGE)) != 0)
            put(&wrong, 3);
    }
    return 0;
}

void map_at_once(void)
{
    static struct thread threads[THREADS];
    NEEDS_THREADS();
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], maps_and_unmaps, (void *)(uintptr_t)(i * 77 + 1));
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    CHECK(wrong == 0, "each has its own memory: %d", wrong);
    check_audit();
}

/* --- fork --- */

static int forks_often(void *unused)
{
    meet();
    for (int i = 0; i < 20; i++) {
        long pid = RAW(SYS_clone, SIGCHLD, 0);
        if (pid == 0)
            RAW(SYS_exit_group, 0);
        int status = -1;
        if (pid < 0 || RAW(SYS_wait4, pid, (long)&status, 0, 0) != pid || status != 0)
            put(&wrong, 4);
    }
    return 0;
}

static int stores_all_the_time(void *word)
{
    uint64_t *count = (uint64_t *)(area + PAGE * *(int *)word);
    meet();
    for (int i = 0; i < 20000; i++)
        for (int page = 0; page < 4; page++)
            count[page * 1024]++;
    return 0;
}

/* Two fork while two store: no store is lost by a page being copied. */
void fork_at_once(void)
{
    static struct thread threads[THREADS];
    static int pages[] = {0, 1};
    NEEDS_THREADS();
    area = map(PAGES * PAGE, RW, ANON, -1, 0);
    for (int i = 0; i < THREADS; i++)
        thread_start(&threads[i], i < 2 ? stores_all_the_time : forks_often, &pages[i % 2]);
    for (int i = 0; i < THREADS; i++)
        thread_join(&threads[i]);
    CHECK(wrong == 0, "children end");
    for (size_t page = 0; page < 2; page++)
        for (size_t i = 0; i < 4; i++) {
            uint64_t count = ((uint64_t *)(area + page * PAGE))[i * 1024];
            CHECK(count == 20000, "page %zu, place %zu: %lu stores", page, i, (unsigned long)count);
        }
    check_audit();
}
