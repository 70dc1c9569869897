/*
 * What a word of the text becomes when the command runs: parameters and substitutions are put in,
 * what they gave outside quotes is split at white space, names of files take the place of patterns,
 * and the quotes go. The results live in the arena.
 */
#ifndef SH_EXPAND_H
#define SH_EXPAND_H

#include "arena.h"
#include "parse.h"

/* Each word may become none, one or several. */
void expand_words(const struct word *words, struct strings *out);

/* For assignments and redirections: exactly one, neither split nor a pattern. */
char *expand_single(const char *word);

/* The status of the last command substitution since this was set to 0. */
extern int expand_status;

#endif
