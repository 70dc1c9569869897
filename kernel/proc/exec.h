/* execve(2): replacing what a process runs. */
#ifndef PROC_EXEC_H
#define PROC_EXEC_H

#include <stdint.h>

struct thread;

/*
 * Makes the current process run the program `path`, with the arguments and environment that the
 * user pointers lead to. Does not fail once something has changed. 0: the registers are the new
 * program's; else Linux's errors for execve: -ENOENT, -EACCES, -ENOEXEC, -E2BIG, -EFAULT, -ENOMEM,
 * -EIO.
 */
int exec_replace(const char *path, uint64_t argv, uint64_t envp);

/* The same for the first process, which runs nothing yet; `command` is its one argument, or "". */
int exec_first(struct thread *t, const char *path, const char *command);

#endif
