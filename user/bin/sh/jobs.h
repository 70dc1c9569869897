/*
 * Jobs: the processes that one command line became. In an interactive shell each job has a process
 * group, and the one in the foreground has the terminal, so that ^C reaches it alone. Where the
 * system has no process groups, everything else still works. A job that ^Z stops is in the
 * background until `fg` or `bg` makes it go on.
 *
 * A job is started, gets its processes, and is then either finished (waited for at once) or
 * detached, to go on in the background. Detached jobs are kept until somebody has heard of their
 * end: by `wait`, or by the message before a prompt.
 */
#ifndef SH_JOBS_H
#define SH_JOBS_H

#include <sys/types.h>

struct job;

enum job_kind {
    JOB_FOREGROUND,
    JOB_BACKGROUND,   /* without job control: no ^C, and nothing to read */
    JOB_SUBSTITUTION, /* stays in the shell's own process group */
};

/* Signals and terminal of an interactive shell. */
void jobs_begin(void);

struct job *job_start(const char *text);

/* fork() for a process of the job; -1 after a message. The child is a shell without jobs. */
pid_t job_fork(struct job *job, enum job_kind kind);

/* Waits for all its processes and frees it; returns the status of the last of them. */
int job_finish(struct job *job);
void job_detach(struct job *job);

/* Notices which background jobs have ended; an interactive shell says so and forgets them. */
void jobs_report(void);

/*
 * Waits for all background jobs, in the order they were started. Returns the last status that was
 * not 0. If all were 0 it returns `status`, the one before: so `false; wait` is still a failure,
 * which is not what POSIX says, but lets a script end with `a & b & c; wait` and fail if any did.
 */
int jobs_wait_all(int status);

/* Waits for the job with a process or job number ("123", "%1"); 127 if there is none. */
int jobs_wait_one(const char *name);

/* Makes it go on: with the terminal, waiting for it; or in the background. */
int jobs_foreground(const char *name);
int jobs_continue(const char *name);
void jobs_show(void);

#endif
