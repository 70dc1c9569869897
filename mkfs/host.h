/* Reading the host's files into a tree. What cannot be read ends the program with a sentence. */
#ifndef MKFS_HOST_H
#define MKFS_HOST_H

#include "tree.h"

/* Prints "mkfs: " and a sentence, and ends the program with status 1. */
_Noreturn void host_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Now, or the time that SOURCE_DATE_EPOCH holds; in nanoseconds. */
int64_t host_time(void);

/*
 * Adds the contents of a directory to the root of the tree. Directories of one name become one, a
 * later file takes an earlier one's place. Times after `latest` are made `latest`.
 */
void host_add(struct tree *tree, const char *path, int64_t latest);

/* A tree_copy. */
void host_copy(struct image_file *to, const struct tree_node *node);

#endif
