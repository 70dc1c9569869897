/*
 * sh, the shell.
 *
 *   sh [-ex] [-i] [file [argument...]]
 *   sh [-ex] -c commands [name [argument...]]
 *
 * A small POSIX shell: pipelines, lists, redirections, if, while, until and for, quotes, variables,
 * $(...), patterns, jobs. It has no functions, here-documents, case, arithmetic or aliases. Without
 * -c and file it reads standard input; from a terminal, or with -i, it is interactive.
 */
#include "arena.h"
#include "jobs.h"
#include "parse.h"
#include "run.h"
#include "shell.h"
#include "variable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/bin"

struct shell shell = {.name = "sh"};

void shell_error(const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    fprintf(stderr, "sh: %s\n", text);
}

/* Adds a line of a text, its newline included; false if nothing is left. */
static bool next_line_of_text(const char **rest, struct text *line)
{
    const char *at = *rest;
    while (*at != '\0') {
        text_add(line, *at);
        if (*at++ == '\n')
            break;
    }
    bool any = at != *rest;
    *rest = at;
    return any;
}

/* A ^C at the prompt drops the line; one that ended a command has done its work. */
static void forget_interrupt(struct text *command)
{
    if (command->length > 0)
        command->bytes[command->length = 0] = '\0';
    shell.interrupted = false;
    shell.breaks = 0;
}

/* Byte by byte: the commands themselves may want to read what follows the line. */
static bool next_line_of_input(struct text *line)
{
    size_t before = line->length;
    char c;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, &c, 1);
        if (n < 0 && errno == EINTR && !shell.interrupted)
            continue;
        if (n <= 0)
            return line->length > before;
        if (shell.interrupted && shell.interactive) {
            forget_interrupt(line); /* the ^C was before this: a new line begins */
            before = 0;
        }
        text_add(line, c);
        if (c == '\n')
            return true;
    }
}

static bool next_line(const char **text, struct text *line)
{
    if (text != NULL)
        return next_line_of_text(text, line);
    if (shell.interactive)
        fprintf(stderr, line->length == 0 ? "$ " : "> ");
    return next_line_of_input(line);
}

/* Runs what was read if it is a whole command; false if more lines are needed. */
static bool run_if_complete(const char *command)
{
    struct node *tree;
    switch (parse(command, &tree)) {
    case PARSE_INCOMPLETE: return false;
    case PARSE_DONE:
        if (tree != NULL)
            run(tree);
        return true;
    default:
        shell.status = STATUS_SYNTAX;
        if (!shell.interactive)
            exit(shell.status);
        return true;
    }
}

/* Command after command from a text, or from standard input if that is NULL. */
static int run_all(const char **text)
{
    struct arena_mark mark = arena_mark();
    struct text command = {0};
    for (;;) {
        if (shell.interactive && text == NULL)
            jobs_report();
        bool any = next_line(text, &command);
        if (text == NULL && shell.interrupted) {
            fputs("\n", stderr);
            forget_interrupt(&command);
            continue;
        }
        if (!any)
            break;
        if (!run_if_complete(command.bytes))
            continue;
        command = (struct text){0};
        arena_release(mark);
        if (text == NULL)
            forget_interrupt(&command);
        else if (shell.breaks > 0 || shell.interrupted)
            break;
    }
    if (command.length > 0) {
        shell_error("syntax error: the end is missing");
        shell.status = STATUS_SYNTAX;
    }
    return shell.status;
}

int shell_run_text(const char *text)
{
    return run_all(&text);
}

int shell_run_file(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0) {
        shell_error("%s: %s", path, strerror(errno));
        return -1;
    }
    char *text = arena_alloc((size_t)status.st_size + 1);
    ssize_t n = read(fd, text, (size_t)status.st_size);
    close(fd);
    if (n < 0) {
        shell_error("%s: %s", path, strerror(errno));
        return -1;
    }
    return shell_run_text(text);
}

/* The options before the first other argument; -c is told by the result. */
static bool parse_options(int argc, char **argv, bool *interactive)
{
    bool commands = false;
    for (int option; (option = getopt(argc, argv, "ceix")) != -1;) {
        switch (option) {
        case 'c': commands = true; break;
        case 'e': shell.exit_on_error = true; break;
        case 'i': *interactive = true; break;
        case 'x': shell.trace = true; break;
        default: exit(STATUS_SYNTAX);
        }
    }
    return commands;
}

int main(int argc, char **argv)
{
    bool interactive = false, commands = parse_options(argc, argv, &interactive);
    char **rest = argv + optind;
    int count = argc - optind;
    shell.pid = getpid();
    variable_import(environ);
    if (variable_get("PATH") == NULL) {
        variable_set("PATH", DEFAULT_PATH);
        variable_export("PATH");
    }
    if (commands) {
        if (count == 0) {
            shell_error("-c: commands expected");
            return STATUS_SYNTAX;
        }
        if (count > 1)
            shell.name = rest[1];
        parameters_set(rest + 2, count > 2 ? count - 2 : 0);
        return shell_run_text(rest[0]);
    }
    if (count > 0) {
        shell.name = rest[0];
        parameters_set(rest + 1, count - 1);
        int status = shell_run_file(rest[0]);
        return status < 0 ? STATUS_NOT_FOUND : status;
    }
    shell.interactive = interactive || (isatty(STDIN_FILENO) && isatty(STDERR_FILENO));
    if (!shell.interactive)
        return run_all(NULL);
    jobs_begin();
    run_all(NULL);
    fputs("\n", stderr);
    return shell.status;
}
