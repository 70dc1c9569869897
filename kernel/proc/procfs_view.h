/*
 * A look at one process: its numbers at one moment, and a reference to its address space, so that
 * nothing that is read later can go away. Processes are named by pid and generation: a number that
 * a later process has got again is not meant.
 */
#ifndef PROC_PROCFS_VIEW_H
#define PROC_PROCFS_VIEW_H

#include "abi/resource.h"
#include "fs/file.h"
#include "mm/mm.h"

struct proc_id {
    int pid;
    uint32_t generation;
};

struct proc_view {
    struct proc_id id;
    int parent, group, session;
    char state; /* R, S, Z as ps has them */
    char name[16];
    uint32_t umask;
    unsigned threads;
    uint64_t thread_pending, blocked; /* signals, of the oldest thread; bit n - 1 for signal n */
    uint64_t pending, ignored, caught;
    uint64_t started_ns; /* since boot */
    uint64_t user_ns, system_ns, children_user_ns, children_system_ns;
    uint64_t minor_faults, major_faults;
    struct rlimit limits[RLIM_NLIMITS];
    struct mm *mm; /* NULL: it has ended, or is about to */
};

/* 0, or -ESRCH. */
int proc_view_get(struct proc_id id, struct proc_view *v);
void proc_view_put(struct proc_view *v);

/* Whether it is still there, ended or not. */
bool proc_exists(struct proc_id id);

/* The generation of the process that has this pid now; the lowest pid from `pid` on that is taken.
 */
int proc_find_generation(int pid, uint32_t *generation); /* 0, -ESRCH */
int proc_next_pid(int pid);                              /* or 0 */

/* What it has open at `fd`, with a reference; or NULL. The lowest such descriptor from `fd` on. */
struct file *proc_get_file(struct proc_id id, int fd);
int proc_next_fd(struct proc_id id, int fd); /* or -1 */

/* Its working directory, its program's file, with a reference; or NULL. */
struct inode *proc_get_cwd(struct proc_id id);
struct inode *proc_get_program(struct proc_id id);

/* Of all processes, those that have ended and been waited for included. */
struct proc_totals {
    unsigned processes, running, last_pid;
    uint64_t user_ns, system_ns;
};
void proc_get_totals(struct proc_totals *t);

#endif
