/*
 * Locks on files that processes keep by agreement; reading and writing take no notice of them.
 *
 *   record locks   fcntl(F_SETLK...): ranges of bytes, which their owner splits, joins and changes
 *                  between shared and exclusive as it likes. The owner is a process, by its table
 *                  of descriptors, and loses them with the first descriptor of the file that it
 *                  closes; or (F_OFD_*) an open file, which loses them with its last descriptor.
 *   whole locks    flock: the same on the whole file, owned by an open file. These two kinds do not
 *                  see each other.
 *
 * Locks: one spinlock inside for the locks of all files, since who waits for whom goes across
 * files.
 */
#ifndef FS_LOCK_H
#define FS_LOCK_H

#include <stdint.h>

#include "abi/fcntl.h"
#include "sync/waitq.h"

struct file;
struct inode;

enum lock_kind { LOCK_RECORD, LOCK_WHOLE, LOCK_NKINDS };

/* What an inode has of it. */
struct file_locks {
    struct list held[LOCK_NKINDS]; /* [the lock of locks] by their first bytes */
    unsigned count;                /* [the same] */
    struct waitq waiters;          /* [the same] woken when one is given up */
};

static inline void file_locks_init(struct file_locks *l)
{
    for (unsigned kind = 0; kind < LOCK_NKINDS; kind++)
        list_init(&l->held[kind]);
    waitq_init(&l->waiters);
}

void lock_cache_init(void);

/*
 * fcntl(2) with F_GETLK, F_SETLK, F_SETLKW or one of F_OFD_*. `table` and `pid` are the process's.
 * F_GETLK leaves in *record what it found. -EINVAL, -EOVERFLOW: no such range; -EBADF: the open
 * mode does not allow it; -EAGAIN; -EDEADLK; -EINTR; -ENOLCK: no memory.
 */
struct lock_process {
    const void *table;
    int pid;
};
int lock_control(struct file *f, int command, struct flock *record, struct lock_process process);

/* flock(2): -EINVAL, -EAGAIN, -EINTR, -ENOLCK. */
int lock_whole(struct file *f, int operation);

/* A table closes a descriptor of this inode, or an open file ends: its locks go. */
void lock_release(struct inode *ip, const void *owner);

#endif
