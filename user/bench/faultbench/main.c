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
 * Rows for which the kernel has no call are left out unless they are asked for by name.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

enum { WARM_UP = 3, ROUNDS = 9 };

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
    bool (*is_there)(void); /* what it needs of the kernel; NULL: nothing special */
    uint64_t result;        /* for one operation; 0: failed, or not asked for */
    bool selected;
};

int file = -1;

/* What the machine did once, before the first process. */
static uint64_t boot(void)
{
#ifdef __riscv
    struct quire_boot b;
    return quire(QUIRE_BOOT, &b, sizeof(b)) == 0 ? b.instructions : 0;
#else
    return 0;
#endif
}

static struct row rows[] = {
    {"null-syscall", null_syscall, CALLS, 200, 431, NULL, 0, false},
    {"zero-fill", zero_fill, PAGES, 1500, 4485, NULL, 0, false},
    {"zero-read", zero_read, PAGES, 600, 1273, NULL, 0, false},
    {"file-read", file_read, PAGES, 900, 2183, NULL, 0, false},
    {"file-read-around", file_read_around, PAGES, 200, 617, NULL, 0, false},
    {"shared-write", shared_write, PAGES, 1000, 3132, NULL, 0, false},
    {"private-copy", private_copy, PAGES, 2200, 5628, NULL, 0, false},
    {"cow-copy", cow_copy, PAGES, 2000, 5491, NULL, 0, false},
    {"cow-reuse", cow_reuse, PAGES, 600, 1435, NULL, 0, false},
    {"fork-small", fork_small, FORKS, 60000, 187700, NULL, 0, false},
    {"fork-16m", fork_large, LARGE_FORKS, 250000, 1768000, NULL, 0, false},
    {"fork-exec", fork_exec, EXECS, 120000, 303000, NULL, 0, false},
    {"mmap-munmap", mmap_munmap, MAPS, 3000, 11833, NULL, 0, false},
    {"pread-4k", pread_block, PAGES, 2000, 2900, NULL, 0, false},
    {"pwrite-4k", pwrite_block, PAGES, 2300, 3410, NULL, 0, false},
    {"pipe-rtt", pipe_rtt, TRIPS, 5000, 13789, NULL, 0, false},
    {"switch", yield_switch, 2 * YIELDS, 800, 2239, NULL, 0, false},
    {"mprotect", protect_page, CHANGES, 800, 3279, NULL, 0, false},
    {"mprotect-split", protect_split, CHANGES, 2500, 9810, NULL, 0, false},
    {"mremap-move", remap_move, MOVED, 40, 0, NULL, 0, false},
    {"munmap-1024", unmap_touched, MOVED, 120, 1294, NULL, 0, false},
    {"map-touch-unmap", map_touch_unmap, MAPS, 5000, 21582, NULL, 0, false},
    {"mmap-first", first_mmaps, ADDED, 2000, 0, NULL, 0, false},
    {"mmap-10000th", last_mmaps, ADDED, 4000, 0, NULL, 0, false},
    {"sigsegv", sigsegv, CALLS, 2000, 4674, has_handlers, 0, false},
    {"trap-unprot", trap_unprotect, CALLS, 3500, 9320, has_handlers, 0, false},
    {"appel-prot1", appel_prot1, PAGES, 8000, 21497, has_handlers, 0, false},
    {"appel-protn", appel_protn, PAGES, 5000, 13388, has_handlers, 0, false},
    {"futex-rtt", futex_rtt, TRIPS, 4000, 12111, has_futexes, 0, false},
    {"vfork-exec", vfork_exec, EXECS, 60000, 159600, has_vfork, 0, false},
    {"msync-16384", sync_one, 1, 400000, 0, NULL, 0, false},
    {"boot", boot, 1, 60000000, 904000000, NULL, 0, false},
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
        rows[i].selected = rows[i].is_there == NULL || rows[i].is_there();
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
