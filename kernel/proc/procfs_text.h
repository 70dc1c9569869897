/*
 * The text of a file of /proc in the making: it grows page by page in the file's own object, so it
 * may be as long as a file can be. What fails is remembered until the end.
 */
#ifndef PROC_PROCFS_TEXT_H
#define PROC_PROCFS_TEXT_H

#include "fs/inode.h"

struct text {
    struct inode *ip; /* locked */
    uint64_t length;
    int err;
};

void text_put(struct text *t, const char *bytes, size_t n);

/* Up to TEXT_MAX bytes at once. */
#define TEXT_MAX 255
void text_print(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);

/* Blanks up to column `width` of a line that has begun `length` bytes ago. */
void text_pad(struct text *t, uint64_t length, uint64_t width);

#endif
