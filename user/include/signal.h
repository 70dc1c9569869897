/*
 * Signals. sigset_t is the kernel's: one bit for each signal, signal 1 in the lowest. Handlers
 * return through the kernel's own trampoline, so there is no sa_restorer.
 */
#ifndef SIGNAL_H
#define SIGNAL_H

#include <sys/types.h>

#include "abi/signal.h"

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
int kill(pid_t pid, int number);
int killpg(pid_t pgid, int number);
int raise(int number);

int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int number);
int sigdelset(sigset_t *set, int number);
int sigismember(const sigset_t *set, int number);

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old);
int sigpending(sigset_t *set);
int sigsuspend(const sigset_t *mask);

#endif
