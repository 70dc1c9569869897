/*
 * Processes: a thread (or more) with an address space, descriptors, a place in the tree of parents
 * and children.
 *
 *            process_fork                 process_exit, or a signal            process_wait
 *   (none) ---------------> LIVE -------------------------------------> ZOMBIE -----------> (none)
 *
 * A zombie has no thread, memory or files left, only what its parent wants to know.
 *
 * Locks: tree_lock, a spinlock (RANK_TREE) for all processes: the tree, groups, states, pending
 * signals. What a process's own thread alone uses needs none.
 */
#ifndef PROC_PROC_H
#define PROC_PROC_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/quire.h"
#include "abi/resource.h"
#include "abi/signal.h"
#include "fs/fdtable.h"
#include "mm/mm.h"
#include "proc/thread.h"

enum proc_state { PROC_LIVE, PROC_ZOMBIE };

/* What getrusage tells, without what is always 0. */
struct usage {
    uint64_t user_ns, system_ns;
    uint64_t faults[FAULT_NKINDS];
};

struct proc {
    int pid;                       /* [const] */
    int group;                     /* [tree_lock] */
    int session;                   /* [tree_lock] */
    enum proc_state state;         /* [tree_lock] */
    int exit_status;               /* [tree_lock] as wait4 gives it, once ZOMBIE */
    struct proc *parent;           /* [tree_lock] */
    struct list children;          /* [tree_lock] */
    struct list sibling_node;      /* [tree_lock] in the parent's children */
    struct list all_node;          /* [tree_lock] */
    struct waitq child_exit;       /* [tree_lock] its waits for children */
    struct thread *thread;         /* [tree_lock] NULL once it has ended */
    uint64_t pending;              /* [tree_lock] signals: bit n - 1 for signal n */
    uint64_t blocked;              /* [owner] */
    struct ksigaction *actions;    /* [owner] NSIG of them; NULL: all default */
    uint64_t ignored;              /* [tree_lock] signals that are not even made pending */
    struct mm *mm;                 /* [owner] */
    struct fdtable *files;         /* [owner] */
    struct inode *cwd;             /* [owner] with a reference */
    uint32_t umask;                /* [owner] */
    uint64_t started_ns;           /* [const] since boot; tells processes of one pid apart */
    uint64_t faults[FAULT_NKINDS]; /* [owner] */
    uint64_t user_ticks;           /* [owner] of the timer that found it in user mode */
    uint64_t system_ticks;         /* [owner] and in the kernel */
    struct usage children_usage;   /* [tree_lock] of those that were waited for, and theirs */
    char name[20];                 /* [owner, racy to others] of the program */

    struct rlimit limits[RLIM_NLIMITS]; /* [tree_lock to change] by RLIMIT_*; see limits.h */
};

extern struct spinlock tree_lock;

void proc_init(void);

/* The first process, running the program `path`; its children never lack a parent. 0 or an error.
 */
int proc_start_init(const char *path, const char *command);

/*
 * A copy of the current process: its pid, or -EAGAIN, -ENOMEM. The child returns 0 from the same
 * system call, with its stack pointer at `stack` unless that is 0, and gets its pid stored at the
 * user address `child_tid` unless that is 0.
 */
int proc_fork(uint64_t stack, uint64_t child_tid);

/* Ends the current process with a wait status: an exit code << 8, or a signal. */
NORETURN void proc_exit(int status);

/* wait4(2): the pid of a child that ended, 0 with `no_hang`, -ECHILD, -EINTR. */
struct wait_result {
    int status;
    struct usage usage;
};
int proc_wait(int pid, bool no_hang, struct wait_result *result);

/* The live or ended process with this number; NULL: none. */
struct proc *proc_find(int pid) REQUIRES(tree_lock);

/* Calls visit(p, arg) for each process, with tree_lock held. */
void proc_for_each(void (*visit)(struct proc *p, void *arg), void *arg) EXCLUDES(tree_lock);

/* setpgid(2), setsid(2): 0 or -ESRCH, -EPERM, -EINVAL. */
int proc_set_group(int pid, int group);
int proc_new_session(void);

/* What a process has used; the caller's own, or one that cannot run. */
void proc_get_usage(const struct proc *p, struct usage *usage);

/* Fills in up to `count` entries for ps; returns how many. */
unsigned proc_list(struct quire_proc *entries, unsigned count);

#endif
