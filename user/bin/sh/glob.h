/* Patterns with * ? [...] and \, which takes the meaning from the character behind it. */
#ifndef SH_GLOB_H
#define SH_GLOB_H

#include <stdbool.h>

#include "arena.h"

bool glob_match(const char *pattern, const char *text);

/* Adds the paths that match, sorted; returns whether there were any. */
bool glob_expand(const char *pattern, struct strings *out);

#endif
