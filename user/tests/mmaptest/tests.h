/* The tests of mmaptest: name and time limit in seconds, in the order in which they run. */
#ifndef MMAPTEST_TESTS_H
#define MMAPTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define MMAP_TESTS(T)                       \
    T(anon_is_zero, 20)                     \
    T(anon_maps_again, 20)                  \
    T(anon_is_private, 20)                  \
    T(anon_may_be_huge, 20)                 \
    T(protections, 60)                      \
    T(protection_after_read, 20)            \
    T(protection_to_execute, 20)            \
    T(any_length_and_offset, 20)            \
    T(harmless_flags, 20)                   \
    T(dev_zero, 20)                         \
    T(fixed_over_nothing, 20)               \
    T(fixed_over_part, 20)                  \
    T(fixed_over_several, 20)               \
    T(fixed_fails_and_keeps, 20)            \
    T(fixed_without_replacing, 20)          \
    T(hints, 20)                            \
    T(chosen_places_are_apart, 20)          \
    T(unmap_parts, 60)                      \
    T(unmap_front_moves_offset, 20)         \
    T(unmap_several, 20)                    \
    T(unmap_nothing, 20)                    \
    T(unmap_untouched, 20)                  \
    T(unmap_rounds_length, 20)              \
    T(unmapped_is_unmapped, 20)             \
    T(unmap_every_second, 20)               \
    T(unmap_random, 60)                     \
    T(writes_are_seen, 20)                  \
    T(stores_are_seen, 20)                  \
    T(mappings_agree, 20)                   \
    T(processes_agree, 60)                  \
    T(processes_share_pages, 60)            \
    T(write_from_own_page, 20)              \
    T(write_from_untouched_own_page, 20)    \
    T(read_into_own_page, 20)               \
    T(write_grows_from_own_page, 20)        \
    T(private_stores_stay, 20)              \
    T(private_of_readonly_file, 20)         \
    T(private_page_by_page, 20)             \
    T(private_as_buffer, 20)                \
    T(private_over_fork, 20)                \
    T(private_and_the_end, 20)              \
    T(tail_is_zero, 20)                     \
    T(tail_is_never_written, 20)            \
    T(tail_after_growth, 20)                \
    T(behind_the_end_is_bus, 20)            \
    T(mapping_behind_the_end, 20)           \
    T(growth_is_seen, 20)                   \
    T(growth_is_seen_by_others, 60)         \
    T(shrink_below_mappings, 20)            \
    T(shrink_inside_a_page, 20)             \
    T(shrink_to_nothing, 20)                \
    T(shrink_is_seen_by_others, 60)         \
    T(shrink_with_offsets, 20)              \
    T(shrink_against_faults, 120)           \
    T(shrink_during_a_copy, 60)             \
    T(holes_through_mappings, 20)           \
    T(holes_read_then_stored, 20)           \
    T(holes_filled_by_both, 20)             \
    T(holes_far_away, 60)                   \
    T(close_after_mapping, 20)              \
    T(unlink_while_mapped, 20)              \
    T(unlinked_blocks_come_back, 120)       \
    T(ends_write_back, 60)                  \
    T(kill_writes_back, 60)                 \
    T(exec_starts_afresh, 20)               \
    T(fork_keeps_mappings, 20)              \
    T(children_drop_their_own, 20)          \
    T(shared_memory_touched_after_fork, 20) \
    T(shared_stays_shared, 60)              \
    T(shared_by_one_is_shared, 20)          \
    T(mmap_errors, 20)                      \
    T(munmap_errors, 20)                    \
    T(mmap_odd_arguments, 20)               \
    T(top_and_bottom, 20)                   \
    T(null_is_not_mapped, 20)               \
    T(stack_grows, 20)                      \
    T(stack_grows_at_once, 20)              \
    T(stack_ends, 20)                       \
    T(stack_meets_mapping, 20)              \
    T(heap_moves, 20)                       \
    T(heap_refuses, 20)                     \
    T(heap_meets_mapping, 20)               \
    T(too_many_mappings, 120)               \
    T(clean_pages_are_not_written, 20)      \
    T(dirty_pages_are_written_once, 20)     \
    T(fsync_sees_other_mappings, 60)        \
    T(stores_after_flushes, 20)             \
    T(both_dirty_bits_count, 60)            \
    T(large_flush, 60)                      \
    T(readonly_mapping_of_dirty_file, 20)   \
    T(file_pages_are_one, 20)               \
    T(pages_over_fork, 20)                  \
    T(dirty_bits, 20)                       \
    T(random_against_model, 120)

#define DECLARE(name, seconds) void name(void);
MMAP_TESTS(DECLARE)
#undef DECLARE

#endif
