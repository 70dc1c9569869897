/*
 * faultbench: what page faults, forks and the calls around them cost, in instructions.
 *
 *     faultbench [--gate] [row...]
 *
 * Counts instructions with the processor's instret counter, kernel and user code together, so it
 * wants a machine with one hart, and QEMU's -icount (without that the counter shows host time). On
 * other processors than RISC-V it counts nanoseconds. A row's number is the median of several
 * rounds after a warm-up, for one operation, or one page.
 *
 * Prints `bench,ROW,NUMBER` for each row, then a table with the marks set for Quire and the numbers
 * of Linux 6.12 (same machine, same program). A row that cannot run prints `bench,ROW,failed` and
 * makes the exit status 1; one above its mark is flagged, and makes the exit status 1 with --gate.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 128, LARGE_PAGES = 4096, WARM_UP = 3, ROUNDS = 9 };

#define RW (PROT_READ | PROT_WRITE)

#ifdef __riscv
#include <sys/quire.h>

#define UNIT       "instructions"
#define COMPARABLE true
#else
#define UNIT       "nanoseconds"
#define COMPARABLE false /* with the marks */
#endif

/* A round returns what it took for all its operations; 0: it failed. */
struct row {
    const char *name;
    uint64_t (*round)(void);
    unsigned operations;
    unsigned mark, linux_number;
    uint64_t result; /* for one operation; 0: failed, or not asked for */
    bool selected;
};

static int file = -1; /* PAGES pages, in the page cache, without a name */

static inline uint64_t now(void)
{
#ifdef __riscv
    uint64_t instructions;
    __asm__ volatile("csrr %0, instret" : "=r"(instructions) : : "memory");
    return instructions;
#else
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
#endif
}

/* --- Touching pages --- */

static uint64_t time_loads(volatile char *at, size_t pages)
{
    uint64_t start = now();
    for (size_t page = 0; page < pages; page++)
        (void)at[page * PAGE];
    return now() - start;
}

static uint64_t time_stores(volatile char *at, size_t pages)
{
    uint64_t start = now();
    for (size_t page = 0; page < pages; page++)
        at[page * PAGE] = 1;
    return now() - start;
}

/* Touches every page of a fresh mapping once. */
static uint64_t time_mapping(int flags, int fd, bool stores, int advice)
{
    char *at = mmap(NULL, PAGES * PAGE, RW, flags, fd, 0);
    if (at == MAP_FAILED || madvise(at, PAGES * PAGE, advice) != 0)
        return 0;
    uint64_t taken = stores ? time_stores(at, PAGES) : time_loads(at, PAGES);
    return munmap(at, PAGES * PAGE) == 0 ? taken : 0;
}

static uint64_t zero_fill(void)
{
    return time_mapping(MAP_PRIVATE | MAP_ANONYMOUS, -1, true, MADV_NORMAL);
}

static uint64_t zero_read(void)
{
    return time_mapping(MAP_PRIVATE | MAP_ANONYMOUS, -1, false, MADV_NORMAL);
}

static uint64_t file_read(void)
{
    return time_mapping(MAP_SHARED, file, false, MADV_RANDOM);
}

static uint64_t file_read_around(void)
{
    return time_mapping(MAP_SHARED, file, false, MADV_NORMAL);
}

static uint64_t shared_write(void)
{
    return time_mapping(MAP_SHARED, file, true, MADV_NORMAL);
}

static uint64_t private_copy(void)
{
    return time_mapping(MAP_PRIVATE, file, true, MADV_NORMAL);
}

/* Private memory with something in it. */
static char *make_memory(size_t pages)
{
    char *at = mmap(NULL, pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    time_stores(at, pages);
    return at;
}

/* A child that lives until the pipe's other end, which is returned, is closed; -1: none. */
static int start_sharer(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    if (pid > 0)
        return ends[1];
    close(ends[1]);
    return -1;
}

static bool wait_for_one(void)
{
    int status = -1;
    return wait(&status) > 0 && status == 0;
}

/* Stores to pages of which a child has just become a sharer; it may end before that. */
static uint64_t time_after_fork(bool child_ends_first)
{
    char *at = make_memory(PAGES);
    int gate = at == NULL ? -1 : start_sharer();
    if (gate < 0)
        return 0;
    if (child_ends_first)
        close(gate);
    bool ended = !child_ends_first || wait_for_one();
    uint64_t taken = time_stores(at, PAGES);
    if (!child_ends_first) {
        close(gate);
        ended = wait_for_one();
    }
    munmap(at, PAGES * PAGE);
    return ended ? taken : 0;
}

static uint64_t cow_copy(void)
{
    return time_after_fork(false);
}

static uint64_t cow_reuse(void)
{
    return time_after_fork(true);
}

/* --- Processes --- */

enum { FORKS = 8, LARGE_FORKS = 2, EXECS = 4 };

static void exec_true(void)
{
    char *argv[] = {(char *)"true", NULL}, *envp[] = {NULL};
    execve("/bin/true", argv, envp);
    _exit(127);
}

static uint64_t time_forks(unsigned count, bool execs)
{
    bool good = true;
    uint64_t start = now();
    for (unsigned i = 0; i < count && good; i++) {
        pid_t pid = fork();
        if (pid == 0 && execs)
            exec_true();
        if (pid == 0)
            _exit(0);
        good = pid > 0 && wait_for_one();
    }
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

static uint64_t fork_small(void)
{
    return time_forks(FORKS, false);
}

static uint64_t fork_large(void)
{
    char *at = make_memory(LARGE_PAGES);
    if (at == NULL)
        return 0;
    uint64_t taken = time_forks(LARGE_FORKS, false);
    munmap(at, (size_t)LARGE_PAGES * PAGE);
    return taken;
}

static uint64_t fork_exec(void)
{
    return time_forks(EXECS, true);
}

/* --- Calls --- */

enum { CALLS = 1000, MAPS = 200, TRIPS = 200, YIELDS = 500 };

static uint64_t null_syscall(void)
{
    bool good = true;
    uint64_t start = now();
    for (int i = 0; i < CALLS; i++)
        good &= getppid() > 0;
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

static uint64_t mmap_munmap(void)
{
    uint64_t start = now();
    for (int i = 0; i < MAPS; i++) {
        void *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED || munmap(at, PAGE) != 0)
            return 0;
    }
    return now() - start;
}

static char block[PAGE];

static uint64_t pread_block(void)
{
    uint64_t start = now();
    for (off_t page = 0; page < PAGES; page++)
        if (pread(file, block, PAGE, page * PAGE) != PAGE)
            return 0;
    return now() - start;
}

static uint64_t pwrite_block(void)
{
    uint64_t start = now();
    for (off_t page = 0; page < PAGES; page++)
        if (pwrite(file, block, PAGE, page * PAGE) != PAGE)
            return 0;
    return now() - start;
}

/* Sends back what comes, until nothing does. */
static void echo(int from, int to)
{
    char byte;
    while (read(from, &byte, 1) == 1)
        if (write(to, &byte, 1) != 1)
            _exit(1);
    _exit(0);
}

static uint64_t time_trips(int to, int from)
{
    char byte = 0;
    uint64_t start = 0;
    for (int trip = -2; trip < TRIPS; trip++) {
        if (trip == 0)
            start = now();
        if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
            return 0;
    }
    return now() - start;
}

static uint64_t pipe_rtt(void)
{
    int there[2], back[2];
    if (pipe(there) != 0 || pipe(back) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        echo(there[0], back[1]);
    }
    close(there[0]);
    close(back[1]);
    uint64_t taken = pid > 0 ? time_trips(there[1], back[0]) : 0;
    close(there[1]);
    close(back[0]);
    return pid > 0 && wait_for_one() ? taken : 0;
}

/* Two processes that only yield; each yield of this one is two switches. */
static uint64_t yield_switch(void)
{
    int *words = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pid = words == MAP_FAILED ? -1 : fork();
    if (pid < 0)
        return 0;
    if (pid == 0) {
        __atomic_store_n(&words[0], 1, __ATOMIC_RELEASE);
        while (__atomic_load_n(&words[1], __ATOMIC_ACQUIRE) == 0)
            sched_yield();
        _exit(0);
    }
    while (__atomic_load_n(&words[0], __ATOMIC_ACQUIRE) == 0)
        sched_yield();
    uint64_t start = now();
    for (int i = 0; i < YIELDS; i++)
        sched_yield();
    uint64_t taken = now() - start;
    __atomic_store_n(&words[1], 1, __ATOMIC_RELEASE);
    bool ended = wait_for_one();
    munmap(words, PAGE);
    return ended ? taken : 0;
}

/* --- Rows --- */

/* --- Changing mappings --- */

enum { CHANGES = 200, MOVED = 1024, ADDED = 100, MANY = 9900, SYNCED = 16384 };

static uint64_t protect_page(void)
{
    char *at = make_memory(1);
    bool good = at != NULL;
    uint64_t start = now();
    for (int i = 0; i < CHANGES; i++)
        good &= mprotect(at, PAGE, i % 2 == 0 ? PROT_READ : RW) == 0;
    uint64_t taken = now() - start;
    return good && munmap(at, PAGE) == 0 ? taken : 0;
}

/* The page in the middle becomes a mapping of its own and is one with its neighbours again. */
static uint64_t protect_split(void)
{
    char *at = make_memory(3);
    bool good = at != NULL;
    uint64_t start = now();
    for (int i = 0; i < CHANGES; i++)
        good &= mprotect(at + PAGE, PAGE, PROT_READ) == 0 && mprotect(at + PAGE, PAGE, RW) == 0;
    uint64_t taken = now() - start;
    return good && munmap(at, 3 * PAGE) == 0 ? taken : 0;
}

static uint64_t remap_move(void)
{
    size_t size = (size_t)MOVED * PAGE;
    char *at = make_memory(MOVED);
    char *to = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == NULL || to == MAP_FAILED || munmap(to, size) != 0)
        return 0;
    uint64_t start = now();
    bool good = mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
    uint64_t taken = now() - start;
    return good && munmap(to, size) == 0 ? taken : 0;
}

static uint64_t unmap_touched(void)
{
    char *at = make_memory(MOVED);
    uint64_t start = now();
    bool good = at != NULL && munmap(at, (size_t)MOVED * PAGE) == 0;
    return good ? now() - start : 0;
}

static uint64_t map_touch_unmap(void)
{
    uint64_t start = now();
    for (int i = 0; i < MAPS; i++) {
        char *at = make_memory(1);
        if (at == NULL || munmap(at, PAGE) != 0)
            return 0;
    }
    return now() - start;
}

/* Mappings that are not like their neighbours. */
static uint64_t time_mmaps(int count)
{
    bool good = true;
    uint64_t start = now();
    for (int i = 0; i < count; i++) {
        int prot = i % 2 == 0 ? PROT_READ : RW;
        good &= mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    }
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

/* In a child, whose mappings go with it: mmap with so many mappings there already. */
static uint64_t time_mmaps_after(int before)
{
    uint64_t taken = 0;
    int ends[2];
    if (pipe(ends) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        bool good = before == 0 || time_mmaps(before) != 0;
        taken = good ? time_mmaps(ADDED) : 0;
        _exit(write(ends[1], &taken, sizeof(taken)) != sizeof(taken));
    }
    close(ends[1]);
    bool came = pid > 0 && read(ends[0], &taken, sizeof(taken)) == sizeof(taken);
    close(ends[0]);
    return pid > 0 && wait_for_one() && came ? taken : 0;
}

static uint64_t first_mmaps(void)
{
    return time_mmaps_after(0);
}

static uint64_t last_mmaps(void)
{
    return time_mmaps_after(MANY);
}

#ifdef __riscv
static struct quire_boot machine(void)
{
    struct quire_boot b = {0, 0};
    quire(QUIRE_BOOT, &b, sizeof(b));
    return b;
}

static uint64_t slept(void)
{
    return machine().slept;
}

/* What the machine did once, before the first process. */
static uint64_t boot(void)
{
    return machine().instructions;
}
#else
static uint64_t slept(void)
{
    return 0;
}

static uint64_t boot(void)
{
    return 0;
}
#endif

/* A mapped file without blocks, all of it in memory. */
static char *map_large_file(void)
{
    size_t size = (size_t)SYNCED * PAGE;
    int fd = open("/tmp/faultbench.large", O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || unlink("/tmp/faultbench.large") != 0 || ftruncate(fd, (off_t)size) != 0)
        return NULL;
    char *at = mmap(NULL, size, RW, MAP_SHARED, fd, 0);
    close(fd);
    if (at == MAP_FAILED)
        return NULL;
    time_loads(at, SYNCED);
    return at;
}

/* One dirty page among many, written to the disk; without the time for which the disk works. */
static uint64_t sync_one(void)
{
    static char *at;
    if (at == NULL)
        at = map_large_file();
    if (at == NULL)
        return 0;
    at[SYNCED / 2 * PAGE]++;
    uint64_t waited = slept(), start = now();
    bool good = msync(at, (size_t)SYNCED * PAGE, MS_SYNC) == 0;
    uint64_t taken = now() - start;
    waited = slept() - waited;
    return good && taken > waited ? taken - waited : 0;
}

static struct row rows[] = {
    {"null-syscall", null_syscall, CALLS, 200, 431, 0, false},
    {"zero-fill", zero_fill, PAGES, 1500, 4485, 0, false},
    {"zero-read", zero_read, PAGES, 600, 1273, 0, false},
    {"file-read", file_read, PAGES, 900, 2183, 0, false},
    {"file-read-around", file_read_around, PAGES, 200, 617, 0, false},
    {"shared-write", shared_write, PAGES, 1000, 3132, 0, false},
    {"private-copy", private_copy, PAGES, 2200, 5628, 0, false},
    {"cow-copy", cow_copy, PAGES, 2000, 5491, 0, false},
    {"cow-reuse", cow_reuse, PAGES, 600, 1435, 0, false},
    {"fork-small", fork_small, FORKS, 60000, 187700, 0, false},
    {"fork-16m", fork_large, LARGE_FORKS, 250000, 1768000, 0, false},
    {"fork-exec", fork_exec, EXECS, 120000, 303000, 0, false},
    {"mmap-munmap", mmap_munmap, MAPS, 3000, 11833, 0, false},
    {"pread-4k", pread_block, PAGES, 2000, 2900, 0, false},
    {"pwrite-4k", pwrite_block, PAGES, 2300, 3410, 0, false},
    {"pipe-rtt", pipe_rtt, TRIPS, 5000, 13789, 0, false},
    {"switch", yield_switch, 2 * YIELDS, 800, 2239, 0, false},
    {"mprotect", protect_page, CHANGES, 800, 3279, 0, false},
    {"mprotect-split", protect_split, CHANGES, 2500, 9810, 0, false},
    {"mremap-move", remap_move, MOVED, 40, 0, 0, false},
    {"munmap-1024", unmap_touched, MOVED, 120, 1294, 0, false},
    {"map-touch-unmap", map_touch_unmap, MAPS, 5000, 21582, 0, false},
    {"mmap-first", first_mmaps, ADDED, 2000, 0, 0, false},
    {"mmap-10000th", last_mmaps, ADDED, 4000, 0, 0, false},
    {"msync-16384", sync_one, 1, 150000, 0, 0, false},
    {"boot", boot, 1, 60000000, 904000000, 0, false},
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

static int compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* The median round divided by its operations; 0 if any round failed. */
static uint64_t measure(const struct row *row)
{
    uint64_t rounds[ROUNDS];
    for (int i = -WARM_UP; i < ROUNDS; i++) {
        uint64_t taken = row->round();
        if (taken == 0)
            return 0;
        if (i >= 0)
            rounds[i] = taken;
    }
    qsort(rounds, ROUNDS, sizeof(rounds[0]), compare_numbers);
    uint64_t each = (rounds[ROUNDS / 2] + row->operations / 2) / row->operations;
    return each == 0 ? 1 : each;
}

static bool run_rows(void)
{
    bool all = true;
    for (size_t i = 0; i < NROWS; i++) {
        struct row *row = &rows[i];
        if (!row->selected)
            continue;
        row->result = measure(row);
        if (row->result == 0)
            printf("bench,%s,failed\n", row->name);
        else
            printf("bench,%s,%lu\n", row->name, (unsigned long)row->result);
        fflush(stdout); /* before the next row forks */
        all &= row->result != 0;
    }
    return all;
}

/* Returns whether every row that ran is within its mark. */
static bool print_table(void)
{
    bool within = true;
    printf("\n%-16s %12s %10s %10s\n", "row", UNIT, "mark", "Linux 6.12");
    for (size_t i = 0; i < NROWS; i++) {
        const struct row *row = &rows[i];
        if (row->result == 0)
            continue;
        bool over = COMPARABLE && row->result > row->mark;
        char of_linux[16] = "-";
        if (row->linux_number != 0)
            snprintf(of_linux, sizeof(of_linux), "%u", row->linux_number);
        printf("%-16s %12lu %10u %10s%s\n", row->name, (unsigned long)row->result, row->mark,
               of_linux, over ? "  over the mark" : "");
        within &= !over;
    }
    return within;
}

static bool select_row(const char *name)
{
    for (size_t i = 0; i < NROWS; i++)
        if (strcmp(rows[i].name, name) == 0) {
            rows[i].selected = true;
            return true;
        }
    fprintf(stderr, "faultbench: no row '%s'\n", name);
    return false;
}

/* Whether all arguments made sense. */
static bool parse_arguments(int argc, char **argv, bool *gate)
{
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--gate") == 0)
            *gate = true;
        else if (select_row(argv[i]))
            any = true;
        else
            return false;
    }
    for (size_t i = 0; i < NROWS && !any; i++)
        rows[i].selected = true;
    return true;
}

/* The file's name goes at once, so that nothing is left behind however the program ends. */
static bool make_file(void)
{
    char name[64];
    snprintf(name, sizeof(name), "/tmp/faultbench.%d", (int)getpid());
    file = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (file < 0) {
        perror(name);
        return false;
    }
    unlink(name);
    memset(block, 1, PAGE);
    return pwrite_block() != 0 && fsync(file) == 0;
}

int main(int argc, char **argv)
{
    bool gate = false;
    if (!parse_arguments(argc, argv, &gate) || !make_file())
        return 2;
    bool all = run_rows();
    bool within = print_table();
    return !all || (gate && !within);
}
