/* Commands that the shell carries out itself. */
#include "builtin.h"
#include "arena.h"
#include "jobs.h"
#include "shell.h"
#include "variable.h"
#include "../common/condition.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int builtin_true(int argc, char **argv)
{
    return 0;
}

static int builtin_false(int argc, char **argv)
{
    return 1;
}

static int builtin_echo(int argc, char **argv)
{
    bool newline = argc < 2 || strcmp(argv[1], "-n") != 0;
    for (int i = newline ? 1 : 2; i < argc; i++)
        printf("%s%s", argv[i], i + 1 < argc ? " " : "");
    if (newline)
        putchar('\n');
    return 0;
}

static int builtin_cd(int argc, char **argv)
{
    const char *home = variable_get("HOME");
    const char *path = argc > 1 ? argv[1] : home != NULL ? home : "/";
    char here[PATH_MAX];
    if (chdir(path) < 0) {
        shell_error("cd: %s: %s", path, strerror(errno));
        return 1;
    }
    if (getcwd(here, sizeof(here)) != NULL)
        variable_set("PWD", here);
    return 0;
}

static int builtin_pwd(int argc, char **argv)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof(here)) == NULL) {
        shell_error("pwd: %s", strerror(errno));
        return 1;
    }
    puts(here);
    return 0;
}

static int builtin_exit(int argc, char **argv)
{
    exit(argc > 1 ? atoi(argv[1]) & 0xff : shell.status);
}

static int builtin_wait(int argc, char **argv)
{
    int status = 0;
    if (argc == 1)
        return jobs_wait_all(shell.status);
    for (int i = 1; i < argc; i++)
        status = jobs_wait_one(argv[i]);
    return status;
}

static int builtin_jobs(int argc, char **argv)
{
    jobs_show();
    return 0;
}

static int builtin_fg(int argc, char **argv)
{
    return jobs_foreground(argc > 1 ? argv[1] : "%1");
}

static int builtin_bg(int argc, char **argv)
{
    return jobs_continue(argc > 1 ? argv[1] : "%1");
}

/* NAME or NAME=value */
static int builtin_export(int argc, char **argv)
{
    if (argc == 1)
        variable_show(true);
    for (int i = 1; i < argc; i++) {
        size_t length = variable_name_length(argv[i]);
        if (length == 0 || (argv[i][length] != '=' && argv[i][length] != '\0')) {
            shell_error("export: %s: not a name", argv[i]);
            return 1;
        }
        char *name = arena_copy(argv[i], length);
        if (argv[i][length] == '=')
            variable_set(name, argv[i] + length + 1);
        variable_export(name);
    }
    return 0;
}

static int builtin_unset(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        variable_unset(argv[i]);
    return 0;
}

/* -e, +x and the like: false if there is no such option. */
static bool set_options(const char *text)
{
    bool on = text[0] == '-';
    for (text++; *text != '\0'; text++) {
        if (*text == 'e')
            shell.exit_on_error = on;
        else if (*text == 'x')
            shell.trace = on;
        else
            return false;
    }
    return true;
}

/* set; set -e; set +x; set [--] new positional parameters */
static int builtin_set(int argc, char **argv)
{
    int i = 1;
    if (argc == 1)
        variable_show(false);
    for (; i < argc && (argv[i][0] == '-' || argv[i][0] == '+'); i++) {
        if (strcmp(argv[i], "--") == 0) {
            parameters_set(argv + i + 1, argc - i - 1);
            return 0;
        }
        if (!set_options(argv[i])) {
            shell_error("set: %s: no such option", argv[i]);
            return 2;
        }
    }
    if (i < argc)
        parameters_set(argv + i, argc - i);
    return 0;
}

static int builtin_shift(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;
    if (n < 0 || n > parameters_count()) {
        shell_error("shift: not so many parameters");
        return 1;
    }
    parameters_shift(n);
    return 0;
}

static int leave_loops(int argc, char **argv, bool continues)
{
    int n = argc > 1 ? atoi(argv[1]) : 1;
    if (n < 1 || shell.loops == 0) {
        shell_error("%s: %s", argv[0], n < 1 ? "not a number of loops" : "not in a loop");
        return 1;
    }
    shell.breaks = n < shell.loops ? n : shell.loops;
    shell.continues = continues;
    return 0;
}

static int builtin_break(int argc, char **argv)
{
    return leave_loops(argc, argv, false);
}

static int builtin_continue(int argc, char **argv)
{
    return leave_loops(argc, argv, true);
}

static int builtin_umask(int argc, char **argv)
{
    if (argc > 1) {
        umask((mode_t)strtoul(argv[1], NULL, 8));
        return 0;
    }
    mode_t mask = umask(0);
    umask(mask);
    printf("%04o\n", mask);
    return 0;
}

/* Byte by byte: what follows the line belongs to whoever reads next. */
static bool read_line(struct text *line)
{
    char c;
    text_add(line, '\0');
    line->length = 0;
    while (read(STDIN_FILENO, &c, 1) == 1) {
        if (c == '\n')
            return true;
        text_add(line, c);
    }
    return line->length > 0;
}

/* Each name gets a word, the last one the rest of the line. */
static int builtin_read(int argc, char **argv)
{
    struct text line = {0};
    bool got = read_line(&line);
    char *at = line.bytes;
    for (int i = 1; i < argc; i++) {
        at += strspn(at, " \t");
        size_t length = i + 1 < argc ? strcspn(at, " \t") : strlen(at);
        char *word = arena_copy(at, length);
        for (; i + 1 == argc && length > 0 && strchr(" \t", word[length - 1]) != NULL; length--)
            word[length - 1] = '\0';
        variable_set(argv[i], word);
        at += strcspn(at, " \t");
    }
    return !got;
}

static int builtin_eval(int argc, char **argv)
{
    struct text text = {0};
    for (int i = 1; i < argc; i++) {
        for (const char *c = argv[i]; *c != '\0'; c++)
            text_add(&text, *c);
        text_add(&text, ' ');
    }
    return text.bytes == NULL ? 0 : shell_run_text(text.bytes);
}

static int builtin_source(int argc, char **argv)
{
    if (argc < 2) {
        shell_error(".: no file named");
        return STATUS_SYNTAX;
    }
    int status = shell_run_file(argv[1]);
    return status < 0 ? 1 : status;
}

static const struct {
    const char *name;
    builtin_t *run;
} builtins[] = {
    {".", builtin_source},
    {":", builtin_true},
    {"[", condition_main},
    {"bg", builtin_bg},
    {"break", builtin_break},
    {"cd", builtin_cd},
    {"continue", builtin_continue},
    {"echo", builtin_echo},
    {"eval", builtin_eval},
    {"exit", builtin_exit},
    {"export", builtin_export},
    {"false", builtin_false},
    {"fg", builtin_fg},
    {"jobs", builtin_jobs},
    {"pwd", builtin_pwd},
    {"read", builtin_read},
    {"set", builtin_set},
    {"shift", builtin_shift},
    {"test", condition_main},
    {"true", builtin_true},
    {"umask", builtin_umask},
    {"unset", builtin_unset},
    {"wait", builtin_wait},
};

builtin_t *builtin_find(const char *name)
{
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
        if (strcmp(builtins[i].name, name) == 0)
            return builtins[i].run;
    return NULL;
}
