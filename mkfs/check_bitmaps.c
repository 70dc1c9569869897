/* Part of fs_check: the bitmaps against what the inodes use. */
#include "checker.h"

#include <stdio.h>

#include "bytes.h"
#include "lib/util.h"

enum verdict {
    RIGHT,
    AREA_FREE, /* a block before the data is marked free */
    LEAKED,    /* marked in use, but used by none */
    USED_FREE, /* marked free, but used by an inode */
};

static enum verdict judge(const struct checker *checker, uint32_t blkno)
{
    bool marked = check_bit(checker->block_bitmap, blkno);
    if (blkno < checker->super.data_start)
        return marked ? RIGHT : AREA_FREE;
    if (marked == (checker->owner[blkno] != 0))
        return RIGHT;
    return marked ? LEAKED : USED_FREE;
}

/* Says what is wrong with the blocks from `first` up to `end`. */
static void say_run(struct checker *checker, enum verdict verdict, uint32_t first, uint32_t end)
{
    bool one = end - first == 1;
    char blocks[40];
    if (one)
        snprintf(blocks, sizeof(blocks), "block %u is", first);
    else
        snprintf(blocks, sizeof(blocks), "blocks %u to %u are", first, end - 1);
    switch (verdict) {
    case RIGHT: break;
    case AREA_FREE:
        PROBLEM(checker, "%s marked free, but in front of the data area", blocks);
        break;
    case LEAKED: PROBLEM(checker, "%s marked in use, but used by no inode", blocks); break;
    case USED_FREE:
        PROBLEM(checker, "%s marked free, but used by inode %u", blocks, checker->owner[first]);
        break;
    }
}

static void check_block_bits(struct checker *checker)
{
    uint32_t first = 0; /* of the run of blocks that share a verdict and an owner */
    enum verdict verdict = RIGHT;
    for (uint32_t blkno = 0; blkno < checker->super.nblocks; blkno++) {
        enum verdict next = judge(checker, blkno);
        checker->report->blocks_used += check_bit(checker->block_bitmap, blkno);
        if (next == verdict && (next == RIGHT || checker->owner[blkno] == checker->owner[first]))
            continue;
        say_run(checker, verdict, first, blkno);
        verdict = next;
        first = blkno;
    }
    say_run(checker, verdict, first, checker->super.nblocks);
}

/* The bits behind the last one that means something are 1. */
static void check_tail(struct checker *checker, const char *what, const uint8_t *bitmap,
                       uint32_t nbits)
{
    size_t nbytes = div_round_up(nbits, FS_BITS_PER_BLOCK) * FS_BLOCK_SIZE;
    size_t whole = div_round_up(nbits, 8);
    uint8_t mask = (uint8_t)(0xff << nbits % 8);
    bool ok = bytes_are(bitmap + whole, nbytes - whole, 0xff);
    if (nbits % 8 != 0 && (bitmap[nbits / 8] & mask) != mask)
        ok = false;
    if (!ok)
        PROBLEM(checker, "the %s bitmap has zeros behind its last bit, number %u", what, nbits - 1);
}

void check_bitmaps(struct checker *checker)
{
    const struct disk_super *super = &checker->super;
    check_block_bits(checker);
    if (!check_bit(checker->inode_bitmap, 0))
        PROBLEM(checker, "inode 0 is marked free, but does not exist");
    if (check_bit(checker->orphan_bitmap, 0))
        PROBLEM(checker, "inode 0 is marked as an orphan, but does not exist");
    check_tail(checker, "block", checker->block_bitmap, super->nblocks);
    check_tail(checker, "inode", checker->inode_bitmap, super->ninodes);
    check_tail(checker, "orphan", checker->orphan_bitmap, super->ninodes);
}
