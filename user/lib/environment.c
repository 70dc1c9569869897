/*
 * The environment: environ points to strings NAME=value, at first those on the stack. The table
 * is copied to the heap when it has to grow. Strings made here are not freed when they are
 * replaced: a program may still hold what getenv gave it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **table; /* the heap's copy, if environ is ours */

static size_t count_entries(void)
{
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    return count;
}

/* The entry of a name given by its length; NULL if there is none. */
static char **find(const char *name, size_t length)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=')
            return entry;
    return NULL;
}

static int append(char *assignment)
{
    size_t count = count_entries();
    char **old = environ == table ? table : NULL;
    char **grown = realloc(old, (count + 2) * sizeof(*grown));
    if (grown == NULL)
        return -1;
    if (old == NULL && count > 0)
        memcpy(grown, environ, count * sizeof(*grown));
    grown[count] = assignment;
    grown[count + 1] = NULL;
    environ = table = grown;
    return 0;
}

char *getenv(const char *name)
{
    size_t length = strlen(name);
    char **entry = find(name, length);
    return entry == NULL ? NULL : *entry + length + 1;
}

/* The string itself becomes part of the environment. */
int putenv(char *assignment)
{
    char *equals = strchr(assignment, '=');
    if (equals == NULL)
        return unsetenv(assignment);
    char **entry = find(assignment, (size_t)(equals - assignment));
    if (entry == NULL)
        return append(assignment);
    *entry = assignment;
    return 0;
}

static int check_name(const char *name)
{
    if (name != NULL && name[0] != '\0' && strchr(name, '=') == NULL)
        return 0;
    errno = EINVAL;
    return -1;
}

int setenv(const char *name, const char *value, int overwrite)
{
    if (check_name(name) < 0)
        return -1;
    if (!overwrite && getenv(name) != NULL)
        return 0;
    size_t name_length = strlen(name), value_size = strlen(value) + 1;
    char *assignment = malloc(name_length + 1 + value_size);
    if (assignment == NULL)
        return -1;
    memcpy(assignment, name, name_length);
    assignment[name_length] = '=';
    memcpy(assignment + name_length + 1, value, value_size);
    int result = putenv(assignment);
    if (result < 0)
        free(assignment);
    return result;
}

int unsetenv(const char *name)
{
    if (check_name(name) < 0)
        return -1;
    size_t length = strlen(name);
    for (char **entry; (entry = find(name, length)) != NULL;)
        for (; *entry != NULL; entry++)
            entry[0] = entry[1];
    return 0;
}

int clearenv(void)
{
    environ = NULL;
    return 0;
}
