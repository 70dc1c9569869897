/* Jobs: processes, process groups and the terminal. See jobs.h. */
#include "jobs.h"
#include "arena.h"
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    pid_t pid;
    int status; /* as from waitpid */
    bool ended;
    bool stopped;
};

struct job {
    struct job *next;
    int number; /* %1, %2...; 0 in the foreground */
    pid_t group;
    char *text;
    size_t count;
    struct process *processes;
};

static struct job *jobs; /* in the background, oldest first */
static const int terminal = STDIN_FILENO;

/* Without SA_RESTART: a read at the prompt ends, so that the line can be dropped. */
static void on_interrupt(int number)
{
    shell.interrupted = true;
}

void jobs_begin(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    if (sigaction(SIGINT, &action, NULL) < 0)
        signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(terminal, getpgrp());
}

struct job *job_start(const char *text)
{
    struct job *job = heap_realloc(NULL, sizeof(*job));
    *job = (struct job){.text = heap_copy(text == NULL ? "" : text)};
    return job;
}

static void job_free(struct job *job)
{
    free(job->text);
    free(job->processes);
    free(job);
}

static void ignore_interrupts(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
}

static void read_nothing(void)
{
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0)
        return;
    dup2(fd, STDIN_FILENO);
    close(fd);
}

static void become_child(const struct job *job, enum job_kind kind)
{
    bool controlled = shell.interactive && kind != JOB_SUBSTITUTION;
    if (controlled) {
        setpgid(0, job->group);
        if (kind == JOB_FOREGROUND)
            tcsetpgrp(terminal, getpgrp());
    }
    if (shell.interactive) {
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        signal(SIGTSTP, SIG_DFL);
        signal(SIGTTIN, SIG_DFL);
        signal(SIGTTOU, SIG_DFL);
    } else if (kind == JOB_BACKGROUND) {
        ignore_interrupts();
        if (job->count == 0)
            read_nothing();
    }
    shell.interactive = false;
    shell.loops = 0;
    jobs = NULL;
}

/* Parent and child both set the group, so that it is set whoever runs first. */
pid_t job_fork(struct job *job, enum job_kind kind)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0) {
        shell_error("fork: %s", strerror(errno));
        return -1;
    }
    if (pid == 0) {
        become_child(job, kind);
        return 0;
    }
    if (job->group == 0)
        job->group = pid;
    if (shell.interactive && kind != JOB_SUBSTITUTION)
        setpgid(pid, job->group);
    job->processes = heap_realloc(job->processes, (job->count + 1) * sizeof(*job->processes));
    job->processes[job->count++] = (struct process){.pid = pid};
    return pid;
}

/* What $? becomes; a job that has no process failed to fork. */
static int job_status(const struct job *job)
{
    if (job->count == 0)
        return STATUS_CANNOT_RUN;
    int status = job->processes[job->count - 1].status;
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * Looks for ends, or without WNOHANG waits for them, or for stops with WUNTRACED; false if not all
 * have ended, or at a ^C.
 */
static bool job_collect(struct job *job, int options)
{
    bool all = true;
    for (size_t i = 0; i < job->count; i++) {
        struct process *process = &job->processes[i];
        pid_t pid;
        if (process->ended)
            continue;
        do
            pid = waitpid(process->pid, &process->status, options);
        while (pid < 0 && errno == EINTR && !shell.interrupted);
        process->stopped = pid > 0 ? WIFSTOPPED(process->status) : process->stopped;
        process->ended = (pid > 0 && !process->stopped) || (pid < 0 && errno != EINTR);
        all &= process->ended;
    }
    return all;
}

static bool job_is_stopped(const struct job *job)
{
    bool any = false;
    for (size_t i = 0; i < job->count; i++) {
        const struct process *process = &job->processes[i];
        if (!process->ended && !process->stopped)
            return false;
        any |= !process->ended;
    }
    return any;
}

/* Waits until it has ended or, where jobs can be, is stopped, which is false. */
static bool job_wait(struct job *job)
{
    while (!job_collect(job, shell.interactive ? WUNTRACED : 0))
        if (job_is_stopped(job))
            return false;
    return true;
}

/* It goes on. */
static void job_continue(struct job *job)
{
    for (size_t i = 0; i < job->count; i++)
        job->processes[i].stopped = false;
    kill(-job->group, SIGCONT);
}

/* The signal that ended one of its processes, if it is one to speak of; else 0. */
static int job_signal(const struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        int status = job->processes[i].status;
        int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        if (number != 0 && number != SIGINT && number != SIGPIPE)
            return number;
    }
    return 0;
}

static void say_signal(const struct job *job)
{
    int number = job_signal(job);
    if (number != 0)
        fprintf(stderr, "%s: %s\n", job->text, strsignal(number));
}

void job_detach(struct job *job)
{
    struct job **link = &jobs;
    job->number = 1;
    for (; *link != NULL; link = &(*link)->next)
        job->number = (*link)->number + 1;
    *link = job;
    if (job->count == 0)
        return;
    shell.last_background = job->processes[job->count - 1].pid;
    if (shell.interactive)
        fprintf(stderr, "[%d] %d\n", job->number, shell.last_background);
}

static void unlink_job(struct job *job)
{
    struct job **link = &jobs;
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
}

/*
 * Where there are no process groups a ^C for the job reaches the shell as well; the job decides.
 * One that it ended ends the loops around it too.
 */
int job_finish(struct job *job)
{
    if (!job_wait(job)) {
        tcsetpgrp(terminal, getpgrp());
        if (job->number == 0)
            job_detach(job);
        fprintf(stderr, "\n[%d] Stopped\t%s\n", job->number, job->text);
        return STATUS_SIGNAL + SIGTSTP;
    }
    if (job->number != 0)
        unlink_job(job);
    int status = job_status(job);
    if (shell.interactive) {
        tcsetpgrp(terminal, getpgrp());
        if (status == STATUS_SIGNAL + SIGINT) {
            shell.interrupted = true;
            fputs("\n", stderr);
        }
    }
    say_signal(job);
    job_free(job);
    return status;
}

static void say_end(const struct job *job)
{
    int number = job_signal(job), status = job_status(job);
    if (number != 0)
        fprintf(stderr, "[%d] %s\t%s\n", job->number, strsignal(number), job->text);
    else if (status != 0)
        fprintf(stderr, "[%d] Exit %d\t%s\n", job->number, status, job->text);
    else
        fprintf(stderr, "[%d] Done\t%s\n", job->number, job->text);
}

void jobs_report(void)
{
    for (struct job *job = jobs, *next; job != NULL; job = next) {
        next = job->next;
        if (!job_collect(job, WNOHANG) || !shell.interactive)
            continue;
        say_end(job);
        unlink_job(job);
        job_free(job);
    }
}

/* Waits for a background job; it stays one if the waiting is interrupted, or it is stopped. */
static int reclaim(struct job *job)
{
    if (!job_collect(job, shell.interactive ? WUNTRACED : 0) && !job_is_stopped(job))
        return STATUS_SIGNAL + SIGINT;
    return job_finish(job);
}

int jobs_wait_all(int status)
{
    int last = 0;
    while (jobs != NULL && !shell.interrupted) {
        int one = reclaim(jobs);
        if (one != 0)
            last = one;
    }
    return last != 0 ? last : status;
}

/* "123": of that process; "%1": of that number. */
static struct job *find(const char *name)
{
    bool by_number = name[0] == '%';
    int wanted = atoi(name + by_number);
    for (struct job *job = jobs; job != NULL; job = job->next) {
        if (by_number && job->number == wanted)
            return job;
        for (size_t i = 0; !by_number && i < job->count; i++)
            if (job->processes[i].pid == wanted)
                return job;
    }
    return NULL;
}

int jobs_wait_one(const char *name)
{
    struct job *job = find(name);
    return job == NULL ? STATUS_NOT_FOUND : reclaim(job);
}

int jobs_foreground(const char *name)
{
    struct job *job = find(name);
    if (job == NULL) {
        shell_error("fg: %s: no such job", name);
        return 1;
    }
    fprintf(stderr, "%s\n", job->text);
    tcsetpgrp(terminal, job->group);
    job_continue(job);
    return reclaim(job);
}

int jobs_continue(const char *name)
{
    struct job *job = find(name);
    if (job == NULL) {
        shell_error("bg: %s: no such job", name);
        return 1;
    }
    fprintf(stderr, "[%d] %s &\n", job->number, job->text);
    job_continue(job);
    return 0;
}

static const char *state_of(struct job *job)
{
    if (job_collect(job, WNOHANG | WUNTRACED))
        return "Ended";
    return job_is_stopped(job) ? "Stopped" : "Running";
}

void jobs_show(void)
{
    for (struct job *job = jobs; job != NULL; job = job->next)
        printf("[%d] %s\t%s\n", job->number, state_of(job), job->text);
}
