/* Descriptors: small numbers for a process's open files. */
#ifndef FS_FDTABLE_H
#define FS_FDTABLE_H

#include "fs/file.h"
#include "lib/caps.h"

struct fdtable {
    struct spinlock lock;                 /* RANK_FDTABLE */
    uint32_t refs;                        /* [atomic] */
    unsigned size;                        /* [lock] slots there are; grows up to MAX_FDS */
    struct file **files;                  /* [lock] with a reference each; NULL: free */
    uint64_t close_on_exec[MAX_FDS / 64]; /* [lock] a bit each */
};

void fdtable_cache_init(void);

/* One reference; NULL without memory. */
struct fdtable *fdtable_new(void);
struct fdtable *fdtable_copy(struct fdtable *from);

/* One more reference, for another process. */
void fdtable_share(struct fdtable *t);

/* Closes everything with the last reference. */
void fdtable_put(struct fdtable *t);

/* The file of a descriptor with a reference; NULL: there is none (-EBADF). */
struct file *fdtable_get(struct fdtable *t, int fd);

/* The lowest descriptor in use at or behind `fd`, which is not negative; -1: none. */
int fdtable_next(struct fdtable *t, int fd);

/*
 * Whether a file could be entered now: 0, -EMFILE, -ENOMEM. For calls that change something before
 * they enter one.
 */
int fdtable_make_room(struct fdtable *t);

/*
 * Enters a file, whose reference it takes over, at the lowest free descriptor that is at least
 * `lowest` and below RLIMIT_NOFILE. The descriptor, -EMFILE, -EINVAL (lowest too high), -ENOMEM.
 */
int fdtable_add(struct fdtable *t, struct file *f, int lowest, bool close_on_exec);

/* Enters a file at `fd`, closing what was there. The descriptor, -EBADF, -ENOMEM. */
int fdtable_set(struct fdtable *t, struct file *f, int fd, bool close_on_exec);

/* 0 or -EBADF. */
int fdtable_close(struct fdtable *t, int fd);

/* FD_CLOEXEC or 0; -EBADF. */
int fdtable_get_flags(struct fdtable *t, int fd);
int fdtable_set_flags(struct fdtable *t, int fd, bool close_on_exec);

void fdtable_close_on_exec(struct fdtable *t);

#endif
