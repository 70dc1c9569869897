/* From a word of the text to the words of a command. See expand.h. */
#include "expand.h"
#include "glob.h"
#include "jobs.h"
#include "lex.h"
#include "shell.h"
#include "variable.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The result so far, and the field that is being put together. */
struct expansion {
    struct strings *out;
    bool splits;  /* false: everything becomes one field */
    bool started; /* there is a field, though it may be empty: "" */
    struct text field;
    struct text pattern; /* the same with a \ before what was quoted */
};

int expand_status;

static void put(struct expansion *e, char c, bool quoted)
{
    if (quoted && strchr("*?[]\\-!^", c) != NULL)
        text_add(&e->pattern, '\\');
    text_add(&e->pattern, c);
    text_add(&e->field, c);
    e->started = true;
}

static void end_field(struct expansion *e)
{
    if (!e->started)
        return;
    const char *pattern = e->pattern.bytes == NULL ? "" : e->pattern.bytes;
    if (!e->splits || !glob_expand(pattern, e->out))
        strings_add(e->out, e->field.bytes == NULL ? "" : e->field.bytes);
    e->field = e->pattern = (struct text){0};
    e->started = false;
}

static void put_value(struct expansion *e, const char *value, bool quoted)
{
    for (; *value != '\0'; value++) {
        if (e->splits && !quoted && strchr(" \t\n", *value) != NULL)
            end_field(e);
        else
            put(e, *value, quoted);
    }
}

static void put_number(struct expansion *e, long number, bool quoted)
{
    char text[24];
    snprintf(text, sizeof(text), "%ld", number);
    put_value(e, text, quoted);
}

/* $@ in quotes keeps the parameters apart; $* there joins them. */
static void put_parameters(struct expansion *e, char which, bool quoted)
{
    for (int i = 1; i <= parameters_count(); i++) {
        bool apart = e->splits && (which == '@' || !quoted);
        if (i > 1 && apart)
            end_field(e);
        else if (i > 1)
            put(e, ' ', quoted);
        e->started |= quoted;
        put_value(e, parameters_get(i), quoted);
    }
}

static void read_all(int fd, struct text *text)
{
    char buffer[512];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) != 0;) {
        if (n < 0 && errno != EINTR)
            break;
        for (ssize_t i = 0; i < n; i++)
            text_add(text, buffer[i]);
    }
    while (text->length > 0 && text->bytes[text->length - 1] == '\n')
        text->bytes[--text->length] = '\0';
}

/* Runs a command in a child and puts in what it prints, without the newlines at its end. */
static void put_substitution(struct expansion *e, const char *command, bool quoted)
{
    int ends[2];
    if (pipe(ends) < 0) {
        shell_error("pipe: %s", strerror(errno));
        return;
    }
    struct job *job = job_start(command);
    if (job_fork(job, JOB_SUBSTITUTION) == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        exit(shell_run_text(command));
    }
    struct text output = {0};
    close(ends[1]);
    read_all(ends[0], &output);
    close(ends[0]);
    expand_status = job_finish(job);
    if (output.bytes != NULL)
        put_value(e, output.bytes, quoted);
}

static void put_variable(struct expansion *e, const char *name, bool quoted)
{
    const char *value = isdigit((unsigned char)*name) ? parameters_get(atoi(name))
                                                      : variable_get(name);
    if (strcmp(name, "0") == 0)
        value = shell.name;
    if (value != NULL)
        put_value(e, value, quoted);
}

/* $ and one character; false if that means nothing. */
static bool put_special(struct expansion *e, char which, bool quoted)
{
    switch (which) {
    case '?': put_number(e, shell.status, quoted); return true;
    case '$': put_number(e, shell.pid, quoted); return true;
    case '#': put_number(e, parameters_count(), quoted); return true;
    case '!':
        if (shell.last_background != 0)
            put_number(e, shell.last_background, quoted);
        return true;
    case '@':
    case '*': put_parameters(e, which, quoted); return true;
    default: return false;
    }
}

/* ${name}, behind the {. */
static const char *put_braced(struct expansion *e, const char *at, bool quoted)
{
    size_t length = strcspn(at, "}"), digits = strspn(at, "0123456789");
    if (length == 1 && put_special(e, *at, quoted))
        return at + 2;
    if (length > 0 && (variable_name_length(at) == length || digits == length))
        put_variable(e, arena_copy(at, length), quoted);
    else
        shell_error("${%.*s}: bad substitution", (int)length, at);
    return at + length + 1;
}

/* What stands behind a $; returns what follows it. A $ before anything else is itself. */
static const char *put_dollar(struct expansion *e, const char *at, bool quoted)
{
    if (*at == '(') {
        const char *end = lex_skip_substitution(at + 1);
        put_substitution(e, arena_copy(at + 1, (size_t)(end - at) - 2), quoted);
        return end;
    }
    if (*at == '{')
        return put_braced(e, at + 1, quoted);
    if (put_special(e, *at, quoted))
        return at + 1;
    size_t length = isdigit((unsigned char)*at) ? 1 : variable_name_length(at);
    if (length == 0)
        put(e, '$', quoted);
    else
        put_variable(e, arena_copy(at, length), quoted);
    return at + length;
}

/* Behind the opening quote; returns what follows the closing one. */
static const char *put_double_quoted(struct expansion *e, const char *at)
{
    if (strncmp(at, "$@\"", 3) == 0 && parameters_count() == 0)
        return at + 3;
    e->started = true;
    while (*at != '"') {
        if (*at == '$') {
            at = put_dollar(e, at + 1, true);
            continue;
        }
        if (at[0] == '\\' && at[1] == '\n') {
            at += 2;
            continue;
        }
        at += at[0] == '\\' && strchr("$`\"\\", at[1]) != NULL;
        put(e, *at++, true);
    }
    return at + 1;
}

static const char *put_single_quoted(struct expansion *e, const char *at)
{
    e->started = true;
    while (*at != '\'')
        put(e, *at++, true);
    return at + 1;
}

static void expand_word(struct expansion *e, const char *at)
{
    while (*at != '\0') {
        switch (*at) {
        case '\'': at = put_single_quoted(e, at + 1); break;
        case '"': at = put_double_quoted(e, at + 1); break;
        case '$': at = put_dollar(e, at + 1, false); break;
        case '\\':
            if (at[1] != '\n')
                put(e, at[1], true);
            at += 2;
            break;
        default: put(e, *at++, false);
        }
    }
    end_field(e);
}

void expand_words(const struct word *words, struct strings *out)
{
    struct expansion e = {.out = out, .splits = true};
    for (; words != NULL; words = words->next)
        expand_word(&e, words->text);
}

char *expand_single(const char *word)
{
    struct strings out = {0};
    struct expansion e = {.out = &out};
    expand_word(&e, word);
    return out.count == 0 ? "" : out.items[0];
}
