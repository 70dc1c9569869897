/* What the parts of fs_check share; see check.h for the whole. */
#ifndef MKFS_CHECKER_H
#define MKFS_CHECKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "fs/format.h"

/* What the directories say about an inode. */
struct inode_facts {
    uint32_t names;  /* records that name it */
    uint32_t parent; /* of a directory: the one that holds its name; 0: none does */
    uint32_t dotdot; /* of a directory: the inode that its ".." names; 0: it has none */
    uint32_t reach;  /* enum reach in check_links.c */
};

/* The names of the directory in hand: a hash table by open addressing. */
struct name_slot {
    uint32_t dir; /* empty if another directory's */
    uint32_t hash;
    const struct disk_dirent *record;
};

struct name_set {
    struct name_slot *slots;
    uint32_t mask; /* slots - 1, a power of two less one */
    uint32_t dir;
    uint32_t count;
};

struct checker {
    uint8_t *image;
    size_t size;
    struct fs_report *report;
    struct disk_super super;
    const uint8_t *block_bitmap;
    const uint8_t *inode_bitmap;
    const uint8_t *orphan_bitmap;
    uint32_t *owner;           /* by block: the inode that uses it; 0: none */
    struct inode_facts *facts; /* by inode */
    struct name_set names;
    bool no_memory;
};

/* The inode that is being walked. */
struct walk {
    struct checker *checker;
    const struct disk_inode *inode;
    uint32_t ino;
    bool orphan;
    bool parse;       /* it is a directory whose records count */
    uint32_t type;    /* of its mode */
    uint64_t end;     /* blocks that its size reaches into */
    uint64_t present; /* of these, the ones that are no holes */
    uint32_t nblocks; /* found, indirect ones included */
    uint32_t behind;  /* of these, the ones that lie behind the size */
    uint32_t bad;     /* block numbers that cannot be right */
    uint32_t names;   /* records in use seen so far */
};

void check_say(struct checker *checker, enum fs_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define PROBLEM(checker, ...) check_say(checker, FS_PROBLEM, __VA_ARGS__)
#define NOTE(checker, ...)    check_say(checker, FS_NOTE, __VA_ARGS__)

static inline bool check_bit(const uint8_t *bitmap, uint32_t index)
{
    return bitmap[index / 8] >> index % 8 & 1;
}

static inline void *check_block(const struct checker *checker, uint32_t blkno)
{
    return checker->image + (size_t)blkno * FS_BLOCK_SIZE;
}

static inline const struct disk_inode *check_inode_at(const struct checker *checker, uint32_t ino)
{
    return (const struct disk_inode *)check_block(checker, checker->super.inode_table_start) + ino;
}

/* In the order of the check. False: the superblock is of no use. */
bool check_super(struct checker *checker);
void check_journal(struct checker *checker);
void check_inodes(struct checker *checker);
void check_links(struct checker *checker);
void check_bitmaps(struct checker *checker);

/* For each block of a directory, in order; and after the last one. */
void check_dir_block(struct walk *walk, uint32_t blkno);
void check_dir_end(struct walk *walk);

/* True if the record is the only one of its name so far; false if the name is there already. */
bool name_set_add(struct checker *checker, uint32_t dir, const struct disk_dirent *record);

#endif
