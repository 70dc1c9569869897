/* Damage to inodes, their block numbers and their blocks. */
#include "tests/mkfs/damage.h"

#include <string.h>

#define INODE(path, field, value) path, offsetof(struct disk_inode, field), value
#define SIZE_HIGH                 (offsetof(struct disk_inode, size) + 4)

const struct poke inode_pokes[] = {
    {"type", INODE("/empty", mode, 0150644), "has mode 0150644, which is of no known type"},
    {"mode", INODE("/empty", mode, 0300644), "in which only the low 16 bits may be set"},
    {"huge size", "/empty", SIZE_HIGH, 2, "has size 8589934592, but a file has at most"},
    {"flags", INODE("/empty", flags, 1), "flags or reserved fields that are not zero"},
    {"reserved", INODE("/empty", reserved[1], 1), "flags or reserved fields that are not zero"},
    {"count of blocks", INODE("/big", nblocks, 15), "counts 15 blocks, but has 16"},
    {"block behind", INODE("/big", size, 49152), "has 4 blocks behind its size (49152)"},
    {"low block", INODE("/small", direct[0], 5), "has block 5 as data block, outside the data"},
    {"high block", INODE("/small", direct[0], 256), "has block 256 as data block, outside"},
    {"low indirect", INODE("/big", indirect, 1), "has block 1 as indirect block, outside the"},
    {"high double", INODE("/huge", double_indirect, -1), "4294967295 as double indirect block, o"},
    {"size of a FIFO", INODE("/pipe", size, 1), "is a device, a FIFO or a socket, but has size 1"},
    {"empty link", INODE("/link", size, 0), "symbolic link inode 11 is empty or has holes"},
    {"hole in a link", INODE("/long", direct[0], 0), "link inode 12 is empty or has holes"},
    {"zero in a link", INODE("/link", size, 6), "of the symbolic link inode 11 holds a zero byte"},
    {"link count", INODE("/one", nlink, 3), "counts 3 links, but has 2 names"},
    {"link limit", INODE("/one", nlink, 65001), "counts 65001 links, more than the limit of"},
    {"root is a file", INODE("/", mode, 0100755), "the root, inode 1, has mode 0100755, so is no"},
    {"free root", INODE("/", mode, 0), "the root, inode 1, has mode 0, so is no directory"},
    {"uneven directory", INODE("/a", size, 4095), "has the size 4095, which is no multiple of 409"},
    {"hole in a directory", INODE("/many", direct[1], 0), "has 1 holes"},
    {"long directory", INODE("/a", size, 12288), "has 2 holes"},
    {"empty directory", INODE("/a/sub/deep", size, 0), "has 0 names, without \".\" and \"..\""},
    {NULL, NULL, 0, 0, NULL},
};

static void share_block(struct lab *lab)
{
    lab_inode(lab, "/one")->direct[0] = lab_inode(lab, "/small")->direct[0];
}

static void use_block_twice(struct lab *lab)
{
    struct disk_inode *inode = lab_inode(lab, "/big");
    inode->direct[3] = inode->direct[2];
}

static void share_indirect(struct lab *lab)
{
    struct disk_inode *inode = lab_inode(lab, "/big");
    inode->double_indirect = inode->indirect;
}

/* Every number of the indirect block is that of the block itself. */
static void loop_indirect(struct lab *lab)
{
    uint32_t blkno = lab_inode(lab, "/big")->indirect;
    uint32_t *numbers = lab_block(lab, blkno);
    for (unsigned i = 0; i < FS_PTRS_PER_BLOCK; i++)
        numbers[i] = blkno;
}

static void break_indirect(struct lab *lab)
{
    uint32_t *numbers = lab_block(lab, lab_inode(lab, "/big")->indirect);
    numbers[1] = 0xdead;
}

static void break_leaf(struct lab *lab)
{
    uint32_t *root = lab_block(lab, lab_inode(lab, "/huge")->double_indirect);
    root[0] = 3;
}

static void fill_fifo(struct lab *lab)
{
    uint32_t blkno = lab_free_block(lab);
    struct disk_inode *inode = lab_inode(lab, "/pipe");
    inode->direct[0] = blkno;
    inode->nblocks = 1;
    lab_set_bit(lab, lab->super->block_bitmap_start, blkno, true);
}

/* An indirect block that names nothing, behind the size. */
static void add_indirect(struct lab *lab)
{
    uint32_t blkno = lab_free_block(lab);
    struct disk_inode *inode = lab_inode(lab, "/small");
    inode->indirect = blkno;
    inode->nblocks++;
    lab_set_bit(lab, lab->super->block_bitmap_start, blkno, true);
}

static void hide_file(struct lab *lab)
{
    struct disk_dirent *record = lab_record(lab, "/", "small");
    lab_inode(lab, "/small")->nlink = 0;
    record->ino = 0;
}

const struct damage inode_damage[] = {
    {"shared block", share_block, "as data block, but inode"},
    {"block used twice", use_block_twice, "as data block, but inode 8 has it already"},
    {"shared indirect block", share_indirect, "as double indirect block, but inode 8 has it"},
    {"looping indirect block", loop_indirect, "has 1020 more bad block numbers"},
    {"number in an indirect block", break_indirect, "has block 57005 as data block, outside"},
    {"number in a double one", break_leaf, "inode 9 has block 3 as indirect block, outside"},
    {"block of a FIFO", fill_fifo, "a FIFO or a socket, but has size 0 and 1 blocks"},
    {"indirect block behind", add_indirect, "inode 7 has 1 blocks behind its size (100)"},
    {"no name", hide_file, "inode 7 is in use, but has no name and is not marked as an orphan"},
    {NULL, NULL, NULL},
};
