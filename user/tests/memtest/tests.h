/* The tests of memtest: name and time limit in seconds, in the order in which they run. */
#ifndef MEMTEST_TESTS_H
#define MEMTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#include <sys/resource.h>

#include "field.h"

#define MEM_TESTS(T)                 \
    T(protect_matrix, 60)            \
    T(protect_parts, 60)             \
    T(protect_none_keeps, 20)        \
    T(protect_across_mappings, 20)   \
    T(protect_stops_at_gap, 20)      \
    T(protect_stops_at_refusal, 20)  \
    T(protect_data, 20)              \
    T(protect_code, 20)              \
    T(protect_heap_and_stack, 20)    \
    T(protect_errors, 20)            \
    T(protect_and_calls, 20)         \
    T(protect_keeps_cow, 20)         \
    T(protect_keeps_zero_page, 20)   \
    T(protect_keeps_files, 20)       \
    T(protect_shared_after_read, 20) \
    T(protect_after_write_back, 60)  \
    T(protect_over_fork, 20)         \
    T(protect_in_child, 20)          \
    T(protect_random, 60)            \
    T(sync_reaches_disk, 60)         \
    T(sync_parts, 20)                \
    T(sync_gaps, 20)                 \
    T(sync_private, 20)              \
    T(sync_invalidates, 20)          \
    T(sync_writes_once, 60)          \
    T(sync_locked, 20)               \
    T(sync_errors, 20)               \
    T(remap_shrinks, 20)             \
    T(remap_grows_in_place, 20)      \
    T(remap_without_room, 20)        \
    T(remap_moves, 60)               \
    T(remap_over_others, 20)         \
    T(remap_middle, 20)              \
    T(remap_keeps_protection, 20)    \
    T(remap_over_fork, 20)           \
    T(remap_without_unmapping, 20)   \
    T(remap_doubles, 20)             \
    T(remap_errors, 60)              \
    T(remap_fails_and_keeps, 20)     \
    T(advise_harmless, 20)           \
    T(advise_willneed, 20)           \
    T(advise_dontneed, 20)           \
    T(advise_dontneed_files, 20)     \
    T(advise_dontneed_over_fork, 20) \
    T(advise_free, 20)               \
    T(advise_gaps, 20)               \
    T(advise_populate, 20)           \
    T(advise_populate_errors, 20)    \
    T(advise_dontfork, 20)           \
    T(advise_wipeonfork, 20)         \
    T(advise_and_back, 20)           \
    T(advise_posix, 20)              \
    T(advise_errors, 20)             \
    T(resident_memory, 20)           \
    T(resident_files, 20)            \
    T(resident_over_fork, 20)        \
    T(resident_errors, 20)           \
    T(lock_brings_in, 20)            \
    T(lock_parts, 20)                \
    T(lock_over_fork, 20)            \
    T(lock_all, 20)                  \
    T(lock_limit, 20)                \
    T(lock_without_permission, 20)   \
    T(lock_errors, 20)               \
    T(populate, 20)                  \
    T(no_replacing, 20)              \
    T(validated, 20)                 \
    T(reserve_nothing, 20)           \
    T(grows_down, 20)                \
    T(map_dev_zero, 20)              \
    T(times_after_stores, 20)        \
    T(times_without_stores, 20)      \
    T(times_of_reading, 20)          \
    T(memfd_is_a_file, 20)           \
    T(memfd_maps, 20)                \
    T(memfd_over_fork, 20)           \
    T(memfd_gives_back, 20)          \
    T(memfd_errors, 20)              \
    T(limit_of_addresses, 20)        \
    T(limit_of_data, 20)             \
    T(limit_of_stack, 20)            \
    T(limit_of_processes, 20)        \
    T(limit_pairs, 20)               \
    T(heap_steps, 20)                \
    T(heap_over_fork, 20)            \
    T(heap_is_memory, 20)            \
    T(heap_errors, 20)               \
    T(merge_neighbours, 20)          \
    T(merge_files, 20)               \
    T(many_by_protection, 120)       \
    T(many_cost_no_more, 120)

#define DECLARE(name, seconds) void name(void);
MEM_TESTS(DECLARE)
#undef DECLARE

/* Leaves the test if this call, made with arguments that do nothing, does not exist. */
#define NEEDS(name, call)                          \
    do {                                           \
        errno = 0;                                 \
        if ((long)(call) == -1 && errno == ENOSYS) \
            SKIP("there is no " name);             \
    } while (0)

#define NEEDS_MPROTECT() NEEDS("mprotect", mprotect(NULL, 0, PROT_READ))
#define NEEDS_MSYNC()    NEEDS("msync", msync(NULL, 0, MS_ASYNC))
#define NEEDS_MREMAP()   NEEDS("mremap", mremap(NULL, 0, 0, 0))
#define NEEDS_MADVISE()  NEEDS("madvise", madvise(NULL, 0, MADV_NORMAL))
#define NEEDS_MINCORE()  NEEDS("mincore", mincore(NULL, 0, NULL))
#define NEEDS_MLOCK()    NEEDS("mlock", mlock(NULL, 0))
#define NEEDS_MEMFD()    NEEDS("memfd_create", memfd_create(NULL, ~0u))
#define NEEDS_PRLIMIT()  NEEDS("prlimit", getrlimit(RLIMIT_AS, &(struct rlimit){0}))

/*
 * Whether the program, made for Quire, runs under qemu-user, whose own record of protections and
 * mappings is wrong after calls that fail half-way, and which leaves out some advice and limits.
 */
static inline bool is_under_qemu_user(void)
{
#ifdef __riscv
    return !test_on_quire();
#else
    return false;
#endif
}

#define NOT_UNDER_QEMU_USER(why)              \
    do {                                      \
        if (is_under_qemu_user())             \
            SKIP("qemu-user is wrong: " why); \
    } while (0)

/* Whether a load and a store end as this protection wants it. */
static inline void check_access(uint8_t *at, int prot, const char *what)
{
    bool reads = prot & (PROT_READ | PROT_WRITE), writes = prot & PROT_WRITE;
    /* Whether a page may be loaded from that may only be executed is up to the processor. */
    if (reads || prot == PROT_NONE || test_on_quire())
        CHECK(load_signal(at) == (reads ? 0 : SIGSEGV), "load, prot %d, %s", prot, what);
    CHECK(store_signal(at) == (writes ? 0 : SIGSEGV), "store, prot %d, %s", prot, what);
}

/*
 * Gives up the privileges that make limits void, for good. On Quire nobody has any: limits are for
 * all.
 */
static inline void become_nobody(void)
{
#if !TEST_HAS_QUIRE
    if (geteuid() == 0)
        MUST(setgid(65534) == 0 && setuid(65534) == 0, "become nobody");
#endif
}

static inline void child_maps_too_much(void *unused)
{
    struct rlimit limit = {PAGE, PAGE};
    if (setrlimit(RLIMIT_AS, &limit) == 0 && mmap(NULL, PAGE, RW, ANON, -1, 0) != MAP_FAILED)
        _exit(2);
}

/* Leaves the test if the kernel keeps limits of memory but does not hold programs to them. */
#define NEEDS_LIMITS()                                 \
    do {                                               \
        if (!finish(start(child_maps_too_much, NULL))) \
            SKIP("limits of memory are not enforced"); \
    } while (0)

struct extent {
    void *at;
    size_t length;
};

static inline void child_grows_extent(void *argument)
{
    struct extent *extent = argument;
    void *to = empty_range(extent->length + PAGE);
    if (mremap(extent->at, extent->length, extent->length + PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
               to) == MAP_FAILED)
        _exit(2);
}

/*
 * Whether one mapping, as the kernel sees it, has all these pages: mremap enlarges only what does
 * not consist of several. Tried in a child, so that nothing changes here.
 */
static inline bool is_one_mapping(void *at, size_t length)
{
    struct extent extent = {at, length};
    return finish(start(child_grows_extent, &extent));
}

/* mprotect that must succeed. */
static inline void protect(void *at, size_t length, int prot)
{
    CHECK(mprotect(at, length, prot) == 0, "mprotect %zu bytes with %d", length, prot);
}

#endif
