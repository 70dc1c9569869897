/*
 * Inodes in memory: one for each inode that is in use, found by its number, and kept for a while
 * after its last use together with its pages.
 *
 *              inode_get                    last reference               reclaim
 *    (disk) ------------------> IN USE ------------------------> IDLE ----------> (disk)
 *                                 |  ^---------------------------/
 *                                 | last reference, no name left
 *                                 v
 *                               DYING: its blocks and its number are given back
 *
 * Invariants:
 *  I1. There is at most one struct inode for a number.
 *  I2. The inode's block in the disk's object is what memory says, times aside: every other change
 *      is written to it in the same transaction (inode_update).
 *  I3. A block that the map names holds data of this inode only, or its page is in memory and
 * dirty.
 *
 *  I4. One without a number (inode_new_memory) is in no list and known only to who refers to it,
 * names in its file system among them.
 *
 * Locks: inode->lock (sleeping, RANK_INODE): the size, a directory's records, truncation. Inside it
 * map_lock (sleeping, RANK_MAP): the block map. Page faults take map_lock only.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/stat.h"
#include "fs/journal.h"
#include "fs/lock.h"
#include "fs/vfs.h"
#include "mm/object.h"
#include "sync/mutex.h"

enum inode_state { INODE_IN_USE, INODE_IDLE, INODE_DYING };

struct inode {
    struct object object;  /* the data of a regular file or symbolic link; counts all references */
    uint32_t ino;          /* [const] its number on the disk; 0: it is not there */
    uint32_t generation;   /* [const] */
    uint64_t number;       /* [const] its number elsewhere; see inode_number */
    uint32_t mode;         /* [lock] the type in it is [const] */
    uint32_t rdev;         /* [const] */
    uint32_t nlink;        /* [lock] */
    uint32_t uid, gid;     /* [lock] */
    int64_t atime;         /* [racy] nanoseconds since 1970, also the next two */
    int64_t mtime, ctime;  /* [racy] */
    bool times_changed;    /* [racy] since they were last written to the inode's block */
    struct mutex lock;     /* RANK_INODE */
    struct mutex map_lock; /* RANK_MAP */
    uint32_t nblocks;      /* [map_lock] this and the block map, as in struct disk_inode */
    uint32_t direct[FS_NDIRECT];
    uint32_t indirect, double_indirect;
    uint32_t goal;          /* [map_lock] where to look for a free block */
    uint64_t changed_in;    /* [racy] the last transaction that its metadata is in */
    uint64_t disk_size;     /* [lock] the size that its block says; see data.c */
    struct list hash_node;  /* [icache] */
    struct list idle_node;  /* [icache] while IDLE */
    enum inode_state state; /* [icache] */
    struct file_system *fs; /* [const] */
    uint32_t parent;        /* [racy] of no directory: number of the one it was last found in */
    char *last_name;        /* [lock] the last name that was taken away, or NULL; kmalloc's */

    /*
     * [const once set] Where a path goes on instead of here, with a reference, or NULL. Of a
     * directory: the root that lies over it. Of a link of /proc: what the text stands for.
     */
    struct inode *leads_to;
    struct file *stands_for; /* [const] in /proc, of what is open and has no inode: that; or NULL */

    struct file_locks locks;  /* [the lock of locks] see lock.h */
    struct list ordered_node; /* [journal.lock] */
    struct list written_node; /* [journal.commit_lock] */
};

static inline bool inode_is_dir(const struct inode *ip)
{
    return S_ISDIR(ip->mode);
}

static inline bool inode_is_regular(const struct inode *ip)
{
    return S_ISREG(ip->mode);
}

/*
 * Cleaning the inode's pages takes the map lock too: so its holder counts as one who writes back
 * and does not wait for others to do so when memory is short.
 */
static inline void inode_lock_map(struct inode *ip) ACQUIRES(ip->map_lock)
{
    thread_begin_reserve();
    mutex_lock(&ip->map_lock);
}

static inline void inode_unlock_map(struct inode *ip) RELEASES(ip->map_lock)
{
    mutex_unlock(&ip->map_lock);
    thread_end_reserve();
}

/*
 * Whether it is in memory only: it has no number on the disk, and nothing of it gets there. Its
 * pages go with its last reference.
 */
static inline bool inode_is_memory(const struct inode *ip)
{
    return ip->ino == 0;
}

/* What tells it from all others of its file system, as stat(2) has it. */
static inline uint64_t inode_number(const struct inode *ip)
{
    return inode_is_memory(ip) ? ip->number : ip->ino;
}

static inline uint64_t inode_size(const struct inode *ip)
{
    return object_size(&ip->object);
}

static inline struct inode *inode_of(struct object *o)
{
    return container_of(o, struct inode, object);
}

/* -ENOMEM. */
int inode_cache_init(const struct disk_super *super);

/* The inode with a reference. -ENOENT if the number is free, -EIO, -ENOMEM. */
int inode_get(uint32_t ino, struct inode **ip);

static inline void inode_hold(struct inode *ip)
{
    object_get(&ip->object);
}

/* Gives up a reference; may delete the file. No inode lock and no handle is held. */
static inline void inode_put(struct inode *ip)
{
    object_put(&ip->object);
}

/*
 * A fresh inode of this mode with one reference and no names, in the caller's handle (which has 4
 * blocks for it): -ENOSPC, -EIO, -ENOMEM. It is an orphan until it gets a name.
 */
#define INODE_ALLOC_CREDITS 3
int inode_new(struct handle *h, uint32_t mode, uint32_t rdev, struct inode **ip);

/*
 * An inode in memory with one reference, without names and with a number of its own; NULL without
 * memory. Its pages are the only place of what is written to it.
 */
struct inode *inode_new_memory(struct file_system *fs, uint32_t mode);

/* The inode whose data an object is, or NULL. */
struct inode *inode_of_object(struct object *o);

/* A name of it is about to go: that is kept for those who ask for its path (path_of). */
void inode_note_name(struct inode *ip, struct dir_name name) REQUIRES(ip->lock);

/* Writes the inode to its block, in the caller's handle; its data comes first if it has any. */
#define INODE_UPDATE_CREDITS 1
int inode_update(struct handle *h, struct inode *ip);

/* Takes a name away or gives one; an inode whose last name goes becomes an orphan. */
#define INODE_LINK_CREDITS 2
int inode_change_nlink(struct handle *h, struct inode *ip, int change);

/* Sets times to now; they reach the disk with the next change, or with inode_write_times. */
#define INODE_ATIME 1
#define INODE_MTIME 2
#define INODE_CTIME 4
void inode_touch(struct inode *ip, unsigned which);

/*
 * Its contents were read: sets atime, if that is as old as the last change or a day old. That is
 * often enough to tell whether it was read since, as Linux's relatime is.
 */
void inode_note_read(struct inode *ip);

/* If times have changed: puts them into a transaction of their own. */
int inode_write_times(struct inode *ip);

void inode_stat(struct inode *ip, struct stat *st);

/*
 * Calls visit(ip, arg) for each inode in memory that is not dying, with a reference and without
 * locks. For sync and the flusher.
 */
void inode_for_each(void (*visit)(struct inode *ip, void *arg), void *arg);

/* Frees idle inodes without pages, up to `count`; returns how many. Asked for by the flusher. */
unsigned inode_shrink(unsigned count);

/* For the audit, with all other harts stopped: every inode's object. */
void inode_for_each_object(void (*visit)(struct object *o, void *arg), void *arg);

#endif
