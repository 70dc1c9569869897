/* Part of fs_check: each inode by itself, and which blocks it uses. */
#include "checker.h"

#include <string.h>

#include "lib/util.h"
#include "mode.h"

#define MAX_BAD 4 /* bad block numbers of one inode that get a sentence each */

static const char *const level_name[] = {"data block", "indirect block", "double indirect block"};

/* Counts a bad block number; true if it is one of the few that get a sentence. */
static bool is_worth_saying(struct walk *walk)
{
    return ++walk->bad <= MAX_BAD;
}

/* Makes a block the inode's; false if it cannot be. So each block is looked into once at most. */
static bool claim(struct walk *walk, uint32_t blkno, unsigned level)
{
    struct checker *checker = walk->checker;
    const struct disk_super *super = &checker->super;
    if (blkno < super->data_start || blkno >= super->nblocks) {
        if (is_worth_saying(walk))
            PROBLEM(checker, "inode %u has block %u as %s, outside the data area (%u to %u)",
                    walk->ino, blkno, level_name[level], super->data_start, super->nblocks - 1);
        return false;
    }
    if (checker->owner[blkno] != 0) {
        if (is_worth_saying(walk))
            PROBLEM(checker, "inode %u has block %u as %s, but inode %u has it already", walk->ino,
                    blkno, level_name[level], checker->owner[blkno]);
        return false;
    }
    checker->owner[blkno] = walk->ino;
    walk->nblocks++;
    return true;
}

/* A block that holds bytes below the size. */
static void check_data(struct walk *walk, uint32_t blkno, uint64_t index)
{
    const uint8_t *bytes = check_block(walk->checker, blkno);
    size_t tail = index == walk->end - 1 ? walk->inode->size % FS_BLOCK_SIZE : 0;
    walk->present++;
    if (walk->type == MODE_LNK && !(walk->orphan && walk->inode->nlink == 0) &&
        memchr(bytes, 0, tail != 0 ? tail : FS_BLOCK_SIZE) != NULL)
        PROBLEM(walk->checker, "the target of the symbolic link inode %u holds a zero byte",
                walk->ino);
    if (walk->parse)
        check_dir_block(walk, blkno);
}

static void visit(struct walk *walk, uint32_t blkno, uint64_t index, unsigned level);

static void visit_all(struct walk *walk, uint32_t table, uint64_t index, unsigned level)
{
    const uint32_t *pointers = check_block(walk->checker, table);
    uint64_t span = level == 0 ? 1 : FS_PTRS_PER_BLOCK;
    for (unsigned i = 0; i < FS_PTRS_PER_BLOCK; i++) {
        if (pointers[i] != 0)
            visit(walk, pointers[i], index + i * span, level);
    }
}

/* A block number: of data (level 0) or of a block of numbers. `index` counts the file's blocks. */
static void visit(struct walk *walk, uint32_t blkno, uint64_t index, unsigned level)
{
    if (!claim(walk, blkno, level))
        return;
    if (index >= walk->end)
        walk->behind++;
    if (level > 0)
        visit_all(walk, blkno, index, level - 1);
    else if (index < walk->end)
        check_data(walk, blkno, index);
}

static void visit_inode(struct walk *walk)
{
    const struct disk_inode *inode = walk->inode;
    for (unsigned i = 0; i < FS_NDIRECT; i++) {
        if (inode->direct[i] != 0)
            visit(walk, inode->direct[i], i, 0);
    }
    if (inode->indirect != 0)
        visit(walk, inode->indirect, FS_NDIRECT, 1);
    if (inode->double_indirect != 0)
        visit(walk, inode->double_indirect, FS_NDIRECT + FS_PTRS_PER_BLOCK, 2);
}

static void check_mode(const struct walk *walk)
{
    uint32_t mode = walk->inode->mode;
    switch (walk->type) {
    case MODE_FIFO:
    case MODE_CHR:
    case MODE_DIR:
    case MODE_BLK:
    case MODE_REG:
    case MODE_LNK:
    case MODE_SOCK: break;
    default:
        PROBLEM(walk->checker, "inode %u has mode %#o, which is of no known type", walk->ino, mode);
        return;
    }
    if ((mode & ~(uint32_t)(MODE_TYPE | MODE_BITS)) != 0)
        PROBLEM(walk->checker, "inode %u has mode %#o, in which only the low 16 bits may be set",
                walk->ino, mode);
}

static void check_fields(const struct walk *walk)
{
    const struct disk_inode *inode = walk->inode;
    check_mode(walk);
    if (inode->size > FS_MAX_FILE_SIZE)
        PROBLEM(walk->checker, "inode %u has size %llu, but a file has at most %llu bytes",
                walk->ino, (unsigned long long)inode->size, (unsigned long long)FS_MAX_FILE_SIZE);
    if ((inode->flags | inode->reserved[0] | inode->reserved[1]) != 0)
        PROBLEM(walk->checker, "inode %u has flags or reserved fields that are not zero",
                walk->ino);
}

static bool holds_data(const struct walk *walk)
{
    return walk->type == MODE_REG || walk->type == MODE_DIR || walk->type == MODE_LNK;
}

/* What is only known when all blocks have been seen. */
static void check_sums(const struct walk *walk)
{
    struct checker *checker = walk->checker;
    const struct disk_inode *inode = walk->inode;
    if (walk->bad > MAX_BAD)
        PROBLEM(checker, "inode %u has %u more bad block numbers", walk->ino, walk->bad - MAX_BAD);
    if (inode->nblocks != walk->nblocks)
        PROBLEM(checker, "inode %u counts %u blocks, but has %u", walk->ino, inode->nblocks,
                walk->nblocks);
    if (walk->behind != 0 && !walk->orphan)
        PROBLEM(checker, "inode %u has %u blocks behind its size (%llu)", walk->ino, walk->behind,
                (unsigned long long)inode->size);
    if (!holds_data(walk) && (inode->size != 0 || walk->nblocks != 0))
        PROBLEM(checker,
                "inode %u is a device, a FIFO or a socket, but has size %llu and %u "
                "blocks",
                walk->ino, (unsigned long long)inode->size, walk->nblocks);
    if (walk->type == MODE_LNK && (inode->size == 0 || walk->present != walk->end))
        PROBLEM(checker, "the target of the symbolic link inode %u is empty or has holes",
                walk->ino);
}

static void note_orphan(const struct walk *walk)
{
    if (walk->inode->nlink == 0)
        NOTE(walk->checker, "inode %u is an orphan: the next mount frees it", walk->ino);
    else
        NOTE(walk->checker, "inode %u is being truncated: the next mount finishes that", walk->ino);
}

static void check_used(struct checker *checker, uint32_t ino, const struct disk_inode *inode)
{
    bool orphan = check_bit(checker->orphan_bitmap, ino);
    uint64_t size = min_u64(inode->size, FS_MAX_FILE_SIZE);
    struct walk walk = {.checker = checker,
                        .inode = inode,
                        .ino = ino,
                        .orphan = orphan,
                        .type = inode->mode & MODE_TYPE,
                        .end = div_round_up(size, FS_BLOCK_SIZE)};
    /* The records of a directory that was removed while it was open count no more. */
    walk.parse = walk.type == MODE_DIR && !(orphan && inode->nlink == 0);
    if (orphan)
        note_orphan(&walk);
    if (!check_bit(checker->inode_bitmap, ino))
        PROBLEM(checker, "inode %u is marked free, but its mode is %#o", ino, inode->mode);
    check_fields(&walk);
    visit_inode(&walk);
    check_sums(&walk);
    if (walk.parse)
        check_dir_end(&walk);
    if (walk.type == MODE_DIR)
        checker->report->directories++;
    else
        checker->report->files++;
}

static void check_free(struct checker *checker, uint32_t ino)
{
    if (check_bit(checker->inode_bitmap, ino))
        PROBLEM(checker, "inode %u is marked in use, but its mode is 0", ino);
    if (check_bit(checker->orphan_bitmap, ino))
        PROBLEM(checker, "inode %u is marked as an orphan, but its mode is 0", ino);
}

void check_inodes(struct checker *checker)
{
    for (uint32_t ino = FS_ROOT_INO; ino < checker->super.ninodes; ino++) {
        const struct disk_inode *inode = check_inode_at(checker, ino);
        if (inode->mode == 0)
            check_free(checker, ino);
        else
            check_used(checker, ino, inode);
    }
}
