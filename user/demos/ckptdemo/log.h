/*
 * The file of checkpoints: a log of records, each with the pages that changed since the one before
 * it. The first has all pages. A record counts only if it is whole, which a sum shows, so that a
 * crash in the middle of writing one loses no more than that one.
 */
#ifndef DEMOS_CKPTDEMO_LOG_H
#define DEMOS_CKPTDEMO_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Appends a record with the pages that are dirty. False: the file could not be written. */
bool log_append(int fd, const char *at, size_t pages, const bool *dirty);

/*
 * Fills in the memory from all whole records, and cuts off what follows them. Returns how many
 * there are.
 */
unsigned log_restore(int fd, char *at, size_t pages);

#endif
