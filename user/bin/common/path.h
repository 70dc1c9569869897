/* Paths, for programs that take one apart or put one together. Without memory they end. */
#ifndef COMMON_PATH_H
#define COMMON_PATH_H

#include <stdbool.h>

/* directory/name, to be freed. */
char *path_join(const char *directory, const char *name);

/* The same with the last part of a path for a name: where cp and mv put a file in a directory. */
char *path_join_last(const char *directory, const char *path);

/* A link to a directory is one. */
bool path_is_directory(const char *path);

/* Whether it is . or .., which every directory has. */
bool path_is_dots(const char *name);

#endif
