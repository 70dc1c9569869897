/* The tests of clonetest: name and time limit; the roles in which it executes itself. */
#ifndef CLONETEST_TESTS_H
#define CLONETEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#include "raw.h"
#include "thread.h"

#define CLONE_TESTS(T)           \
    T(identity, 20)              \
    T(thread_pointer, 20)        \
    T(words_of_birth, 20)        \
    T(shared_memory, 20)         \
    T(shared_files, 20)          \
    T(shared_folder, 20)         \
    T(apart_without_flags, 20)   \
    T(process_with_memory, 20)   \
    T(exit_of_one, 20)           \
    T(exit_of_the_leader, 20)    \
    T(exit_of_all, 20)           \
    T(exit_while_asleep, 20)     \
    T(one_after_another, 60)     \
    T(many_at_once, 60)          \
    T(children_of_threads, 20)   \
    T(flag_errors, 20)           \
    T(bad_addresses, 20)         \
    T(exec_of_leader, 20)        \
    T(exec_of_another, 20)       \
    T(exec_of_many, 20)          \
    T(exec_fails, 20)            \
    T(vfork_exits, 20)           \
    T(vfork_executes, 20)        \
    T(vfork_dies, 20)            \
    T(vfork_of_library, 20)      \
    T(signal_to_one, 20)         \
    T(signal_to_any, 20)         \
    T(signal_masks, 20)          \
    T(signal_pending, 20)        \
    T(signal_kills_all, 20)      \
    T(signal_stops_all, 20)      \
    T(signal_interrupts_one, 20) \
    T(signal_storm, 60)          \
    T(fault_together, 60)        \
    T(fault_together_cow, 60)    \
    T(fault_together_file, 60)   \
    T(map_at_once, 60)           \
    T(protect_stops_stores, 60)  \
    T(protect_and_back, 60)      \
    T(unmap_stops_stores, 60)    \
    T(unmap_frees_safely, 60)    \
    T(remap_stops_stores, 60)    \
    T(discard_while_storing, 60) \
    T(fork_while_storing, 60)    \
    T(fork_at_once, 60)          \
    T(copies_into_unmapped, 60)  \
    T(truncate_while_storing, 60)

#define DECLARE(name, seconds) void name(void);
CLONE_TESTS(DECLARE)
#undef DECLARE

#define CLONE_ROLES(R) \
    R(alone)           \
    R(ends)

#define DECLARE_ROLE(name) int role_##name(int argc, char **argv);
CLONE_ROLES(DECLARE_ROLE)
#undef DECLARE_ROLE

/* Installs a handler; whether the kernel has such. */
bool catch_signal(int number, void (*handler)(int), int flags);

#define NEEDS_HANDLERS()                                          \
    do {                                                          \
        if (!catch_signal(SIGUSR1, SIG_DFL, 0) ||                 \
            !catch_signal(SIGUSR1, harmless_handler, SA_RESTART)) \
            SKIP("there are no handlers for signals");            \
    } while (0)

void harmless_handler(int number);

/* A thread that ends when the word is no longer 0, asleep until then, or computing. */
int thread_sleeps(void *word);
int thread_spins(void *word);

/* Sets the word and wakes all who sleep on it. */
void release(volatile int *word);

#endif
