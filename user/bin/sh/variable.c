/* Variables and positional parameters. See variable.h. */
#include "variable.h"
#include "arena.h"
#include "shell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct variable {
    struct variable *next;
    char *name, *value; /* value NULL: exported, but not set yet */
    bool exported;
};

static struct variable *variables; /* sorted by name */
static char **parameters;
static int parameter_count;

/* Where the variable is, or would have to be inserted. */
static struct variable **find(const char *name)
{
    struct variable **link = &variables;
    while (*link != NULL && strcmp((*link)->name, name) < 0)
        link = &(*link)->next;
    return link;
}

static struct variable *existing(const char *name)
{
    struct variable *variable = *find(name);
    return variable != NULL && strcmp(variable->name, name) == 0 ? variable : NULL;
}

static struct variable *make(const char *name)
{
    struct variable *variable = existing(name);
    if (variable != NULL)
        return variable;
    struct variable **link = find(name);
    variable = heap_realloc(NULL, sizeof(*variable));
    *variable = (struct variable){.next = *link, .name = heap_copy(name)};
    *link = variable;
    return variable;
}

size_t variable_name_length(const char *text)
{
    size_t n = 0;
    if (isdigit((unsigned char)text[0]))
        return 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return n;
}

const char *variable_get(const char *name)
{
    struct variable *variable = existing(name);
    return variable == NULL ? NULL : variable->value;
}

/* The new value may be part of the old one. */
void variable_set(const char *name, const char *value)
{
    struct variable *variable = make(name);
    char *old = variable->value;
    variable->value = heap_copy(value);
    free(old);
}

void variable_export(const char *name)
{
    make(name)->exported = true;
}

void variable_unset(const char *name)
{
    struct variable *variable = existing(name);
    if (variable == NULL)
        return;
    *find(name) = variable->next;
    free(variable->name);
    free(variable->value);
    free(variable);
}

void variable_import(char **environment)
{
    for (; environment != NULL && *environment != NULL; environment++) {
        size_t length = variable_name_length(*environment);
        if (length == 0 || (*environment)[length] != '=')
            continue;
        char *name = arena_copy(*environment, length);
        variable_set(name, *environment + length + 1);
        variable_export(name);
    }
}

char **variable_environment(void)
{
    struct strings list = {0};
    for (const struct variable *v = variables; v != NULL; v = v->next) {
        if (!v->exported || v->value == NULL)
            continue;
        size_t size = strlen(v->name) + strlen(v->value) + 2;
        char *assignment = arena_alloc(size);
        snprintf(assignment, size, "%s=%s", v->name, v->value);
        strings_add(&list, assignment);
    }
    if (list.items == NULL)
        list.items = arena_alloc(sizeof(char *));
    return list.items;
}

/* Quoted, so that the shell can read it again. */
void variable_show(bool exported_only)
{
    for (const struct variable *v = variables; v != NULL; v = v->next) {
        if (v->value == NULL || (exported_only && !v->exported))
            continue;
        printf("%s%s='", exported_only ? "export " : "", v->name);
        for (const char *c = v->value; *c != '\0'; c++)
            fputs(*c == '\'' ? "'\\''" : (char[]){*c, '\0'}, stdout);
        puts("'");
    }
}

struct saved_variable variable_save(const char *name)
{
    const struct variable *v = existing(name);
    struct saved_variable saved = {.name = heap_copy(name)};
    if (v != NULL && v->value != NULL)
        saved.value = heap_copy(v->value);
    saved.exported = v != NULL && v->exported;
    return saved;
}

void variable_restore(const struct saved_variable *saved)
{
    variable_unset(saved->name);
    if (saved->value != NULL)
        variable_set(saved->name, saved->value);
    if (saved->exported)
        variable_export(saved->name);
    free(saved->name);
    free(saved->value);
}

void parameters_set(char *const *values, int count)
{
    char **copies = heap_realloc(NULL, ((size_t)count + 1) * sizeof(*copies));
    for (int i = 0; i < count; i++)
        copies[i] = heap_copy(values[i]);
    for (int i = 0; i < parameter_count; i++)
        free(parameters[i]);
    free(parameters);
    parameters = copies;
    parameter_count = count;
}

void parameters_shift(int n)
{
    for (int i = 0; i < n; i++)
        free(parameters[i]);
    parameter_count -= n;
    memmove(parameters, parameters + n, (size_t)parameter_count * sizeof(*parameters));
}

int parameters_count(void)
{
    return parameter_count;
}

const char *parameters_get(int n)
{
    return n >= 1 && n <= parameter_count ? parameters[n - 1] : NULL;
}
