/* Damage to the superblock and to the bitmaps. */
#include "tests/mkfs/damage.h"

#define SUPER(field, value) NULL, offsetof(struct disk_super, field), value

const struct poke super_pokes[] = {
    {"label", SUPER(label[4], 'x'), "the label is not padded with zeros"},
    {"version", SUPER(version, 7), "the superblock's version is 7, but should be 1"},
    {"block size", SUPER(block_size, 1024), "block size is 1024, but should be 4096"},
    {"few blocks", SUPER(nblocks, 127), "the disk has 127 blocks, but needs at least 128"},
    {"short image", SUPER(nblocks, 257), "has 257 blocks, but the image file ends after 252"},
    {"few inodes", SUPER(ninodes, 1), "the disk has 1 inodes, so none for the root"},
    {"small journal", SUPER(journal_blocks, 31), "the journal has 31 blocks, but needs"},
    {"block bitmap", SUPER(block_bitmap_blocks, 2), "block bitmap blocks is 2, but should be 1"},
    {"inode bitmap", SUPER(inode_bitmap_blocks, 0), "inode bitmap blocks is 0, but should be 1"},
    {"orphan bitmap", SUPER(orphan_bitmap_blocks, 3), "orphan bitmap blocks is 3, but should be"},
    {"inode table", SUPER(inode_table_blocks, -1), "table blocks is 4294967295, but should be 7"},
    {"journal at 0", SUPER(journal_start, 0), "puts the journal at block 0, but before it"},
    {"block bitmap at 32", SUPER(block_bitmap_start, 32), "puts the block bitmap at block 32, but"},
    {"inode bitmap at 33", SUPER(inode_bitmap_start, 33), "puts the inode bitmap at block 33, but"},
    {"orphan bitmap at 0", SUPER(orphan_bitmap_start, 0), "puts the orphan bitmap at block 0, but"},
    {"inode table at 2", SUPER(inode_table_start, 2),
     "puts the inode table at block 2, but before"},
    {"data at 39", SUPER(data_start, 42), "puts the data at block 42, but before it"},
    {"no data", SUPER(data_start, 252), "data at block 252, behind the last of 252 blocks"},
    {NULL, NULL, 0, 0, NULL},
};

static void break_super_crc(struct lab *lab)
{
    lab->super->crc ^= 1;
}

static void free_super(struct lab *lab)
{
    lab_set_bit(lab, lab->super->block_bitmap_start, 0, false);
}

static void leak_block(struct lab *lab)
{
    lab_set_bit(lab, lab->super->block_bitmap_start, 200, true);
}

static void leak_blocks(struct lab *lab)
{
    for (uint32_t blkno = 200; blkno < lab->super->nblocks; blkno++)
        lab_set_bit(lab, lab->super->block_bitmap_start, blkno, true);
}

static void free_used_block(struct lab *lab)
{
    lab_set_bit(lab, lab->super->block_bitmap_start, lab_inode(lab, "/small")->direct[0], false);
}

static void cut_block_tail(struct lab *lab)
{
    lab_set_bit(lab, lab->super->block_bitmap_start, lab->super->nblocks, false);
}

static void cut_inode_tail(struct lab *lab)
{
    lab_set_bit(lab, lab->super->inode_bitmap_start, lab->super->ninodes, false);
}

static void cut_orphan_tail(struct lab *lab)
{
    lab_set_bit(lab, lab->super->orphan_bitmap_start, 20000, false);
}

static void free_inode_0(struct lab *lab)
{
    lab_set_bit(lab, lab->super->inode_bitmap_start, 0, false);
}

static void orphan_inode_0(struct lab *lab)
{
    lab_set_bit(lab, lab->super->orphan_bitmap_start, 0, true);
}

static void free_used_inode(struct lab *lab)
{
    lab_set_bit(lab, lab->super->inode_bitmap_start, lab_ino(lab, "/small"), false);
}

static void use_free_inode(struct lab *lab)
{
    lab_set_bit(lab, lab->super->inode_bitmap_start, lab_free_ino(lab), true);
}

static void orphan_free_inode(struct lab *lab)
{
    lab_set_bit(lab, lab->super->orphan_bitmap_start, lab_free_ino(lab), true);
}

const struct damage area_damage[] = {
    {"superblock checksum", break_super_crc, "the superblock's checksum is "},
    {"area marked free", free_super, "block 0 is marked free, but in front of the data area"},
    {"leak", leak_block, "block 200 is marked in use, but used by no inode"},
    {"leaks", leak_blocks, "blocks 200 to 251 are marked in use, but used by no inode"},
    {"used block marked free", free_used_block, "is marked free, but used by inode"},
    {"block bitmap's tail", cut_block_tail, "the block bitmap has zeros behind its last bit"},
    {"inode bitmap's tail", cut_inode_tail, "the inode bitmap has zeros behind its last bit"},
    {"orphan bitmap's tail", cut_orphan_tail, "the orphan bitmap has zeros behind its last bit"},
    {"inode 0 free", free_inode_0, "inode 0 is marked free, but does not exist"},
    {"inode 0 orphan", orphan_inode_0, "inode 0 is marked as an orphan, but does not exist"},
    {"used inode marked free", free_used_inode, "is marked free, but its mode is 0100644"},
    {"free inode marked used", use_free_inode, "is marked in use, but its mode is 0"},
    {"free orphan", orphan_free_inode, "is marked as an orphan, but its mode is 0"},
    {NULL, NULL, NULL},
};
