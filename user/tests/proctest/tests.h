/* The tests of proctest: name and time limit in seconds, in the order in which they run. */
#ifndef PROCTEST_TESTS_H
#define PROCTEST_TESTS_H

#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#include "text.h"

#define PROC_TESTS(T)                 \
    T(tree_lists, 20)                 \
    T(tree_refuses_changes, 20)       \
    T(tree_dots, 20)                  \
    T(tree_mount_points, 20)          \
    T(link_self, 20)                  \
    T(link_exe_and_cwd, 20)           \
    T(link_descriptors, 20)           \
    T(link_opens_unlinked, 20)        \
    T(link_opens_pipes, 20)           \
    T(link_dev_fd, 20)                \
    T(file_reads_in_parts, 20)        \
    T(file_reads_again, 20)           \
    T(file_stat_fields, 20)           \
    T(file_status, 20)                \
    T(file_signals, 20)               \
    T(file_command_line, 20)          \
    T(file_system, 20)                \
    T(life_zombie, 20)                \
    T(life_ended, 20)                 \
    T(life_many, 120)                 \
    T(maps_show_mappings, 20)         \
    T(maps_name_files, 20)            \
    T(maps_name_stack_and_heap, 20)   \
    T(maps_of_another, 20)            \
    T(maps_very_many, 300)            \
    T(smaps_private, 20)              \
    T(smaps_shared, 20)               \
    T(smaps_agree, 20)                \
    T(pagemap_presence, 20)           \
    T(pagemap_sharing, 20)            \
    T(pagemap_offsets, 20)            \
    T(softdirty_stores, 20)           \
    T(softdirty_shared_files, 20)     \
    T(softdirty_fork, 20)             \
    T(softdirty_protect_and_move, 20) \
    T(softdirty_model, 120)           \
    T(accessed_bits, 20)              \
    T(shm_is_a_folder, 20)            \
    T(shm_names, 20)                  \
    T(shm_maps_between_processes, 20) \
    T(shm_outlives_its_name, 20)      \
    T(shm_gives_pages_back, 60)       \
    T(shm_listing, 20)                \
    T(device_files, 20)               \
    T(call_identity, 20)              \
    T(call_capabilities, 20)          \
    T(call_prctl, 20)                 \
    T(call_scheduling, 20)            \
    T(call_system, 20)                \
    T(call_statx, 20)                 \
    T(call_close_range, 20)           \
    T(call_sendfile, 20)              \
    T(call_copy_file_range, 20)       \
    T(call_advice, 20)                \
    T(stress_looking, 120)            \
    T(stress_without_memory, 60)

#define DECLARE(name, seconds) void name(void);
PROC_TESTS(DECLARE)

#endif
