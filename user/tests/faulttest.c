/*
 * faulttest: the counts of page faults that quire(2) tells. Each kind is brought about a known
 * number of times, and exactly that is what the counters must have gained, with nothing beside it.
 *
 * Two kinds are missing: FAULT_SPURIOUS takes two threads or a processor with stale translations,
 * and must stay 0 in all of this.
 */
#include "counters.h"
#include "processes.h"
#include "scratch.h"

#include <sys/resource.h>

enum { COUNT = 50 };

static uint8_t *anonymous(void)
{
    return map(COUNT * PAGE, RW, ANON, -1, 0);
}

/* --- Private anonymous memory --- */

static void zero_fill(void)
{
    uint8_t *at = anonymous();
    check_faults(at, COUNT, true, FAULT_ZERO_FILL, COUNT);
    check_faults(at, COUNT, true, FAULT_ZERO_FILL, 0);
    check_faults(at, COUNT, false, FAULT_ZERO_FILL, 0);
    MUST(munmap(at, COUNT * PAGE) == 0, "unmap");
    map_over(at, COUNT * PAGE, ANON, -1);
    check_faults(at, COUNT, true, FAULT_ZERO_FILL, COUNT);
}

static void zero_read(void)
{
    uint8_t *at = anonymous();
    check_faults(at, COUNT, false, FAULT_ZERO_READ, COUNT);
    check_faults(at, COUNT, false, FAULT_ZERO_READ, 0);
    check_faults(at, COUNT, true, FAULT_ZERO_FILL, COUNT);
    check_faults(at, COUNT, true, FAULT_ZERO_FILL, 0);
}

struct pair {
    uint8_t *at;
    int *words;
};

static void child_copies(void *argument)
{
    struct pair *pair = argument;
    check_faults(pair->at, COUNT, false, FAULT_COW_COPY, 0);
    check_faults(pair->at, COUNT, true, FAULT_COW_COPY, COUNT);
    post(&pair->words[0]);
    await(&pair->words[1], 1);
}

static void copy_and_reuse(void)
{
    struct pair pair = {anonymous(), shared_words()};
    memset(pair.at, 1, COUNT * PAGE);
    pid_t pid = start(child_copies, &pair);
    await(&pair.words[0], 1);
    check_faults(pair.at, COUNT, true, FAULT_COW_REUSE, COUNT);
    check_faults(pair.at, COUNT, true, FAULT_COW_REUSE, 0);
    post(&pair.words[1]);
    CHECK(finish(pid), "the child");
}

/* One store far down extends the stack; what lies between is then memory like any other. */
static void stack_grow(void)
{
    uint8_t *top = __builtin_frame_address(0);
    __asm__("" : "+r"(top)); /* so that the compiler does not know what lies there */
    uint8_t *low = top - ((size_t)2 << 20);
    check_faults(low, 1, true, FAULT_STACK_GROW, 1);
    check_faults(low, 1, true, FAULT_STACK_GROW, 0);
    check_faults(low + PAGE, COUNT, true, FAULT_ZERO_FILL, COUNT);
    check_faults(low - 100 * PAGE, 1, false, FAULT_STACK_GROW, 1);
}

/* --- Files --- */

static int make_synced(const char *name, size_t size)
{
    int fd = make_file(name, size, 1);
    MUST(fsync(fd) == 0, "fsync");
    return fd;
}

/* The same, and kept in memory by a mapping, whoever drops caches meanwhile. */
static int make_held(const char *name, size_t size)
{
    int fd = make_synced(name, size);
    count_faults(map(size, PROT_READ, MAP_SHARED, fd, 0), size / PAGE, false);
    return fd;
}

static void cache_hit(void)
{
    int fd = make_held("hit", COUNT * PAGE);
    uint8_t *read = map(COUNT * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *stored = map(COUNT * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    check_faults(read, COUNT, false, FAULT_CACHE_HIT, COUNT);
    check_faults(stored, COUNT, true, FAULT_CACHE_HIT, COUNT);
    check_faults(private, COUNT, false, FAULT_CACHE_HIT, COUNT);
    /* The dirty bit records stores: a page that has its block is writable from the start. */
    check_faults(read, COUNT, true, FAULT_WRITE_ENABLE, 0);
    MUST(fsync(fd) == 0, "fsync");
    check_faults(read, COUNT, true, FAULT_WRITE_ENABLE, 0);
}

enum { AROUND = 16 }; /* pages of the address space that a read brings in together */

/* A mapping at the beginning of such a group. */
static uint8_t *map_aligned(size_t size, int flags, int fd)
{
    uint8_t *room = map(size + AROUND * PAGE, PROT_NONE, ANON, -1, 0);
    uint8_t *at = room + (-(uintptr_t)room & (AROUND * PAGE - 1));
    MUST(munmap(room, size + AROUND * PAGE) == 0, "give the room back");
    MUST(mmap(at, size, RW, flags | MAP_FIXED, fd, 0) == at, "map %zu bytes", size);
    return at;
}

static void expect_hits(uint8_t *at, size_t pages, bool stores, uint64_t hits)
{
    struct quire_faults faults = count_faults(at, pages, stores);
    check_only(&faults, FAULT_CACHE_HIT, hits);
}

static void cached_neighbours(void)
{
    enum { GROUPS = 4, PAGES = GROUPS * AROUND };
    int fd = make_held("around", PAGES * PAGE);
    static const int types[] = {MAP_SHARED, MAP_PRIVATE};
    for (int i = 0; i < 2; i++) {
        uint8_t *at = map_aligned(PAGES * PAGE, types[i], fd);
        expect_hits(at + 5 * PAGE, 1, false, 1);
        expect_hits(at, PAGES, false, GROUPS - 1);
        CHECK(holds(at, PAGES * PAGE, 0, 1), "each where it belongs");
        at = map_aligned(PAGES * PAGE, types[i], fd);
        CHECK(madvise(at, PAGES * PAGE, MADV_RANDOM) == 0, "not in order");
        expect_hits(at, PAGES / 2, false, PAGES / 2);
        CHECK(madvise(at, PAGES * PAGE, MADV_SEQUENTIAL) == 0, "in order");
        expect_hits(at + PAGES / 2 * PAGE, PAGES / 2, false, GROUPS / 2);
    }
    expect_hits(map_aligned(PAGES * PAGE, MAP_SHARED, fd), PAGES, true, PAGES);
}

/* None but those of the mapping and of the file, and none in place of what is there. */
static void cached_neighbours_end(void)
{
    int fd = make_held("short", 10 * PAGE - 1);
    uint8_t *at = map_aligned(AROUND * PAGE, MAP_PRIVATE, fd);
    fill(at + 3 * PAGE, PAGE, 0, 7);
    MUST(munmap(at + 6 * PAGE, PAGE) == 0, "unmap one");
    expect_hits(at, 1, false, 1);
    expect_hits(at + PAGE, 5, false, 0);
    CHECK(holds(at, 3 * PAGE, 0, 1) && holds(at + 3 * PAGE, PAGE, 0, 7), "and a copy of its own");
    expect_hits(at + 7 * PAGE, 3, false, 1);
    CHECK(load_signal(at + 6 * PAGE) == SIGSEGV && load_signal(at + 10 * PAGE) == SIGBUS,
          "no more");
    CHECK(ftruncate(fd, 8 * PAGE) == 0 && load_signal(at + 8 * PAGE) == SIGBUS, "cut off again");
    check_audit();
}

static void cache_hit_without_file(void)
{
    uint8_t *at = map(2 * COUNT * PAGE, RW, ANON_SHARED, -1, 0);
    check_faults(at, COUNT, true, FAULT_CACHE_HIT, COUNT);
    check_faults(at + COUNT * PAGE, COUNT, false, FAULT_CACHE_HIT, COUNT);
    check_faults(at + COUNT * PAGE, COUNT, true, FAULT_CACHE_HIT, 0);
}

/* A hole reads as zeros without a block, and gets one when it is stored to. */
static void write_enable(void)
{
    int fd = make_file("hole", 0, 0);
    MUST(ftruncate(fd, 2 * COUNT * (off_t)PAGE) == 0, "make a hole");
    uint8_t *at = map(2 * COUNT * PAGE, RW, MAP_SHARED, fd, 0);
    check_faults(at, COUNT, false, FAULT_CACHE_HIT, COUNT);
    check_faults(at, COUNT, true, FAULT_WRITE_ENABLE, COUNT);
    check_faults(at, COUNT, true, FAULT_WRITE_ENABLE, 0);
    check_faults(at + COUNT * PAGE, COUNT, true, FAULT_CACHE_HIT, COUNT);
}

static void private_copy(void)
{
    int fd = make_held("copy", COUNT * PAGE);
    uint8_t *untouched = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    check_faults(untouched, COUNT, true, FAULT_COW_COPY, COUNT);
    uint8_t *read = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    check_faults(read, COUNT, false, FAULT_CACHE_HIT, COUNT);
    check_faults(read, COUNT, true, FAULT_COW_COPY, COUNT);
}

/* How much a read brings along is the kernel's choice; so here each page is a file of its own. */
static void disk_read(void)
{
    enum { FILES = 6 };
    uint8_t *at[FILES];
    for (int i = 0; i < FILES; i++) {
        char name[] = "disk0";
        name[4] = (char)('0' + i);
        close(make_synced(name, PAGE));
    }
    drop_caches();
    for (int i = 0; i < FILES; i++) {
        char name[] = "disk0";
        name[4] = (char)('0' + i);
        at[i] = map(PAGE, RW, i % 2 ? MAP_PRIVATE : MAP_SHARED, open(name, O_RDWR), 0);
        check_faults(at[i], 1, i % 3 == 0, FAULT_DISK_READ, 1);
        check_faults(at[i], 1, i % 3 == 0, FAULT_DISK_READ, 0);
        CHECK(holds(at[i] + 1, PAGE - 1, 1, 1), "what was read");
    }
}

/* In order, most pages of a file should be there before they are asked for. */
static void disk_read_ahead(void)
{
    int fd = make_synced("ahead", COUNT * PAGE);
    drop_caches();
    uint8_t *at = map(COUNT * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    struct quire_faults faults = count_faults(at, COUNT, false);
    uint64_t reads = faults.count[FAULT_DISK_READ], hits = faults.count[FAULT_CACHE_HIT];
    CHECK(reads >= 1 && reads + hits <= COUNT, "got %s", faults_text(&faults));
    CHECK(reads <= COUNT / 2, "%lu reads for %d pages in order", (unsigned long)reads, COUNT);
    CHECK(holds(at, COUNT * PAGE, 0, 1), "what was read");
    check_faults(at, COUNT, false, FAULT_DISK_READ, 0);
}

/* --- Faults that the kernel takes while it copies --- */

static struct quire_faults count_read(int fd, uint8_t *to, size_t n)
{
    struct quire_faults before = faults_now();
    CHECK(pread(fd, to, n, 0) == (ssize_t)n, "read");
    struct quire_faults after = faults_now();
    return faults_between(&before, &after);
}

static struct quire_faults count_write(int fd, const uint8_t *from, size_t n)
{
    struct quire_faults before = faults_now();
    CHECK(pwrite(fd, from, n, 0) == (ssize_t)n, "write");
    struct quire_faults after = faults_now();
    return faults_between(&before, &after);
}

static void faults_of_copies(void)
{
    static uint8_t spare[PAGE];
    int fd = make_synced("kernel", COUNT * PAGE);
    count_read(fd, spare, 1);
    count_write(fd, spare, 1);
    struct quire_faults faults = count_read(fd, anonymous(), COUNT * PAGE);
    check_only(&faults, FAULT_ZERO_FILL, COUNT);
    faults = count_write(fd, anonymous(), COUNT * PAGE);
    check_only(&faults, FAULT_ZERO_READ, COUNT);
}

/* --- Other processes' counts --- */

static struct quire_faults ask(int operation)
{
    struct quire_faults faults = {{0}};
    CHECK(quire(operation, &faults, sizeof(faults)) == 0, "ask for counts");
    return faults;
}

static void check_death(void (*run)(void *), uint8_t *at, enum fault_kind kind, int signal)
{
    struct quire_faults before = ask(QUIRE_FAULTS_CHILDREN);
    for (int i = 0; i < 5; i++)
        CHECK(signal_of(run, at) == signal, "child %d", i);
    struct quire_faults after = ask(QUIRE_FAULTS_CHILDREN);
    struct quire_faults gained = faults_between(&before, &after);
    CHECK(gained.count[kind] == 5, "5 of kind %d expected, got %s", (int)kind,
          faults_text(&gained));
}

static void deaths(void)
{
    int fd = make_synced("deaths", PAGE);
    uint8_t *file = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *read_only = map(PAGE, PROT_READ, ANON, -1, 0), *none = empty_range(PAGE);
    struct quire_faults before = ask(QUIRE_FAULTS_CHILDREN);
    check_death(child_loads, none, FAULT_SEGV, SIGSEGV);
    check_death(child_stores_blindly, read_only, FAULT_SEGV, SIGSEGV);
    check_death(child_loads, file + PAGE, FAULT_BUS, SIGBUS);
    check_death(child_stores_blindly, file + PAGE, FAULT_BUS, SIGBUS);
    struct quire_faults after = ask(QUIRE_FAULTS_CHILDREN);
    struct quire_faults gained = faults_between(&before, &after);
    CHECK(gained.count[FAULT_SEGV] == 10 && gained.count[FAULT_BUS] == 10, "in sum %s",
          faults_text(&gained));
}

static void grandchild_fills(void *argument)
{
    memset(argument, 1, COUNT * PAGE);
}

static void child_fills(void *argument)
{
    struct pair *pair = argument;
    struct quire_faults own = faults_now();
    CHECK(own.count[FAULT_ZERO_FILL] < COUNT, "a child starts without its parent's counts");
    memset(pair->at, 1, COUNT * PAGE);
    CHECK(finish(start(grandchild_fills, pair->at + COUNT * PAGE)), "the grandchild");
    post(&pair->words[0]);
}

/* A child's counts are added to its parent's when it is waited for, and with them its children's.
 */
static void counts_of_children(void)
{
    enum { OTHER = 40 /* faults that a process takes besides */ };
    struct pair pair = {map(2 * COUNT * PAGE, RW, ANON, -1, 0), shared_words()};
    struct quire_faults before = ask(QUIRE_FAULTS_CHILDREN);
    pid_t pid = start(child_fills, &pair);
    await(&pair.words[0], 1);
    struct quire_faults during = ask(QUIRE_FAULTS_CHILDREN);
    CHECK(faults_total(&during) == faults_total(&before), "nothing before the wait");
    CHECK(finish(pid), "the child");
    struct quire_faults after = ask(QUIRE_FAULTS_CHILDREN);
    struct quire_faults gained = faults_between(&before, &after);
    CHECK(gained.count[FAULT_ZERO_FILL] >= 2 * COUNT, "two generations' pages: %s",
          faults_text(&gained));
    CHECK(faults_total(&gained) <= 2 * COUNT + 2 * OTHER, "not many more: %s",
          faults_text(&gained));
}

static void counts_of_system(void)
{
    struct quire_faults before = ask(QUIRE_FAULTS_SYSTEM), own_before = faults_now();
    memset(anonymous(), 1, COUNT * PAGE);
    CHECK(load_signal(empty_range(PAGE)) == SIGSEGV, "a death");
    struct quire_faults own_after = faults_now(), after = ask(QUIRE_FAULTS_SYSTEM);
    struct quire_faults gained = faults_between(&before, &after);
    struct quire_faults own = faults_between(&own_before, &own_after);
    for (int kind = 0; kind < FAULT_NKINDS; kind++)
        CHECK(gained.count[kind] >= own.count[kind], "kind %d: %lu of the system's, %lu here", kind,
              (unsigned long)gained.count[kind], (unsigned long)own.count[kind]);
    CHECK(gained.count[FAULT_ZERO_FILL] >= COUNT && gained.count[FAULT_SEGV] >= 1, "got %s",
          faults_text(&gained));
}

/* getrusage(2) tells the same in two numbers, on every system. */
static void counts_of_rusage(void)
{
    struct rusage before, after;
    CHECK(getrusage(RUSAGE_SELF, &before) == 0, "getrusage");
    for (int i = 0; i < COUNT; i++)
        store(map(PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1);
    CHECK(getrusage(RUSAGE_SELF, &after) == 0, "getrusage");
    long minor = (long)(after.ru_minflt - before.ru_minflt);
    CHECK(minor >= COUNT && minor < COUNT + 20, "%ld faults without the disk", minor);
    CHECK(after.ru_majflt == before.ru_majflt, "none with it");
    MUST(getrusage(RUSAGE_CHILDREN, &before) == 0, "getrusage");
    CHECK(finish(start(grandchild_fills, anonymous())), "a child");
    MUST(getrusage(RUSAGE_CHILDREN, &after) == 0, "getrusage");
    CHECK(after.ru_minflt > before.ru_minflt, "the child's");
}

/* --- Out of memory --- */

static void child_takes_all(void *argument)
{
    uint8_t *at = argument;
    for (;; at += PAGE)
        store(at, 1);
}

/* A process that no page can be found for is killed; all that it had is there again. */
static void out_of_memory(void)
{
    struct census before = take_census();
    uint64_t ram = 0;
    for (int state = 0; state < PAGE_NSTATES; state++)
        ram += before.memory.pages[state];
    if (!before.alone || ram > ((size_t)512 << 20) / PAGE)
        SKIP("not alone, or too much memory");
    CHECK(load_signal(anonymous()) == 0, "a child before, for its parent's own pages");
    before = take_census();
    struct quire_faults counts = ask(QUIRE_FAULTS_CHILDREN);
    uint8_t *at = map((ram + 1) * PAGE, RW, ANON | MAP_NORESERVE, -1, 0);
    int signal = signal_of(child_takes_all, at);
    CHECK(signal > 0 && signal != SIGSEGV && signal != SIGBUS, "killed by signal %d", signal);
    struct quire_faults after = ask(QUIRE_FAULTS_CHILDREN);
    CHECK(after.count[FAULT_OOM] == counts.count[FAULT_OOM] + 1, "counted");
    munmap(at, (ram + 1) * PAGE);
    check_census(&before);
    check_audit();
}

static const struct test quire_tests[] = {
    {"zero_fill", zero_fill, 20},
    {"zero_read", zero_read, 20},
    {"copy_and_reuse", copy_and_reuse, 60},
    {"stack_grow", stack_grow, 20},
    {"cache_hit", cache_hit, 20},
    {"cached_neighbours", cached_neighbours, 20},
    {"cached_neighbours_end", cached_neighbours_end, 20},
    {"cache_hit_without_file", cache_hit_without_file, 20},
    {"write_enable", write_enable, 20},
    {"private_copy", private_copy, 20},
    {"disk_read", disk_read, 20},
    {"disk_read_ahead", disk_read_ahead, 20},
    {"faults_of_copies", faults_of_copies, 20},
    {"deaths", deaths, 20},
    {"counts_of_children", counts_of_children, 60},
    {"counts_of_system", counts_of_system, 20},
    {"out_of_memory", out_of_memory, 300},
    {"counts_of_rusage", counts_of_rusage, 20},
};

/* Elsewhere only the last test can be run. */
int main(int argc, char **argv)
{
    size_t count = sizeof(quire_tests) / sizeof(quire_tests[0]);
    if (test_on_quire())
        return scratch_main(argc, argv, quire_tests, count);
    printf("not on Quire: only counts_of_rusage\n");
    return scratch_main(argc, argv, &quire_tests[count - 1], 1);
}
