/* The tests of exectest, and the roles in which it executes itself. */
#ifndef EXECTEST_TESTS_H
#define EXECTEST_TESTS_H

#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#define EXEC_TESTS(T)              \
    T(arguments_arrive, 30)        \
    T(many_arguments, 60)          \
    T(long_arguments, 60)          \
    T(too_many_arguments, 60)      \
    T(auxiliary_vector, 30)        \
    T(missing_programs, 30)        \
    T(no_programs, 60)             \
    T(smallest_program, 30)        \
    T(hostile_headers, 120)        \
    T(hostile_segments, 120)       \
    T(truncated_programs, 120)     \
    T(random_headers, 240)         \
    T(identity_is_kept, 30)        \
    T(descriptors_are_kept, 30)    \
    T(failure_changes_nothing, 30) \
    T(data_is_fresh, 60)           \
    T(code_on_demand, 60)          \
    T(unlinked_while_running, 60)  \
    T(one_after_another, 120)      \
    T(from_much_memory, 120)

#define DECLARE(name, seconds) void name(void);
EXEC_TESTS(DECLARE)
#undef DECLARE

/* Roles: what the program does when a test executes it with this as its first argument. */
#define EXEC_ROLES(R) \
    R(echo)           \
    R(auxv)           \
    R(identity)       \
    R(descriptors)    \
    R(data)           \
    R(code)           \
    R(linger)         \
    R(chain)          \
    R(nothing)

#define DECLARE_ROLE(name) int role_##name(int argc, char **argv);
EXEC_ROLES(DECLARE_ROLE)
#undef DECLARE_ROLE

/* Executes a program in a child; returns its wait status, or -1 after so many seconds. */
int run_program(const char *path, char *const *argv, char *const *envp);

/* The same with this program and up to three arguments, NULL behind the last. */
int run_role(const char *role, const char *first, const char *second);

/* What a child ends with when execve comes back: the errno, by which one knows that it did. */
#define EXEC_FAILED(error) ((100 + (error)) << 8)

#endif
