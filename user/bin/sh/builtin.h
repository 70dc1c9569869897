/* Commands that the shell carries out itself. `exec` is not here but in run.c. */
#ifndef SH_BUILTIN_H
#define SH_BUILTIN_H

/* Like a main(): the arguments include the name; the result is the status. */
typedef int builtin_t(int argc, char **argv);

/* NULL: there is no such builtin. */
builtin_t *builtin_find(const char *name);

#endif
