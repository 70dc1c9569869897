/* The tests of signaltest: name and time limit; the roles; and what the files share. */
#ifndef SIGNALTEST_TESTS_H
#define SIGNALTEST_TESTS_H

#include "../clonetest/raw.h"
#include "../counters.h"
#include "../pages.h"
#include "../processes.h"
#include "../scratch.h"
#include "../test.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "arch.h"

#define SIGNAL_TESTS(T)           \
    T(handlers_run, 20)           \
    T(actions_are_kept, 20)       \
    T(action_errors, 20)          \
    T(mask_calls, 20)             \
    T(mask_errors, 20)            \
    T(blocked_waits, 20)          \
    T(standard_merge, 20)         \
    T(realtime_queue, 20)         \
    T(order_of_delivery, 20)      \
    T(handlers_nest, 20)          \
    T(masked_in_handler, 20)      \
    T(mask_of_handler, 20)        \
    T(no_defer, 20)               \
    T(reset_hand, 20)             \
    T(ignored, 20)                \
    T(ignored_while_blocked, 20)  \
    T(sender_is_told, 20)         \
    T(fault_unmapped, 20)         \
    T(fault_forbidden, 20)        \
    T(fault_past_the_end, 20)     \
    T(fault_of_the_kernel, 20)    \
    T(fault_is_repaired, 20)      \
    T(fault_illegal, 20)          \
    T(fault_breakpoint, 20)       \
    T(fault_kills, 20)            \
    T(fault_within_handler, 20)   \
    T(fault_in_calls, 20)         \
    T(context_pc, 20)             \
    T(context_register, 20)       \
    T(context_mask, 20)           \
    T(context_is_here, 20)        \
    T(registers_kept, 60)         \
    T(registers_kept_by_many, 60) \
    T(jump_out, 20)               \
    T(jump_out_often, 20)         \
    T(calls_interrupted, 60)      \
    T(calls_restarted, 60)        \
    T(calls_undisturbed, 60)      \
    T(calls_stopped, 60)          \
    T(sleep_tells_the_rest, 20)   \
    T(write_in_part, 20)          \
    T(copies_interrupted, 60)     \
    T(stack_alternate, 20)        \
    T(stack_overflow, 60)         \
    T(stack_stays, 20)            \
    T(stack_errors, 20)           \
    T(stack_over_fork, 20)        \
    T(fork_inherits, 20)          \
    T(exec_resets, 20)            \
    T(exec_keeps_pending, 20)     \
    T(child_ends, 20)             \
    T(child_stops, 20)            \
    T(child_stops_silently, 20)   \
    T(child_leaves_nothing, 20)   \
    T(child_ignored, 20)          \
    T(stop_and_continue, 20)      \
    T(stop_many, 20)              \
    T(stop_signals, 20)           \
    T(continue_discards, 20)      \
    T(kill_while_stopped, 20)     \
    T(timer_alarm, 20)            \
    T(timer_periodic, 20)         \
    T(timer_calls, 20)            \
    T(timer_over_fork, 20)        \
    T(kill_group, 20)             \
    T(kill_errors, 20)            \
    T(kill_threads, 20)           \
    T(broken_pipe, 20)            \
    T(suspend, 20)                \
    T(suspend_errors, 20)         \
    T(wait_takes, 20)             \
    T(wait_times_out, 20)         \
    T(wait_errors, 20)            \
    T(many_senders, 60)           \
    T(bad_handler, 20)            \
    T(bad_stack, 20)              \
    T(bad_frames, 60)             \
    T(bad_random_frames, 120)     \
    T(bad_pointers, 20)

#define DECLARE(name, seconds) void name(void);
SIGNAL_TESTS(DECLARE)
#undef DECLARE

/* What the program does when a test executes it with this as its first argument. */
#define SIGNAL_ROLES(R) \
    R(report)           \
    R(pending)

#define DECLARE_ROLE(name) int role_##name(void);
SIGNAL_ROLES(DECLARE_ROLE)
#undef DECLARE_ROLE

/* Executes this program in that role; returns only if it cannot. */
void exec_role(const char *role);

typedef void catcher(int number, siginfo_t *info, void *context);

/* Leaves the test where no handler can be installed yet. */
#define NEEDS_HANDLERS()                                                 \
    do {                                                                 \
        struct sigaction action_ = {.sa_handler = take_note_of};         \
        if (sigaction(SIGUSR1, &action_, NULL) == -1 && errno == ENOSYS) \
            SKIP("there are no handlers for signals");                   \
        action_.sa_handler = SIG_DFL;                                    \
        sigaction(SIGUSR1, &action_, NULL);                              \
    } while (0)

/* --- What handlers write down --- */

struct notes {
    volatile int count;
    volatile int order[256]; /* the numbers, in the order in which handlers began */
    siginfo_t info;          /* of the last one */
};

extern struct notes notes;

/* Handlers: they add to the notes. */
void take_note(int number, siginfo_t *info, void *context);
void take_note_of(int number);

/* sigaction, with SA_SIGINFO and nothing blocked beside the signal itself. */
void catch (int number, catcher *handler, int flags);

/* The same with all signals blocked while the handler runs. */
void catch_alone(int number, catcher *handler, int flags);

void set_handler(int number, void (*handler)(int));

/* --- Masks --- */

/* A set of one or two signals; 0 is none. */
sigset_t set_of(int one, int other);

void block(int number);
void unblock(int number);
bool is_blocked(int number);
bool is_pending(int number);

/* --- Sending --- */

void send_signal(pid_t pid, int number);

/* Sends it to this process. */
void send_self(int number);

/* Runs a function in a child, sends it a signal once it sleeps in a call. */
void kill_sleeper(pid_t pid, int number);

/* Waits for a child's next change; what waitpid stored. */
int status_of(pid_t pid, int options);

/* A child that sleeps until a signal ends it. */
pid_t start_sleeper(void);

#endif
