/* Pipes: bytes from writers to readers through a ring of pages. */
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include "fs/file.h"

void pipe_cache_init(void);

/* The two ends of a new pipe, as files with one reference each. 0 or -ENOMEM. */
int pipe_new(uint32_t flags, struct file **read_end, struct file **write_end);

/*
 * F_GETPIPE_SZ and F_SETPIPE_SZ: how many bytes it holds. -EBADF: not a pipe; -EPERM: more than it
 * can; -EINVAL.
 */
int pipe_get_size(const struct file *f);
int pipe_set_size(const struct file *f, uint64_t size);

#endif
