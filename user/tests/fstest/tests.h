/* The tests of fstest: name and time limit in seconds, in the order in which they run. */
#ifndef FSTEST_TESTS_H
#define FSTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define FS_TESTS(T)                   \
    T(write_and_read, 30)             \
    T(large_file, 120)                \
    T(far_offsets, 30)                \
    T(positions, 30)                  \
    T(position_errors, 30)            \
    T(append, 30)                     \
    T(append_together, 60)            \
    T(truncate_down_and_up, 30)       \
    T(truncate_errors, 30)            \
    T(scattered, 30)                  \
    T(scattered_errors, 30)           \
    T(scattered_at, 30)               \
    T(holes, 30)                      \
    T(synced, 30)                     \
    T(unlinked_but_open, 30)          \
    T(open_flags, 30)                 \
    T(open_kinds, 30)                 \
    T(open_errors, 30)                \
    T(open_places, 30)                \
    T(wrong_mode, 30)                 \
    T(descriptor_flags, 30)           \
    T(status_of_files, 30)            \
    T(times_by_descriptor, 30)        \
    T(times_by_mapping, 30)           \
    T(times_by_others, 30)            \
    T(owners, 30)                     \
    T(links, 30)                      \
    T(link_errors, 30)                \
    T(unlink_errors, 30)              \
    T(folders, 30)                    \
    T(folder_errors, 30)              \
    T(folder_removed_under_us, 30)    \
    T(walks, 30)                      \
    T(current_folder, 30)             \
    T(deep_folders, 60)               \
    T(long_names, 30)                 \
    T(long_paths, 30)                 \
    T(odd_names, 30)                  \
    T(rename_files, 30)               \
    T(rename_folders, 30)             \
    T(rename_refusals, 30)            \
    T(rename_flags, 30)               \
    T(rename_while_open, 30)          \
    T(thousands_of_names, 120)        \
    T(reading_folders, 30)            \
    T(reading_while_changing, 30)     \
    T(slots_are_reused, 60)           \
    T(many_small_files, 120)          \
    T(one_folder_many_processes, 120) \
    T(one_name_many_processes, 120)   \
    T(random_names, 120)              \
    T(too_many_descriptors, 60)       \
    T(descriptor_numbers, 30)         \
    T(file_system_counts, 30)         \
    T(exact_counts, 120)              \
    T(reserved_room, 30)              \
    T(reserved_behind_the_end, 30)    \
    T(reserved_holes, 30)             \
    T(reservation_errors, 30)         \
    T(reservation_too_large, 120)     \
    T(limits_of_processes, 30)        \
    T(limit_errors, 30)               \
    T(limit_of_descriptors, 30)       \
    T(limit_of_files, 30)             \
    T(memory_file, 30)                \
    T(memory_file_lengths, 30)        \
    T(memory_file_mapped, 30)         \
    T(memory_file_errors, 30)         \
    T(memory_file_gone, 60)           \
    T(full_disk, 300)                 \
    T(full_disk_through_mappings, 300)

#define DECLARE(name, seconds) void name(void);
FS_TESTS(DECLARE)
#undef DECLARE

/* A file with these bytes in it; whether a file has exactly these bytes. */
static inline void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "write %s", path);
    close(fd);
}

static inline bool has(const char *path, const char *text)
{
    char buffer[256];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, buffer, sizeof(buffer));
    close(fd);
    return n == (ssize_t)strlen(text) && memcmp(buffer, text, strlen(text)) == 0;
}

static inline bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* Checks that a call has failed with an errno, and clears that. */
#define FAILS(call, error)                                                                   \
    do {                                                                                     \
        errno = 0;                                                                           \
        long fails_got = (long)(call);                                                       \
        CHECK(fails_got == -1 && errno == (error), "%s: %ld, expected %s", #call, fails_got, \
              strerror(error));                                                              \
        errno = 0;                                                                           \
    } while (0)

#endif
