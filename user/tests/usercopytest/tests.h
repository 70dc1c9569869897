/* The tests of usercopytest: name and time limit in seconds, in the order in which they run. */
#ifndef USERCOPYTEST_TESTS_H
#define USERCOPYTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define USERCOPY_TESTS(T)            \
    T(bad_addresses, 60)             \
    T(read_only_addresses, 60)       \
    T(over_an_edge, 60)              \
    T(zero_lengths, 20)              \
    T(unaligned, 20)                 \
    T(failed_calls_take_nothing, 20) \
    T(failed_wait, 20)               \
    T(bad_arguments_of_exec, 20)     \
    T(quire_arguments, 20)           \
    T(untouched_buffers, 30)         \
    T(untouched_file_buffers, 30)    \
    T(half_valid_file_io, 30)        \
    T(half_valid_pipe_io, 30)        \
    T(half_valid_vectors, 30)        \
    T(half_valid_folder_reads, 30)   \
    T(writable_only_buffers, 20)     \
    T(huge_lengths, 20)              \
    T(ends_of_user_space, 20)        \
    T(strings_at_an_edge, 20)        \
    T(strings_without_end, 20)       \
    T(strings_of_every_length, 30)   \
    T(buffer_goes_away, 60)          \
    T(buffer_changes_hands, 60)

#define DECLARE(name, seconds) void name(void);
USERCOPY_TESTS(DECLARE)
#undef DECLARE

#endif
