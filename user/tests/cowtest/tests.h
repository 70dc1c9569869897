/* The tests of cowtest: name and time limit in seconds, in the order in which they run. */
#ifndef COWTEST_TESTS_H
#define COWTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define COW_TESTS(T)                           \
    T(values_are_apart, 60)                    \
    T(segments_are_apart, 20)                  \
    T(constants_stay, 20)                      \
    T(files_are_apart, 20)                     \
    T(shared_memory_is_not_copied, 20)         \
    T(chain_of_forks, 60)                      \
    T(tree_of_forks, 60)                       \
    T(orphans_keep_their_memory, 60)           \
    T(unmap_on_one_side, 20)                   \
    T(heap_shrinks_on_one_side, 20)            \
    T(exec_on_one_side, 20)                    \
    T(stores_right_after_fork, 60)             \
    T(copies_then_reuses, 60)                  \
    T(readers_cost_nothing, 60)                \
    T(parent_copies_child_reuses, 60)          \
    T(zero_page_is_filled, 60)                 \
    T(file_pages_are_copied, 60)               \
    T(shared_pages_do_not_fault_as_copies, 60) \
    T(frames_are_shared_until_stored, 60)      \
    T(kernel_stores_into_the_copy, 60)         \
    T(kernel_stores_across_pages, 60)          \
    T(kernel_stores_in_the_parent, 60)         \
    T(many_sharers, 120)                       \
    T(simultaneous_faults, 120)                \
    T(forks_and_exits, 120)                    \
    T(fork_of_large_memory, 120)               \
    T(forks_of_large_memory, 120)              \
    T(fork_out_of_memory, 300)

#define DECLARE(name, seconds) void name(void);
COW_TESTS(DECLARE)
#undef DECLARE

#endif
