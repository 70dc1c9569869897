/* Arguments that several system calls take. */
#ifndef SYS_ARGUMENTS_H
#define SYS_ARGUMENTS_H

#include <stdint.h>

#include "fs/file.h"
#include "fs/path.h"

/* A directory descriptor and a path: what they mean. */
struct path_argument {
    struct inode *start; /* with a reference: where a relative path begins */
    const char *path;    /* kernel memory */
    struct page *page;   /* that holds it */
};

/*
 * 0, -EFAULT, -ENAMETOOLONG, -ENOMEM; for a relative path also -EBADF, -ENOTDIR. What a successful
 * call got has to be put.
 */
int path_argument_get(struct path_argument *at, int dirfd, uint64_t path);
void path_argument_put(struct path_argument *at);

/*
 * The file of a descriptor with a reference, for calls that work on what is open. NULL (-EBADF):
 * there is none, or it was opened with O_PATH, only as a place in the tree of names.
 */
struct file *file_argument_get(long fd);

/*
 * A struct timespec as nanoseconds; far away ones end up at the end of time, which is below
 * TIME_NEVER even with the clock's value added. -EFAULT, -EINVAL.
 */
int time_argument_get(uint64_t *ns, uint64_t from);

#endif
