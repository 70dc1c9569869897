/*
 * The file system on disk. All numbers are little-endian; a block is 4096 bytes, so a page.
 * Shared by the kernel, mkfs and fsck; no functions, only shapes.
 *
 *   block 0         superblock: where everything is; written by mkfs only
 *   journal         one header block, then a ring of transactions
 *   block bitmap    1 bit per block of the disk; 1 = in use (the areas before the data count too)
 *   inode bitmap    1 bit per inode; 1 = in use; inode 0 does not exist and its bit is 1
 *   orphan bitmap   1 bit per inode; 1 = the next mount has to finish a truncation of it, or,
 *                   if no name is left (nlink 0), free it whole
 *   inode table     32 inodes a block
 *   data            file data, directories, indirect blocks
 *
 * Bits behind the last block or inode of a bitmap's last block are 1.
 *
 * Invariants, which fsck checks:
 *  F1. A block behind data_start is used by exactly one inode if its bit is 1, by none if it is 0.
 *  F2. An inode's bit is 1 if and only if its mode is not 0.
 *  F3. nlink is the number of directory records that name the inode ("." and ".." count), and
 *      only an inode with its orphan bit set has none.
 *  F4. nblocks counts the inode's data and indirect blocks.
 *  F5. No block lies wholly behind the size, unless the orphan bit is set. Bytes of the last block
 *      behind the size read as zero, whatever a crash left there: who fills a page clears them.
 *  F6. A directory's size is a multiple of a block, without holes; its records fill each block
 *      exactly; its first two names are "." and ".."; every directory but the root has one parent.
 */
#ifndef FS_FORMAT_H
#define FS_FORMAT_H

#include <stdint.h>

#define FS_BLOCK_SIZE     4096
#define FS_BITS_PER_BLOCK (FS_BLOCK_SIZE * 8)
#define FS_MAGIC          0x52495551 /* "QUIR" */
#define FS_VERSION        1
#define FS_ROOT_INO       1
#define FS_MIN_BLOCKS     128   /* the smallest disk that mkfs makes and mount takes: 512 KiB */
#define FS_MIN_JOURNAL    32    /* blocks, the header included */
#define FS_LINK_MAX       65000 /* names of one inode, subdirectories of one directory */

/* Block 0. The areas lie in the order of the fields, without overlap, all below nblocks. */
struct disk_super {
    uint32_t magic;
    uint32_t version;
    uint32_t block_size; /* FS_BLOCK_SIZE */
    uint32_t nblocks;    /* of the whole disk */
    uint32_t ninodes;    /* inode 0 included */
    uint32_t journal_start;
    uint32_t journal_blocks;
    uint32_t block_bitmap_start;
    uint32_t block_bitmap_blocks;
    uint32_t inode_bitmap_start;
    uint32_t inode_bitmap_blocks;
    uint32_t orphan_bitmap_start;
    uint32_t orphan_bitmap_blocks;
    uint32_t inode_table_start;
    uint32_t inode_table_blocks;
    uint32_t data_start;
    uint8_t label[16]; /* for people; padded with zeros */
    uint32_t crc;      /* CRC-32C of all bytes above */
};

/*
 * An inode. Block numbers are 0 for a hole. The file's blocks in order: the direct ones, those
 * named by the indirect block, those named by the blocks that the double indirect block names.
 */
#define FS_NDIRECT        12
#define FS_PTRS_PER_BLOCK (FS_BLOCK_SIZE / 4)
#define FS_MAX_FILE_BLOCKS \
    (FS_NDIRECT + FS_PTRS_PER_BLOCK + (uint64_t)FS_PTRS_PER_BLOCK * FS_PTRS_PER_BLOCK)
#define FS_MAX_FILE_SIZE    (FS_MAX_FILE_BLOCKS * FS_BLOCK_SIZE)
#define FS_INODES_PER_BLOCK (FS_BLOCK_SIZE / sizeof(struct disk_inode))

struct disk_inode {
    uint32_t mode; /* S_IFMT and permission bits as in stat; 0: free */
    uint32_t nlink;
    uint32_t uid;
    uint32_t gid;
    uint64_t size; /* bytes */
    int64_t atime; /* nanoseconds since 1970, also the next two */
    int64_t mtime;
    int64_t ctime;
    uint32_t nblocks;    /* blocks allocated, indirect ones included */
    uint32_t generation; /* counts the uses of this inode number */
    uint32_t rdev;       /* device number of S_IFCHR, as in stat */
    uint32_t flags;      /* 0 */
    uint32_t direct[FS_NDIRECT];
    uint32_t indirect;
    uint32_t double_indirect;
    uint32_t reserved[2]; /* 0 */
};

/*
 * A directory record. Records are 8-byte aligned and follow each other by `reclen`; the last one of
 * a block reaches to its end. ino 0: free space. The name has no final zero; names hold neither
 * '/' nor 0 and differ within a directory.
 */
struct disk_dirent {
    uint32_t ino;
    uint16_t reclen; /* bytes of the whole record, a multiple of 8 */
    uint8_t namelen; /* 1 to 255 */
    uint8_t type;    /* DT_* of the inode */
    char name[];
};

#define FS_DIRENT_SIZE(namelen) ((sizeof(struct disk_dirent) + (namelen) + 7) & ~(size_t)7)

/*
 * The journal. Block 0 of its area is the header (in its first 512 bytes, which a disk writes whole
 * or not at all); blocks 1 to journal_blocks - 1 are a ring. A transaction is a descriptor block,
 * `count` images of blocks in the order of blkno[], and a commit record at the start of one more
 * block. Replay starts at the header's `tail` with its `sequence` and goes on as long as the next
 * transaction's magic, sequence and checksum are right.
 */
#define FS_JOURNAL_HEADER 0x4a515548 /* "HUQJ" */
#define FS_JOURNAL_DESC   0x4a515544 /* "DUQJ" */
#define FS_JOURNAL_COMMIT 0x4a515543 /* "CUQJ" */

struct disk_journal_header {
    uint32_t magic;
    uint32_t tail;     /* index in the journal's area of the oldest transaction's descriptor */
    uint64_t sequence; /* that transaction's number */
    uint32_t reserved;
    uint32_t crc; /* CRC-32C of all bytes above */
};

#define FS_JOURNAL_MAX_COUNT ((FS_BLOCK_SIZE - 16) / 4)

struct disk_journal_desc {
    uint32_t magic;
    uint32_t count; /* 1 to FS_JOURNAL_MAX_COUNT */
    uint64_t sequence;
    uint32_t blkno[FS_JOURNAL_MAX_COUNT]; /* home of each image; the unused ones are 0 */
};

struct disk_journal_commit {
    uint32_t magic;
    uint32_t count;
    uint64_t sequence;
    uint32_t reserved;
    uint32_t crc; /* CRC-32C of the descriptor block, then of the images in order, then of the
                     bytes of this record above this field */
};

_Static_assert(sizeof(struct disk_super) == 84, "superblock layout");
_Static_assert(sizeof(struct disk_inode) == 128, "inode layout");
_Static_assert(sizeof(struct disk_journal_desc) == FS_BLOCK_SIZE, "descriptor layout");
_Static_assert(sizeof(struct disk_journal_commit) <= 512, "a commit record fits in a sector");

#endif
