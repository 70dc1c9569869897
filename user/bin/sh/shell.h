/*
 * The shell's state, which all its parts know. The parts, from the text to the process:
 *
 *   main.c      where commands come from: -c, a script, a terminal
 *   parse.c     text to a tree (lex.c: text to tokens)
 *   run.c       walks the tree
 *   expand.c    a word of the text to the words of a command (glob.c: to names of files)
 *   jobs.c      processes, process groups and the terminal
 *   builtin.c   commands that the shell carries out itself
 *   variable.c  variables and positional parameters
 *   arena.c     memory that goes all at once
 */
#ifndef SH_SHELL_H
#define SH_SHELL_H

#include <stdbool.h>
#include <sys/types.h>

enum {
    STATUS_SYNTAX = 2,
    STATUS_CANNOT_RUN = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128, /* plus the signal's number */
};

struct shell {
    const char *name;          /* $0 */
    int status;                /* $? */
    pid_t pid;                 /* $$: in a subshell too that of the shell it came from */
    pid_t last_background;     /* $! */
    bool interactive;          /* prompts, and gives every job a process group of its own */
    bool exit_on_error;        /* set -e */
    bool trace;                /* set -x */
    int tested;                /* in how many conditions we are: there set -e does not count */
    int loops;                 /* in how many loops we are */
    int breaks;                /* how many of them are still to be left */
    bool continues;            /* the last of which then begins its next round */
    volatile bool interrupted; /* SIGINT came; only an interactive shell lives to see it */
};

extern struct shell shell;

/* A message on standard error, with the shell's name before it. */
void shell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Parses and runs a text, line by line; returns the last status. */
int shell_run_text(const char *text);

/* The same for a whole file; -1 and a message if it cannot be read. */
int shell_run_file(const char *path);

#endif
