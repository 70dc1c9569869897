/*
 * A small image in memory for tests that damage it: what it holds, and hands to reach it with.
 *
 *   /dev /tmp     as in every image
 *   /a            a directory, with /a/sub in it, with /a/sub/deep in it
 *   /many         a directory of nine blocks: LAB_NAMES files with names of 210 bytes
 *   /empty        a file without contents
 *   /small        100 bytes
 *   /big          14 blocks and a half, with an indirect block
 *   /huge         only blocks that the double indirect block leads to, behind a hole
 *   /one, /two    two names of a file of one block
 *   /link, /long  symbolic links, to "small" and to a name of 2000 bytes
 *   /pipe         a FIFO
 */
#ifndef TESTS_MKFS_LAB_H
#define TESTS_MKFS_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fs/format.h"
#include "mkfs/check.h"
#include "mkfs/mode.h"
#include "mkfs/read.h"

#define LAB_SIZE  ((size_t)252 * FS_BLOCK_SIZE)
#define LAB_NAMES 150

struct lab {
    uint8_t *image; /* exactly `size` bytes, so that a sanitizer sees a step beyond */
    size_t size;
    struct disk_super *super;
    struct fs_report report; /* of the last check */
    char said[65536];        /* its sentences, a line each, as many as fit */
    unsigned passed, failed;
};

void lab_open(struct lab *lab, size_t size);
void lab_close(struct lab *lab);

/* Back to the undamaged image. */
void lab_reset(struct lab *lab);

enum fs_status lab_check(struct lab *lab);

/* Counts a test; prints what went wrong, and what the last check said, if it did not pass. */
void lab_expect(struct lab *lab, bool ok, const char *test, const char *what);

/* Prints how many passed and failed; the status for exit. */
int lab_end(const struct lab *lab);

uint32_t lab_ino(struct lab *lab, const char *path);
struct disk_inode *lab_inode(struct lab *lab, const char *path);
struct disk_dirent *lab_record(struct lab *lab, const char *dir, const char *name);
void *lab_block(struct lab *lab, uint32_t blkno);
struct disk_journal_header *lab_journal(struct lab *lab);

/* Makes the superblock's and the journal header's checksums right again. */
void lab_seal(struct lab *lab);

void lab_set_bit(struct lab *lab, uint32_t bitmap_start, uint32_t index, bool value);

/* A block that is free, and an inode. */
uint32_t lab_free_block(struct lab *lab);
uint32_t lab_free_ino(struct lab *lab);

#endif
