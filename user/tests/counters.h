/*
 * What only Quire can tell: fault counts, page records, disk counters, the audit. Everything here
 * may be called on Linux too; it then says that nothing is known, and the audit finds nothing.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include "pages.h"

#include <sched.h>

#if !TEST_HAS_QUIRE
#include "../../kernel/abi/quire.h"

static inline long quire(int operation, void *argument, unsigned long size)
{
    errno = ENOSYS;
    return -1;
}
#endif

static inline struct quire_faults faults_now(void)
{
    struct quire_faults faults = {{0}};
    quire(QUIRE_FAULTS_SELF, &faults, sizeof(faults));
    return faults;
}

static inline uint64_t faults_total(const struct quire_faults *faults)
{
    uint64_t sum = 0;
    for (int kind = 0; kind < FAULT_NKINDS; kind++)
        sum += faults->count[kind];
    return sum;
}

/* How many faults of each kind the calling process took from `before` to `after`. */
static inline struct quire_faults faults_between(const struct quire_faults *before,
                                                 const struct quire_faults *after)
{
    struct quire_faults difference;
    for (int kind = 0; kind < FAULT_NKINDS; kind++)
        difference.count[kind] = after->count[kind] - before->count[kind];
    return difference;
}

/* "64 of COW_COPY, 1 of SEGV": what a failed check prints. */
static inline const char *faults_text(const struct quire_faults *faults)
{
    static const char *const names[FAULT_NKINDS] = {
        [FAULT_STACK_GROW] = "STACK_GROW",
        [FAULT_DISK_READ] = "DISK_READ",
        [FAULT_COW_COPY] = "COW_COPY",
        [FAULT_COW_REUSE] = "COW_REUSE",
        [FAULT_ZERO_FILL] = "ZERO_FILL",
        [FAULT_ZERO_READ] = "ZERO_READ",
        [FAULT_CACHE_HIT] = "CACHE_HIT",
        [FAULT_WRITE_ENABLE] = "WRITE_ENABLE",
        [FAULT_SPURIOUS] = "SPURIOUS",
        [FAULT_SEGV] = "SEGV",
        [FAULT_BUS] = "BUS",
        [FAULT_OOM] = "OOM",
    };
    static char text[FAULT_NKINDS * 32];
    size_t length = 0;
    text[0] = '\0';
    for (int kind = 0; kind < FAULT_NKINDS; kind++)
        if (faults->count[kind] != 0)
            length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lu of %s",
                                       length == 0 ? "" : ", ", (unsigned long)faults->count[kind],
                                       names[kind]);
    return length == 0 ? "none" : text;
}

/* Checks that so many faults of one kind were taken, and none of any other. */
static inline void check_only(const struct quire_faults *faults, enum fault_kind kind,
                              uint64_t expected)
{
    CHECK(faults->count[kind] == expected && faults_total(faults) == expected,
          "%lu faults of kind %d expected, got %s", (unsigned long)expected, (int)kind,
          faults_text(faults));
}

/* The faults that one load, or one store, of each page takes. */
static __attribute__((noinline, unused)) struct quire_faults count_faults(uint8_t *at, size_t pages,
                                                                          bool stores)
{
    struct quire_faults before = faults_now();
    for (size_t page = 0; page < pages; page++) {
        if (stores)
            store(at + page * PAGE, (uint8_t)page);
        else
            load(at + page * PAGE);
    }
    struct quire_faults after = faults_now();
    return faults_between(&before, &after);
}

/*
 * Checks them, one for each page: cached neighbours are not to come along. It first does all this
 * with other memory, so that its own code, stack and data do not fault while it counts.
 */
static inline void check_faults(uint8_t *at, size_t pages, bool stores, enum fault_kind kind,
                                uint64_t expected)
{
    static uint8_t spare[PAGE];
    count_faults(spare, 1, false);
    count_faults(spare, 1, true);
    madvise(at, pages * PAGE, MADV_RANDOM);
    struct quire_faults faults = count_faults(at, pages, stores);
    madvise(at, pages * PAGE, MADV_NORMAL);
    check_only(&faults, kind, expected);
}

static inline struct quire_page page_at(const void *at)
{
    struct quire_page page = {.va = (uint64_t)(uintptr_t)at};
    CHECK(quire(QUIRE_PAGE, &page, sizeof(page)) == 0, "ask for the page at %p", at);
    return page;
}

static inline struct quire_memory memory_now(void)
{
    struct quire_memory memory;
    memset(&memory, 0, sizeof(memory));
    quire(QUIRE_MEMORY, &memory, sizeof(memory));
    return memory;
}

static inline struct quire_disk disk_now(void)
{
    struct quire_disk disk = {0};
    quire(QUIRE_DISK, &disk, sizeof(disk));
    return disk;
}

/* Writes everything back and forgets what is not in use, so that what follows comes from the disk.
 */
static inline void drop_caches(void)
{
    if (test_on_quire())
        CHECK(quire(QUIRE_DROP_CACHES, NULL, 0) == 0, "drop the caches");
}

/* DEFECTS 8: every page record agrees with the page tables and objects that refer to it. */
static inline void check_audit(void)
{
    if (test_on_quire()) {
        long violations = quire(QUIRE_AUDIT, NULL, 0);
        CHECK(violations == 0, "the audit found %ld violations", violations);
    }
}

/* --- Being alone --- */

#define COUNTERS_PROCS_MAX 256

static inline const struct quire_proc *find_proc(const struct quire_proc *procs, long n, int pid)
{
    for (long i = 0; i < n; i++)
        if (procs[i].pid == pid)
            return &procs[i];
    return NULL;
}

static inline bool is_ancestor(const struct quire_proc *procs, long n, int pid)
{
    const struct quire_proc *proc = find_proc(procs, n, getpid());
    for (long steps = 0; proc != NULL && steps < n; steps++) {
        if (proc->pid == pid)
            return true;
        proc = find_proc(procs, n, proc->ppid);
    }
    return false;
}

/*
 * Whether no process but this one and its ancestors exists, so that counts of the whole system say
 * something about this one. Kernel threads, which have no parent, do not count.
 */
static inline bool is_alone(void)
{
    static struct quire_proc procs[COUNTERS_PROCS_MAX];
    memset(procs, 0, sizeof(procs)); /* so that its pages are counted from the first call on */
    long n = quire(QUIRE_PROCS, procs, sizeof(procs));
    if (n <= 0 || n >= COUNTERS_PROCS_MAX)
        return false;
    for (long i = 0; i < n; i++)
        if (procs[i].ppid != 0 && !is_ancestor(procs, n, procs[i].pid))
            return false;
    return true;
}

/* What was in use at some moment, and whether anybody else could change it. */
struct census {
    bool alone;
    struct quire_memory memory;
};

static inline struct census take_census(void)
{
    struct census census = {.alone = is_alone()};
    census.memory = memory_now();
    return census;
}

/* The classes of memory that a workload must give back; caches may stay larger than they were. */
static inline bool is_as_before(const struct census *census)
{
    static const int states[] = {PAGE_ANON, PAGE_TABLE, PAGE_STACK, PAGE_BUFFER};
    struct quire_memory now = memory_now();
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (now.pages[states[i]] != census->memory.pages[states[i]])
            return false;
    return true;
}

/*
 * Checks that the same is in use as at that moment. A process that has just been waited for may
 * still be on its way out on another hart, so it looks again for a while. Says nothing if other
 * processes ran then or run now.
 */
static inline void check_census(const struct census *census)
{
    struct timespec nap = {.tv_nsec = 2000000};
    if (!census->alone)
        return;
    for (int tries = 0; tries < 100 && !is_as_before(census); tries++)
        nanosleep(&nap, NULL);
    if (!is_alone())
        return;
    struct quire_memory now = memory_now();
    const uint64_t *before = census->memory.pages;
    CHECK(is_as_before(census), "anonymous %ld, tables %ld, stacks %ld, buffers %ld pages more",
          (long)(now.pages[PAGE_ANON] - before[PAGE_ANON]),
          (long)(now.pages[PAGE_TABLE] - before[PAGE_TABLE]),
          (long)(now.pages[PAGE_STACK] - before[PAGE_STACK]),
          (long)(now.pages[PAGE_BUFFER] - before[PAGE_BUFFER]));
}

#endif
