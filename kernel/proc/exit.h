/* What beginning and ending processes have in common; for proc.c and exit.c. */
#ifndef PROC_EXIT_H
#define PROC_EXIT_H

#include "proc/proc.h"

extern struct proc *proc_of_init;

/* Frees what a process holds besides its threads; parts may be missing. */
void proc_release_parts(struct proc *p) EXCLUDES(tree_lock);

/* Takes a thread out of its process; true if it was the last one. */
bool proc_leave_thread(struct thread *t) REQUIRES(tree_lock);

/* Takes a zombie out of the tree; proc_free follows, without the lock. */
void proc_leave_tree(struct proc *p) REQUIRES(tree_lock);
void proc_free(struct proc *p);

#endif
