/*
 * The lock order of the whole kernel, outermost first: a thread may take a lock only if its rank is
 * higher than that of every lock it holds. Builds with DEBUG=1 check each acquisition.
 *
 * Two locks of the same rank may be held together only where the rank says in which order.
 * What is no lock but is waited for like one (a journal handle, a busy page) has its place too.
 */
#ifndef SYNC_LOCKRANK_H
#define SYNC_LOCKRANK_H

enum lock_rank {
    /* Sleeping locks. */
    RANK_FILE,    /* an open file's offset */
    RANK_TEXT,    /* the inode of a file of /proc, whose text is made of what others' locks guard */
    RANK_RENAME,  /* moves of directories, one per file system */
    RANK_INODE,   /* an inode's size, names and truncation; same rank: parent before child, see
                     fs/namespace.c for two directories */
    RANK_MM,      /* an address space; same rank: a parent's, then its unborn child's */
    RANK_COMMIT,  /* one committer of the journal at a time */
    RANK_JOURNAL, /* an open handle */
    RANK_BUSY,    /* a page of a file being read or written: several in ascending order */
    RANK_BOUNCE,  /* the buffer for the last pages of files */
    RANK_MAP,     /* an inode's block map */
    RANK_BITMAP,  /* the block and inode bitmaps; then busy pages of the disk's own object */

    /* Spinlocks. */
    RANK_TREE,      /* parents, children, process groups */
    RANK_FDTABLE,   /* a descriptor table */
    RANK_FUTEX,     /* sleepers on words of user memory; same rank: by address */
    RANK_ICACHE,    /* the table of inodes in memory */
    RANK_OBJECT,    /* an object's pages and mappings */
    RANK_PT,        /* the page tables of one address space; same rank: parent, then child */
    RANK_LRU,       /* the list of evictable pages */
    RANK_PIPE,      /* a pipe, the console's input, locks on files */
    RANK_STATE,     /* the journal's counters */
    RANK_DISK,      /* the request queue */
    RANK_WAIT,      /* lists of waiters, the inner lock of sleeping locks */
    RANK_SLAB,      /* a slab cache */
    RANK_PAGES,     /* the page allocator */
    RANK_TIMERS,    /* a hart's timers */
    RANK_RUN_QUEUE, /* a hart's runnable threads */
    RANK_PRINT,     /* the console's output */
};

#endif
