/*
 * Checking an image in memory: the superblock, the journal, and the invariants F1 to F6 of
 * fs/format.h, on the state that a mount would see, so after replay of the journal.
 *
 * What is wrong is told to a callback, one sentence each; nothing is printed. The time is linear
 * in the size of the image, whatever garbage it holds, and memory is allocated a few times.
 */
#ifndef MKFS_CHECK_H
#define MKFS_CHECK_H

#include <stddef.h>
#include <stdint.h>

enum fs_kind {
    FS_NOTE,    /* work for the next mount: the journal, orphans */
    FS_PROBLEM, /* an invariant is broken */
};

enum fs_status {
    FS_CLEAN = 0,
    FS_DAMAGED = 1,
    FS_UNUSABLE = 2, /* not a Quire file system, or the host has no memory to check it */
};

struct fs_report {
    /* Set by the caller. The sentence is good until the callback returns. */
    void (*say)(void *arg, enum fs_kind kind, const char *sentence); /* NULL: only count */
    void *arg;

    /* Set by fs_check. */
    uint32_t problems;
    uint32_t notes;
    uint32_t transactions;     /* replayed */
    uint32_t journal_tail;     /* of the journal's header, were it written now */
    uint64_t journal_sequence; /* likewise */
    uint32_t nblocks;     /* of the disk; 0: the superblock is of no use, nothing was checked */
    uint32_t blocks_used; /* by the bitmap, the areas before the data included */
    uint32_t files;       /* inodes in use that are no directories */
    uint32_t directories;
};

/*
 * Checks the `size` bytes of an image, which lie aligned to 8. The journal is replayed into them;
 * its header stays as it is, so that the next call replays the same again.
 */
enum fs_status fs_check(uint8_t *image, size_t size, struct fs_report *report);

/*
 * After a check that replayed transactions: marks the journal as replayed. On a disk, what the
 * replay changed must be durable first.
 */
void fs_journal_advance(uint8_t *image, const struct fs_report *report);

#endif
