/*
 * The disk as the file system sees it: pages of the disk's own object (metadata, one page per
 * block, index = block number), and runs of blocks for everybody's pages.
 *
 * Only metadata blocks are read through the object: a block of file data lives in its inode's
 * object and nowhere else. A block that becomes metadata is initialized, never read.
 */
#ifndef FS_DISK_H
#define FS_DISK_H

#include "dev/block.h"
#include "mm/object.h"

extern struct object disk_object;

void disk_init(void);

/* The valid page of a metadata block, pinned. -EIO (also for a number off the disk), -ENOMEM. */
int disk_read(uint32_t blkno, struct page **page);

/*
 * Reads or writes pages[i] at block blkno[i]; neighbours go in one request, several requests at
 * once. Pages whose number is DISK_NOWHERE are skipped. Returns the number of blocks moved, or
 * -EIO.
 */
#define DISK_NOWHERE UINT32_MAX
int disk_transfer(enum block_op op, const uint32_t *blkno, struct page *const *pages,
                  unsigned count);

/* What was written before is durable when this returns 0. Nothing is done if nothing was written.
 */
int disk_flush(void);

#endif
