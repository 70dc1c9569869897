/* Walking the tree of a command. */
#include "run.h"
#include "arena.h"
#include "builtin.h"
#include "expand.h"
#include "jobs.h"
#include "redirect.h"
#include "shell.h"
#include "variable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int run_program(char **argv)
{
    environ = variable_environment();
    execvp(argv[0], argv);
    if (errno == ENOENT && strchr(argv[0], '/') == NULL) {
        shell_error("%s: not found", argv[0]);
        return STATUS_NOT_FOUND;
    }
    int status = errno == ENOENT || errno == ENOTDIR ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
    shell_error("%s: %s", argv[0], strerror(errno));
    return status;
}

static void assign(const struct word *assignments, bool exported)
{
    for (; assignments != NULL; assignments = assignments->next) {
        size_t length = variable_name_length(assignments->text);
        char *name = arena_copy(assignments->text, length);
        variable_set(name, expand_single(assignments->text + length + 1));
        if (exported)
            variable_export(name);
    }
}

static void trace(const struct strings *argv)
{
    for (size_t i = 0; i < argv->count; i++)
        fprintf(stderr, "%s%s", i == 0 ? "+ " : " ", argv->items[i]);
    fprintf(stderr, "\n");
}

/* Assignments before a builtin hold for its time only. */
static int run_builtin(const struct node *node, builtin_t *builtin, const struct strings *argv)
{
    struct saved_variable *saved;
    int count = 0;
    for (const struct word *w = node->assignments; w != NULL; w = w->next)
        count++;
    saved = arena_alloc((size_t)count * sizeof(*saved));
    count = 0;
    for (const struct word *w = node->assignments; w != NULL; w = w->next)
        saved[count++] = variable_save(arena_copy(w->text, variable_name_length(w->text)));
    assign(node->assignments, false);
    int status = builtin((int)argv->count, argv->items);
    if (fflush(stdout) < 0 && status == 0)
        status = 1;
    clearerr(stdout);
    while (count > 0)
        variable_restore(&saved[--count]);
    return status;
}

static int run_in_place(const struct node *node, builtin_t *builtin, const struct strings *argv)
{
    struct saved_fd *saved = NULL;
    int status = 1;
    if (redirect_apply(node->redirects, &saved)) {
        if (builtin != NULL) {
            status = run_builtin(node, builtin, argv);
        } else {
            assign(node->assignments, false);
            status = expand_status;
        }
    }
    redirect_undo(saved);
    return status;
}

/* In a child whose only purpose is this command. */
__attribute__((noreturn)) static void exec_expanded(const struct node *node,
                                                    const struct strings *argv)
{
    if (!redirect_forever(node->redirects))
        exit(1);
    assign(node->assignments, true);
    exit(run_program(argv->items));
}

/* `exec`: its redirections stay, and with arguments the shell becomes that program. */
static int run_exec(const struct node *node, const struct strings *argv)
{
    if (!redirect_forever(node->redirects))
        return 1;
    if (argv->count == 1)
        return 0;
    assign(node->assignments, true);
    int status = run_program(argv->items + 1);
    if (!shell.interactive)
        exit(status);
    return status;
}

/* What the words of a simple command are, and which builtin they call, if any. */
static builtin_t *prepare(const struct node *node, struct strings *argv)
{
    expand_status = 0;
    expand_words(node->words, argv);
    if (shell.trace && argv->count > 0)
        trace(argv);
    return argv->count > 0 ? builtin_find(argv->items[0]) : NULL;
}

static int run_simple(const struct node *node)
{
    struct strings argv = {0};
    builtin_t *builtin = prepare(node, &argv);
    if (argv.count > 0 && strcmp(argv.items[0], "exec") == 0)
        return run_exec(node, &argv);
    if (argv.count == 0 || builtin != NULL)
        return run_in_place(node, builtin, &argv);
    struct job *job = job_start(node->text);
    if (job_fork(job, JOB_FOREGROUND) == 0)
        exec_expanded(node, &argv);
    return job_finish(job);
}

/* In a child: the command is all it has to do, so a program takes the place of the shell. */
__attribute__((noreturn)) static void run_and_exit(const struct node *node)
{
    if (node->kind == NODE_SIMPLE) {
        struct strings argv = {0};
        builtin_t *builtin = prepare(node, &argv);
        if (argv.count > 0 && builtin == NULL && strcmp(argv.items[0], "exec") != 0)
            exec_expanded(node, &argv);
    }
    exit(run(node));
}

static void connect_to(int fd, int standard)
{
    if (fd < 0)
        return;
    dup2(fd, standard);
    close(fd);
}

/* Starts one process for each command of a pipeline, or one for anything else. */
static struct job *launch(const struct node *node, const char *text, enum job_kind kind)
{
    struct job *job = job_start(text);
    int input = -1;
    for (;;) {
        bool last = node->kind != NODE_PIPE;
        int ends[2] = {-1, -1};
        if (!last && pipe2(ends, O_CLOEXEC) < 0) {
            shell_error("pipe: %s", strerror(errno));
            last = true;
        }
        pid_t pid = job_fork(job, kind);
        if (pid == 0) {
            connect_to(input, STDIN_FILENO);
            connect_to(ends[1], STDOUT_FILENO);
            run_and_exit(last ? node : node->left);
        }
        close(input);
        close(ends[1]);
        input = ends[0];
        if (last || pid < 0)
            break;
        node = node->right;
    }
    close(input);
    return job;
}

static int run_background(const struct node *node)
{
    job_detach(launch(node->left, node->text, JOB_BACKGROUND));
    return 0;
}

/* Whether a condition holds; in it, a failure is an answer and no reason for set -e to exit. */
static bool holds(const struct node *condition)
{
    shell.tested++;
    int status = run(condition);
    shell.tested--;
    return status == 0;
}

/* After a loop's body: whether a break, a continue for an outer loop or ^C ends the loop. */
static bool loop_is_left(void)
{
    if (shell.interrupted)
        return true;
    if (shell.breaks == 0)
        return false;
    if (--shell.breaks == 0 && shell.continues) {
        shell.continues = false;
        return false;
    }
    return true;
}

static int run_while(const struct node *node)
{
    int status = 0;
    shell.loops++;
    while (holds(node->condition) == (node->kind == NODE_WHILE)) {
        struct arena_mark mark = arena_mark();
        status = run(node->left);
        arena_release(mark);
        if (loop_is_left())
            break;
    }
    shell.loops--;
    return status;
}

static int run_for(const struct node *node)
{
    struct strings values = {0};
    int status = 0;
    expand_words(node->words, &values);
    shell.loops++;
    for (size_t i = 0; i < values.count; i++) {
        struct arena_mark mark = arena_mark();
        variable_set(node->name, values.items[i]);
        status = run(node->left);
        arena_release(mark);
        if (loop_is_left())
            break;
    }
    shell.loops--;
    return status;
}

static int run_if(const struct node *node)
{
    return run(holds(node->condition) ? node->left : node->right);
}

static int run_node(const struct node *node)
{
    switch (node->kind) {
    case NODE_SIMPLE: return run_simple(node);
    case NODE_PIPE: return job_finish(launch(node, node->text, JOB_FOREGROUND));
    case NODE_NOT: return holds(node->left);
    case NODE_AND: return holds(node->left) ? run(node->right) : shell.status;
    case NODE_OR: return holds(node->left) ? 0 : run(node->right);
    case NODE_SEQUENCE: run(node->left); return run(node->right);
    case NODE_BACKGROUND: return run_background(node);
    case NODE_SUBSHELL: return job_finish(launch(node->left, node->text, JOB_FOREGROUND));
    case NODE_GROUP: return run(node->left);
    case NODE_IF: return run_if(node);
    case NODE_WHILE:
    case NODE_UNTIL: return run_while(node);
    case NODE_FOR: return run_for(node);
    }
    return 0;
}

static int run_redirected(const struct node *node)
{
    struct saved_fd *saved = NULL;
    int status = redirect_apply(node->redirects, &saved) ? run_node(node) : 1;
    redirect_undo(saved);
    return status;
}

/* The kinds whose failure set -e looks at; the others only pass on that of a part. */
static bool fails_by_itself(const struct node *node)
{
    return node->kind == NODE_SIMPLE || node->kind == NODE_PIPE || node->kind == NODE_SUBSHELL;
}

int run(const struct node *node)
{
    if (shell.breaks > 0 || shell.interrupted)
        return shell.status;
    if (node == NULL)
        return shell.status = 0;
    bool compound = node->kind != NODE_SIMPLE && node->redirects != NULL;
    shell.status = compound ? run_redirected(node) : run_node(node);
    if (shell.status != 0 && shell.exit_on_error && shell.tested == 0 && fails_by_itself(node))
        exit(shell.status);
    return shell.status;
}
