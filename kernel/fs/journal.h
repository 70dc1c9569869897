/*
 * The journal: changes of metadata reach the disk all or none, a group of operations at a time.
 *
 * An operation opens a handle, says how many blocks it may change, asks for each block before it
 * changes it, and closes the handle. All handles since the last commit form one transaction.
 *
 *       journal_begin, _modify, _end                  journal_commit
 *    RUNNING -------------------------> RUNNING ----------------------> LOGGED ON DISK
 *    (blocks PAGE_LOGGED, in no other                (blocks PAGE_DIRTY: not home yet)
 *     place on the disk)                                      |
 *                                                             | checkpoint
 *                                                             v
 *                                                     home, the log's space is free
 *
 * Commit, with no handle open: write the file data that the transaction refers to; flush; write
 * descriptor, blocks and commit record; flush. The checksum over all of them tells a whole
 * transaction from a torn one, so no flush is needed between them. Checkpoint, with no handle open
 * and nothing running: write all PAGE_DIRTY blocks home; flush; write the header; flush.
 *
 * Invariants:
 *  J1. A LOGGED block's page is not written anywhere until its transaction commits.
 *  J2. A block freed in a transaction is not used again before a checkpoint: until then a crash may
 *      bring the old owner back, or replay an old image over the new one's data.
 *  J3. The log has room for the running transaction: handles wait until that is so.
 *
 * Locks: who opens a handle may hold inodes' outer locks, and may take block maps and bitmaps while
 * it is open; it must not touch user memory or wait for other handles. A commit takes no inode's
 * outer lock.
 */
#ifndef FS_JOURNAL_H
#define FS_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fs/format.h"
#include "mm/page.h"

struct inode;

struct handle {
    unsigned reserved; /* blocks that it may still add to the transaction */
    bool has_changed;  /* something: failing now would leave the operation half done */
};

/* Reads the header and replays what a crash left. NULL, or what is wrong, in words. */
const char *journal_open(const struct disk_super *super);

/* May wait for a commit. 0, or -EROFS after the log could not be written. */
int journal_begin(struct handle *h, unsigned blocks);
void journal_end(struct handle *h);

/* The most that one handle may reserve. */
unsigned journal_max_reserve(void);

/*
 * The page of a metadata block, pinned; the caller may change it until it closes the handle.
 * `fresh`: the block was just allocated, so the page is all zero instead of what the disk has.
 */
int journal_modify(struct handle *h, uint32_t blkno, struct page **page);
int journal_modify_fresh(struct handle *h, uint32_t blkno, struct page **page);

/* The running transaction refers to data that `ip` has in memory: it is written first. */
void journal_order_data(struct handle *h, struct inode *ip);

/* The number of the transaction that is running now. */
uint64_t journal_current(void);

/* Makes everything up to transaction `sequence` durable. 0, -EIO, -EROFS. */
int journal_commit(uint64_t sequence);

/*
 * Commits and writes everything home, so that blocks freed until now may be used again. 0, -EIO.
 */
int journal_checkpoint(void);

/*
 * After an operation found the disk full (-ENOSPC): whether blocks that were freed lately can be
 * had now, so that it may try again. Does its work once per operation. No handle is open.
 */
bool journal_make_room(int err, bool *tried);

/* Whether the log could not be written, so that nothing may change any more. */
bool journal_is_broken(void);

/* Blocks in the open transaction, for those who decide when to commit. */
unsigned journal_pending(void);

#endif
