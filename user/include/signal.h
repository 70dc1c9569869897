/*
 * Signals. sigset_t is the kernel's: one bit for each signal, signal 1 in the lowest. Handlers
 * return through the kernel's own trampoline, so there is no sa_restorer.
 */
#ifndef SIGNAL_H
#define SIGNAL_H

#include <sys/types.h>

#include "abi/signal.h"
#include "abi/time.h"
#include "abi/ucontext.h"

/* The first of those that have no meaning of their own, as in glibc, which keeps two for itself. */
#define SIGRTMIN 34
#define SIGRTMAX (NSIG - 1)

typedef unsigned long sigset_t;
typedef int sig_atomic_t;

struct sigaction {
    union {
        sighandler_t sa_handler;
        void (*sa_sigaction)(int, siginfo_t *, void *);
    };
    int sa_flags;
    sigset_t sa_mask;
};

int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict old);
sighandler_t signal(int number, sighandler_t handler);
int sigaltstack(const stack_t *restrict stack, stack_t *restrict old);
int kill(pid_t pid, int number);
int killpg(pid_t pgid, int number);
int raise(int number);
int tgkill(pid_t pid, pid_t tid, int number);
int sigqueue(pid_t pid, int number, const union sigval value);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int number);
int sigdelset(sigset_t *set, int number);
int sigismember(const sigset_t *set, int number);

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);
int sigwait(const sigset_t *restrict set, int *restrict number);
int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info);
int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict timeout);

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int pthread_kill(pthread_t thread, int number);
int pthread_sigqueue(pthread_t thread, int number, const union sigval value);

void psignal(int number, const char *text);

#endif
