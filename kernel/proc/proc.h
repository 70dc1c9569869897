/*
 * Processes: a thread or more with an address space, descriptors, a place in the tree of parents
 * and children.
 *
 *             proc_fork               proc_exit, a signal, the last thread      proc_wait
 *   (none) ---------------> LIVE -------------------------------------> ZOMBIE -----------> (none)
 *
 * A zombie has no threads, memory or files left, only what its parent wants to know. A process ends
 * when its last thread does. When one thread ends the process (exit_group, a deadly signal), or
 * replaces its program (execve), it asks the others to end: they do it on their way to user mode,
 * and their sleeps on behalf of the user end.
 *
 * Locks: tree_lock, a spinlock (RANK_TREE) for all processes: the tree, threads, groups, states,
 * signals. [threads] means that several threads of a process may use it, each with a reference it
 * takes under tree_lock. What a process's own thread alone uses needs none.
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

/* What paths and modes of new files go by; processes may share it (CLONE_FS). */
struct place {
    uint32_t refs;     /* [tree_lock] */
    struct inode *cwd; /* [tree_lock] with a reference: proc_hold_cwd */
    uint32_t umask;    /* [racy] */
};

struct proc {
    int pid;                  /* [const] */
    int group;                /* [tree_lock] */
    int session;              /* [tree_lock] */
    enum proc_state state;    /* [tree_lock] */
    bool ending;              /* [tree_lock] all its threads have to end, with exit_status */
    int exit_status;          /* [tree_lock] as wait4 gives it, once ZOMBIE */
    int exit_signal;          /* [const] what the parent is sent then; 0: nothing */
    bool stopped;             /* [tree_lock] by SIGSTOP or its like */
    int stop_signal;          /* [tree_lock] by which, until its last thread has stopped; then 0 */
    unsigned nstopped;        /* [tree_lock] threads that have */
    int event_status;         /* [tree_lock] for wait4: that it stopped or went on; 0: nothing */
    struct proc *parent;      /* [tree_lock] */
    struct list children;     /* [tree_lock] */
    struct list sibling_node; /* [tree_lock] in the parent's children */
    struct list all_node;     /* [tree_lock] */
    struct waitq child_exit;  /* [tree_lock] its waits for children */
    struct list threads;      /* [tree_lock] struct thread, by proc_node; the oldest first */
    unsigned nthreads;        /* [tree_lock] */
    struct thread *sole;      /* [tree_lock] executes a program: the others have to end */
    struct waitq thread_exit; /* [tree_lock] where it waits for that */
    struct waitq resumed;     /* [tree_lock] where stopped threads wait */
    struct thread *vfork_parent;   /* [tree_lock] waits until this process has memory of its own */
    struct sigset_pending pending; /* [tree_lock] signals for any of its threads */
    struct ksigaction *actions;    /* [tree_lock] NSIG of them; NULL: all default */
    uint64_t ignored;              /* [tree_lock] signals that are not even made pending */
    struct mm *mm;                 /* [threads] */
    struct fdtable *files;         /* [threads] */
    struct place *place;           /* [const until it ends] */
    uint64_t started_ns;           /* [const] since boot; tells processes of one pid apart */
    uint64_t faults[FAULT_NKINDS]; /* [atomic] */
    uint64_t user_ticks;           /* [racy] of the timer that found it in user mode */
    uint64_t system_ticks;         /* [racy] and in the kernel */
    uint64_t ended_ticks;          /* [tree_lock] for which threads ran that have ended */
    struct list alarm_node;        /* [tree_lock] among those with an alarm: see alarm.h */
    uint64_t alarm_at;             /* [tree_lock] by the monotonic clock */
    uint64_t alarm_interval;       /* [tree_lock] to the next one; 0: none */
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
 * clone(2): what the new process or thread shares with its maker (CLONE_*), and where it begins.
 * Returns its number, -EAGAIN, -ENOMEM, or -EINVAL for combinations of flags that there are not.
 * It returns 0 from the same system call.
 */
struct clone_request {
    uint64_t flags;      /* CLONE_*, and in the low byte the signal of a process's end */
    uint64_t stack;      /* its stack pointer; 0: the same address */
    uint64_t tls;        /* its register tp, with CLONE_SETTLS */
    uint64_t parent_tid; /* user addresses: see clone(2) */
    uint64_t child_tid;
};
int proc_clone(const struct clone_request *request);

/* Ends the current process with a wait status: an exit code << 8, or a signal. */
NORETURN void proc_exit(int status);

/* Ends the current thread; if it is the last one, with its process. */
NORETURN void proc_thread_exit(int status);

/* Whether the current thread has to end: it calls proc_thread_exit before it is in user mode. */
bool proc_thread_must_end(void) REQUIRES(tree_lock);

/* execve: waits until the current thread is its process's only one. 0, or -EINTR: it has to end. */
int proc_end_other_threads(void);

/* The current process's memory is its own: a parent in vfork goes on. */
void proc_release_vfork_parent(struct proc *p) REQUIRES(tree_lock);

/*
 * wait4(2), waitid(2): which children, and what is waited for. The pid of the one that `result`
 * tells about, 0 with WNOHANG, -ECHILD, -EINTR.
 */
struct wait_request {
    int pid;      /* as wait4's */
    bool ended;   /* waits for ends */
    bool stopped; /* and stops */
    bool resumed; /* and continuations */
    bool no_hang;
    bool keeps; /* WNOWAIT: it can be waited for again */
};
struct wait_result {
    int status;
    struct usage usage;
};
int proc_wait(const struct wait_request *request, struct wait_result *result);

/* The live or ended process with this number; NULL: none. A thread of any process. */
struct proc *proc_find(int pid) REQUIRES(tree_lock);
struct thread *proc_find_thread(int tid) REQUIRES(tree_lock);

/* A thread of a process that exec_first makes: the only one. */
static inline struct thread *proc_first_thread(const struct proc *p)
{
    return list_is_empty(&p->threads) ? NULL
                                      : list_entry(p->threads.next, struct thread, proc_node);
}

/* The working directory, with a reference. */
struct inode *proc_hold_cwd(void);

/* Calls visit(p, arg) for each process, with tree_lock held. */
void proc_for_each(void (*visit)(struct proc *p, void *arg), void *arg) EXCLUDES(tree_lock);

/*
 * Whether nobody in the session could make a stopped process of this group go on: no member has a
 * parent in another group.
 */
bool proc_group_is_orphan(const struct proc *p) REQUIRES(tree_lock);

/* setpgid(2), setsid(2): 0 or -ESRCH, -EPERM, -EINVAL. */
int proc_set_group(int pid, int group);
int proc_new_session(void);

/* What a process has used. */
void proc_get_usage(const struct proc *p, struct usage *usage) REQUIRES(tree_lock);

/* R, S, T or Z, as ps(1) shows it. */
char proc_state_letter(const struct proc *p) REQUIRES(tree_lock);

/* Fills in up to `count` entries for ps; returns how many. */
unsigned proc_list(struct quire_proc *entries, unsigned count);

#endif
