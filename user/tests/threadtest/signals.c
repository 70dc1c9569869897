/* Functions of <signal.h>, <setjmp.h> and timers. */
#include "tests.h"

#include <setjmp.h>
#include <sys/time.h>
#include <ucontext.h>

void signal_sets(void)
{
    sigset_t set;
    CHECK(sigemptyset(&set) == 0 && sigismember(&set, SIGINT) == 0, "empty");
    CHECK(sigaddset(&set, SIGINT) == 0 && sigismember(&set, SIGINT) == 1, "add");
    CHECK(sigaddset(&set, 64) == 0 && sigismember(&set, 64) == 1, "the highest");
    CHECK(sigdelset(&set, SIGINT) == 0 && sigismember(&set, SIGINT) == 0, "remove");
    CHECK(sigismember(&set, 64) == 1, "others stay");
    CHECK(sigfillset(&set) == 0 && sigismember(&set, SIGKILL) == 1, "fill");
    CHECK(sigaddset(&set, 0) == -1 && errno == EINVAL, "no signal");
    CHECK(sigaddset(&set, 65) == -1 && errno == EINVAL, "too high");
    CHECK(sigdelset(&set, -1) == -1 && errno == EINVAL, "negative");
    CHECK(sigismember(&set, 65) == -1 && errno == EINVAL, "to look for");
    CHECK(SIGRTMIN > 31 && SIGRTMAX == 64, "the real-time ones");
}

static volatile int handled, depth, deepest, raises;
static siginfo_t last;
static bool has_context;

static void handle(int number)
{
    handled++;
}

static void handle_info(int number, siginfo_t *info, void *context)
{
    handled++;
    last = *info;
    has_context = context != NULL;
}

static void handle_nested(int number)
{
    depth++;
    deepest = depth > deepest ? depth : deepest;
    if (raises-- > 0)
        raise(number);
    depth--;
    handled++;
}

/* Whether the system runs handlers at all. */
static bool has_handlers(void)
{
    struct sigaction action = {.sa_handler = handle};
    sigaction(SIGURG, &action, NULL);
    raise(SIGURG);
    return handled-- == 1;
}

#define NEED_HANDLERS()                        \
    do {                                       \
        if (!has_handlers())                   \
            SKIP("there are no handlers yet"); \
        handled = 0;                           \
        errno = 0;                             \
    } while (0)

void signal_actions(void)
{
    struct sigaction action = {.sa_sigaction = handle_info, .sa_flags = SA_SIGINFO}, old;
    NEED_HANDLERS();
    sigaddset(&action.sa_mask, SIGTERM);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0, "set");
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0, "look");
    CHECK(old.sa_sigaction == handle_info && (old.sa_flags & SA_SIGINFO), "what was set");
    CHECK(sigismember(&old.sa_mask, SIGTERM) == 1 && !sigismember(&old.sa_mask, SIGINT), "mask");
    CHECK(kill(getpid(), SIGUSR1) == 0 && handled == 1, "sent");
    CHECK(last.si_signo == SIGUSR1 && last.si_code == SI_USER, "by kill: %d", last.si_code);
    CHECK(last.si_pid == getpid() && last.si_uid == getuid() && has_context, "by whom");
    CHECK(raise(SIGUSR1) == 0 && handled == 2, "raised");
    action = (struct sigaction){.sa_handler = handle, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGUSR1, &action, NULL);
    CHECK(raise(SIGUSR1) == 0 && handled == 3, "once");
    CHECK(sigaction(SIGUSR1, NULL, &old) == 0 && old.sa_handler == SIG_DFL, "and no more");
    action = (struct sigaction){.sa_handler = handle_nested, .sa_flags = SA_NODEFER};
    sigaction(SIGUSR1, &action, NULL);
    raises = 1;
    CHECK(raise(SIGUSR1) == 0 && deepest == 2 && handled == 5, "within itself");
    deepest = 0;
    raises = 1;
    CHECK(signal(SIGUSR1, handle_nested) == handle_nested, "set by signal");
    CHECK(raise(SIGUSR1) == 0 && deepest == 1 && handled == 7, "after itself");
    CHECK(signal(SIGUSR1, SIG_IGN) == handle_nested, "ignore");
    CHECK(raise(SIGUSR1) == 0 && handled == 7, "nothing");
    CHECK(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL, "not that one");
    CHECK(sigaction(99, &action, NULL) == -1 && errno == EINVAL, "no signal");
    CHECK(signal(0, handle) == SIG_ERR && errno == EINVAL, "no signal");
    CHECK(kill(getpid(), 99) == -1 && errno == EINVAL, "nor to send");
    CHECK(killpg(getpgrp(), 0) == 0, "to the group, none");
    CHECK(raise(99) != 0, "nor to raise");
}

void signal_waits(void)
{
    sigset_t set, old, pending;
    siginfo_t info;
    struct timespec none = {0, 0}, bad = {.tv_nsec = -1};
    int number = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0, "block");
    if (!HAS(sigtimedwait(&set, &info, &none)))
        SKIP("there is no sigtimedwait yet");
    CHECK(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN, "nothing is there");
    CHECK(sigtimedwait(&set, &info, &bad) == -1 && errno == EINVAL, "no time");
    raise(SIGUSR2);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1, "it is pending");
    CHECK(sigismember(&pending, SIGUSR1) == 0, "no other is");
    CHECK(sigtimedwait(&set, &info, &none) == SIGUSR2, "take it");
    CHECK(info.si_signo == SIGUSR2 && info.si_pid == getpid(), "what it was");
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 0, "it is taken");
    kill(getpid(), SIGUSR1);
    CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_code == SI_USER, "wait with info");
    raise(SIGUSR1);
    CHECK(sigwait(&set, &number) == 0 && number == SIGUSR1, "wait without");
    NEED_HANDLERS();
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    CHECK(handled == 0, "it is blocked");
    CHECK(sigsuspend(&old) == -1 && errno == EINTR && handled == 1, "suspend");
    CHECK(sigprocmask(SIG_BLOCK, NULL, &old) == 0 && sigismember(&old, SIGUSR1) == 1, "as before");
    CHECK(sigprocmask(77, &set, NULL) == -1 && errno == EINVAL, "no such change");
}

void signal_values(void)
{
    sigset_t set;
    siginfo_t info;
    union sigval value = {.sival_int = 42};
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (!HAS(sigqueue(getpid(), 0, value)))
        SKIP("there is no sigqueue yet");
    for (value.sival_int = 1; value.sival_int <= 3; value.sival_int++)
        CHECK(sigqueue(getpid(), SIGRTMIN, value) == 0, "send %d", value.sival_int);
    for (int i = 1; i <= 3; i++) {
        CHECK(sigwaitinfo(&set, &info) == SIGRTMIN, "take %d", i);
        CHECK(info.si_code == SI_QUEUE && info.si_value.sival_int == i, "in order: %d", i);
        CHECK(info.si_pid == getpid() && info.si_uid == getuid(), "by whom");
    }
    value.sival_ptr = &set;
    CHECK(sigqueue(getpid(), SIGRTMIN, value) == 0, "a pointer");
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_value.sival_ptr == &set, "as it was");
    CHECK(sigqueue(getpid(), 99, value) == -1 && errno == EINVAL, "no signal");
}

static char *handler_stack;

static void note_stack(int number)
{
    handler_stack = __builtin_frame_address(0);
}

void signal_stack(void)
{
    struct sigaction action = {.sa_handler = note_stack, .sa_flags = SA_ONSTACK};
    stack_t stack = {.ss_size = 64 << 10}, old;
    if (!HAS(sigaltstack(NULL, &old)))
        SKIP("there is no sigaltstack yet");
    NEED_HANDLERS();
    CHECK(sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE), "none at first");
    stack.ss_sp = malloc(stack.ss_size);
    char *start = stack.ss_sp, *end = start + stack.ss_size;
    CHECK(sigaltstack(&stack, NULL) == 0, "set");
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(handler_stack > start && handler_stack <= end, "the handler is on it");
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == start && old.ss_flags == 0, "look");
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    CHECK(handler_stack < start || handler_stack > end, "without the flag it is not");
    stack.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&stack, NULL) == 0, "disable");
    stack = (stack_t){.ss_sp = start, .ss_size = 100};
    CHECK(sigaltstack(&stack, NULL) == -1 && errno == ENOMEM, "too small");
}

static sigjmp_buf target;

static void jump(int number)
{
    siglongjmp(target, number);
}

void signal_jumps(void)
{
    sigset_t mask;
    NEED_HANDLERS();
    signal(SIGUSR1, jump);
    for (volatile int i = 0; i < 3; i++) {
        int number = sigsetjmp(target, 1);
        if (number == 0)
            raise(SIGUSR1);
        CHECK(number == SIGUSR1, "jumped: %d", number);
        sigprocmask(SIG_BLOCK, NULL, &mask);
        CHECK(sigismember(&mask, SIGUSR1) == 0, "with the mask");
    }
    if (sigsetjmp(target, 0) == 0)
        raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    CHECK(sigismember(&mask, SIGUSR1) == 1, "without it");
}

void signal_texts(void)
{
    char text[100] = "";
    CHECK(strcmp(strsignal(SIGSEGV), "Segmentation fault") == 0, "strsignal");
    CHECK(strcmp(strsignal(1000), "Unknown signal 1000") == 0, "of none");
    fflush(stderr);
    int saved = dup(2), fd = open("said", O_RDWR | O_CREAT, 0600);
    dup2(fd, 2);
    psignal(SIGINT, "here");
    dup2(saved, 2);
    CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0, "something is said");
    CHECK(strcmp(text, "here: Interrupt\n") == 0, "psignal: %s", text);
}

void timers(void)
{
    struct itimerval timer = {.it_value.tv_usec = 1000}, old;
    sigset_t set, mask;
    if (!HAS(getitimer(ITIMER_REAL, &old)))
        SKIP("there is no setitimer yet");
    NEED_HANDLERS();
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, &mask);
    signal(SIGALRM, handle);
    CHECK(setitimer(ITIMER_REAL, &timer, &old) == 0, "set");
    CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0, "none before");
    CHECK(sigsuspend(&mask) == -1 && handled == 1, "it goes off");
    CHECK(getitimer(ITIMER_REAL, &old) == 0, "look");
    CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_usec == 0, "once");
    timer.it_interval.tv_usec = 1000;
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0, "again and again");
    for (int i = 2; i < 5; i++)
        CHECK(sigsuspend(&mask) == -1 && handled == i, "time %d", i);
    CHECK(alarm(1000) == 1 && alarm(0) > 900, "alarm shares it");
    CHECK(alarm(0) == 0, "nothing is set");
    timer.it_value.tv_usec = 1000000;
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == -1 && errno == EINVAL, "no time");
    CHECK(setitimer(99, &timer, NULL) == -1 && errno == EINVAL, "no timer");
}
