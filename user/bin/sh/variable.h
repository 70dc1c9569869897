/* Variables, the environment that commands get, and the positional parameters $1, $2... */
#ifndef SH_VARIABLE_H
#define SH_VARIABLE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes every variable of the environment one of the shell's, exported. */
void variable_import(char **environment);

/* The value; NULL if it is not set. */
const char *variable_get(const char *name);
void variable_set(const char *name, const char *value);
void variable_export(const char *name);
void variable_unset(const char *name);

/* The exported ones as NAME=value, in the arena, for execve. */
char **variable_environment(void);
void variable_show(bool exported_only);

/* How many characters of the text make a name; 0 if it does not begin with one. */
size_t variable_name_length(const char *text);

/* For `X=1 builtin`: what a variable was, and how to make it that again. */
struct saved_variable {
    char *name, *value; /* value NULL: it was not set */
    bool exported;
};

struct saved_variable variable_save(const char *name);
void variable_restore(const struct saved_variable *saved);

void parameters_set(char *const *values, int count);
void parameters_shift(int n);
int parameters_count(void);

/* The n-th, counted from 1; NULL if there are not so many. */
const char *parameters_get(int n);

#endif
