/* Walking the tree of a command. */
#ifndef SH_RUN_H
#define SH_RUN_H

#include "parse.h"

/* Runs it (NULL: nothing), sets $? and returns it. */
int run(const struct node *node);

/* Replaces the shell's process by a program. Returns only on failure: a status, after a message. */
int run_program(char **argv);

#endif
