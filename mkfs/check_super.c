/* Part of fs_check: the superblock, on which all else depends. */
#include "checker.h"

#include <string.h>

#include "lib/crc32c.h"
#include "lib/util.h"

static void check_count(struct checker *checker, const char *what, uint64_t found,
                        uint64_t expected)
{
    if (found != expected)
        PROBLEM(checker, "the superblock's %s is %llu, but should be %llu", what,
                (unsigned long long)found, (unsigned long long)expected);
}

/* An area begins at *end, where the one before it ended, or later; *end becomes its own end. */
static void check_area(struct checker *checker, const char *what, uint32_t start, uint32_t count,
                       uint64_t *end)
{
    if (start < *end)
        PROBLEM(checker,
                "the superblock puts the %s at block %u, but before it all is taken up to "
                "block %llu",
                what, start, (unsigned long long)*end);
    *end = (uint64_t)start + count;
}

static void check_counts(struct checker *checker)
{
    const struct disk_super *super = &checker->super;
    uint64_t inode_bitmap = div_round_up(super->ninodes, FS_BITS_PER_BLOCK);
    check_count(checker, "block size", super->block_size, FS_BLOCK_SIZE);
    if (super->nblocks < FS_MIN_BLOCKS)
        PROBLEM(checker, "the disk has %u blocks, but needs at least %u", super->nblocks,
                FS_MIN_BLOCKS);
    if ((uint64_t)super->nblocks * FS_BLOCK_SIZE > checker->size)
        PROBLEM(checker, "the disk has %u blocks, but the image file ends after %llu",
                super->nblocks, (unsigned long long)checker->size / FS_BLOCK_SIZE);
    if (super->ninodes <= FS_ROOT_INO)
        PROBLEM(checker, "the disk has %u inodes, so none for the root", super->ninodes);
    if (super->journal_blocks < FS_MIN_JOURNAL)
        PROBLEM(checker, "the journal has %u blocks, but needs at least %u", super->journal_blocks,
                FS_MIN_JOURNAL);
    check_count(checker, "number of block bitmap blocks", super->block_bitmap_blocks,
                div_round_up(super->nblocks, FS_BITS_PER_BLOCK));
    check_count(checker, "number of inode bitmap blocks", super->inode_bitmap_blocks, inode_bitmap);
    check_count(checker, "number of orphan bitmap blocks", super->orphan_bitmap_blocks,
                inode_bitmap);
    check_count(checker, "number of inode table blocks", super->inode_table_blocks,
                div_round_up(super->ninodes, FS_INODES_PER_BLOCK));
}

static void check_areas(struct checker *checker)
{
    const struct disk_super *super = &checker->super;
    uint64_t end = 1;
    check_area(checker, "journal", super->journal_start, super->journal_blocks, &end);
    check_area(checker, "block bitmap", super->block_bitmap_start, super->block_bitmap_blocks,
               &end);
    check_area(checker, "inode bitmap", super->inode_bitmap_start, super->inode_bitmap_blocks,
               &end);
    check_area(checker, "orphan bitmap", super->orphan_bitmap_start, super->orphan_bitmap_blocks,
               &end);
    check_area(checker, "inode table", super->inode_table_start, super->inode_table_blocks, &end);
    check_area(checker, "data", super->data_start, 1, &end);
    if (end > super->nblocks)
        PROBLEM(checker, "the superblock puts the data at block %u, behind the last of %u blocks",
                super->data_start, super->nblocks);
}

static void check_label(struct checker *checker)
{
    const uint8_t *label = checker->super.label;
    size_t i = 0;
    while (i < sizeof(checker->super.label) && label[i] != 0)
        i++;
    while (i < sizeof(checker->super.label) && label[i] == 0)
        i++;
    if (i < sizeof(checker->super.label))
        PROBLEM(checker, "the label is not padded with zeros");
}

bool check_super(struct checker *checker)
{
    struct disk_super *super = &checker->super;
    memcpy(super, checker->image, sizeof(*super));
    uint32_t crc = crc32c(0, super, offsetof(struct disk_super, crc));
    if (crc != super->crc)
        PROBLEM(checker, "the superblock's checksum is %08x, but should be %08x", super->crc, crc);
    check_label(checker);

    uint32_t problems = checker->report->problems;
    check_count(checker, "version", super->version, FS_VERSION);
    check_counts(checker);
    check_areas(checker);
    return checker->report->problems == problems;
}
