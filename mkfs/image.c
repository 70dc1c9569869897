/* Writing an image in memory: see image.h. */
#include "image.h"

#include <string.h>

#include "abi/dirent.h"
#include "abi/stat.h"
#include "bytes.h"
#include "lib/crc32c.h"
#include "lib/util.h"
#include "mode.h"

#define MIN_INODES  64
#define MAX_INODES  ((uint64_t)1 << 20) /* unless asked for; 128 MiB of inode table */
#define MAX_JOURNAL (1024 + 1)

/* mode.h says the same as the ABI, and a record's type is its inode's, moved down by 12 bits. */
#define SAME(mode, abi_mode, dirent_type) \
    _Static_assert(mode == abi_mode && mode >> 12 == dirent_type, "modes and types")
SAME(MODE_FIFO, S_IFIFO, DT_FIFO);
SAME(MODE_CHR, S_IFCHR, DT_CHR);
SAME(MODE_DIR, S_IFDIR, DT_DIR);
SAME(MODE_BLK, S_IFBLK, DT_BLK);
SAME(MODE_REG, S_IFREG, DT_REG);
SAME(MODE_LNK, S_IFLNK, DT_LNK);
SAME(MODE_SOCK, S_IFSOCK, DT_SOCK);
_Static_assert(MODE_TYPE == S_IFMT && MODE_BITS == (S_ISUID | S_ISGID | S_ISVTX | 0777), "modes");

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    return min_u64(max_u64(value, least), most);
}

/* Gives an area its place behind what is laid out so far, which ends at *end. */
static void place(uint32_t *start, uint32_t *count, uint64_t nblocks, uint64_t *end)
{
    *start = (uint32_t)*end;
    *count = (uint32_t)nblocks;
    *end += nblocks;
}

const char *image_plan(struct disk_super *super, uint64_t nblocks, uint64_t ninodes)
{
    if (nblocks < FS_MIN_BLOCKS)
        return "too small for a file system, which needs at least 512 KiB";
    if (nblocks > UINT32_MAX)
        return "too large: blocks have numbers of 32 bits, so 16 TiB is the limit";
    if (ninodes == 0)
        ninodes = clamp(nblocks / 4, MIN_INODES, MAX_INODES);
    if (ninodes >= nblocks * FS_INODES_PER_BLOCK)
        return "too small for so many inodes";
    ninodes = round_up(ninodes, FS_INODES_PER_BLOCK);

    uint64_t block_bitmap = div_round_up(nblocks, FS_BITS_PER_BLOCK);
    uint64_t inode_bitmap = div_round_up(ninodes, FS_BITS_PER_BLOCK);
    uint64_t end = 1;
    *super = (struct disk_super){.magic = FS_MAGIC,
                                 .version = FS_VERSION,
                                 .block_size = FS_BLOCK_SIZE,
                                 .nblocks = (uint32_t)nblocks,
                                 .ninodes = (uint32_t)ninodes};
    place(&super->journal_start, &super->journal_blocks,
          clamp(nblocks / 16, FS_MIN_JOURNAL, MAX_JOURNAL), &end);
    place(&super->block_bitmap_start, &super->block_bitmap_blocks, block_bitmap, &end);
    place(&super->inode_bitmap_start, &super->inode_bitmap_blocks, inode_bitmap, &end);
    place(&super->orphan_bitmap_start, &super->orphan_bitmap_blocks, inode_bitmap, &end);
    place(&super->inode_table_start, &super->inode_table_blocks, ninodes / FS_INODES_PER_BLOCK,
          &end);
    super->data_start = (uint32_t)end;
    return end < nblocks ? NULL : "too small for so many inodes";
}

static void *block_at(const struct image *image, uint32_t blkno)
{
    return image->base + (uint64_t)blkno * FS_BLOCK_SIZE;
}

void image_format(struct image *image, void *base, const struct disk_super *super)
{
    *image = (struct image){
        .base = base, .super = *super, .next_block = super->data_start, .next_inode = 1};
    image->super.crc = crc32c(0, &image->super, offsetof(struct disk_super, crc));
    memcpy(base, &image->super, sizeof(image->super));

    struct disk_journal_header *journal = block_at(image, super->journal_start);
    journal->magic = FS_JOURNAL_HEADER;
    journal->tail = 1;
    journal->sequence = 1;
    journal->crc = crc32c(0, journal, offsetof(struct disk_journal_header, crc));
}

/* Sets the bits from `from` up to `to`. */
static void set_bits(uint8_t *bitmap, uint64_t from, uint64_t to)
{
    for (; from < to && from % 8 != 0; from++)
        bitmap[from / 8] |= (uint8_t)(1 << from % 8);
    if (from < to)
        memset(bitmap + from / 8, 0xff, (to - from) / 8);
    for (from = max_u64(from, round_down(to, 8)); from < to; from++)
        bitmap[from / 8] |= (uint8_t)(1 << from % 8);
}

void image_finish(struct image *image)
{
    const struct disk_super *super = &image->super;
    uint64_t block_bits = (uint64_t)super->block_bitmap_blocks * FS_BITS_PER_BLOCK;
    uint64_t inode_bits = (uint64_t)super->inode_bitmap_blocks * FS_BITS_PER_BLOCK;
    uint8_t *blocks = block_at(image, super->block_bitmap_start);
    uint8_t *inodes = block_at(image, super->inode_bitmap_start);
    uint8_t *orphans = block_at(image, super->orphan_bitmap_start);

    set_bits(blocks, 0, image->next_block);
    set_bits(blocks, super->nblocks, block_bits);
    set_bits(inodes, 0, image->next_inode);
    set_bits(inodes, super->ninodes, inode_bits);
    set_bits(orphans, super->ninodes, inode_bits);
}

/* Returns a new block of zeros and its number. */
static void *take_block(struct image *image, uint32_t *blkno)
{
    if (image->next_block == image->super.nblocks) {
        image->missing_blocks++;
        *blkno = 0;
        return &image->spare;
    }
    *blkno = image->next_block++;
    return block_at(image, *blkno);
}

static struct disk_inode *inode_at(struct image *image, uint32_t ino)
{
    if (ino == 0)
        return &image->spare.inode;
    return (struct disk_inode *)block_at(image, image->super.inode_table_start) + ino;
}

uint32_t image_inode(struct image *image, const struct image_attr *attr)
{
    uint32_t ino = 0;
    if (image->next_inode < image->super.ninodes)
        ino = image->next_inode++;
    else
        image->missing_inodes++;
    *inode_at(image, ino) = (struct disk_inode){.mode = attr->mode,
                                                .nlink = attr->nlink,
                                                .atime = attr->time,
                                                .mtime = attr->time,
                                                .ctime = attr->time,
                                                .generation = 1,
                                                .rdev = attr->rdev};
    return ino;
}

void image_file_begin(struct image_file *file, struct image *image, uint32_t ino)
{
    *file = (struct image_file){.image = image, .inode = inode_at(image, ino)};
}

static uint32_t *new_pointers(struct image_file *file, uint32_t *blkno)
{
    file->inode->nblocks++;
    return take_block(file->image, blkno);
}

/* Makes the indirect block for the next block of the file the one in hand. */
static void next_leaf(struct image_file *file, uint64_t leaf)
{
    uint32_t *parent = &file->inode->indirect;
    if (leaf > 0) {
        if (file->root == NULL)
            file->root = new_pointers(file, &file->inode->double_indirect);
        parent = &file->root[leaf - 1];
    }
    file->leaf = new_pointers(file, parent);
    file->leaf_end = FS_NDIRECT + (leaf + 1) * FS_PTRS_PER_BLOCK;
}

/* Where the number of the next block belongs. */
static uint32_t *next_pointer(struct image_file *file)
{
    if (file->index < FS_NDIRECT)
        return &file->inode->direct[file->index];
    uint64_t behind = file->index - FS_NDIRECT;
    if (file->index >= file->leaf_end)
        next_leaf(file, behind / FS_PTRS_PER_BLOCK);
    return &file->leaf[behind % FS_PTRS_PER_BLOCK];
}

bool image_file_put(struct image_file *file, const void *bytes, size_t n)
{
    if (file->index == FS_MAX_FILE_BLOCKS)
        return false;
    if (!bytes_are(bytes, n, 0)) {
        uint32_t *pointer = next_pointer(file);
        memcpy(take_block(file->image, pointer), bytes, n);
        file->inode->nblocks++;
    }
    file->index++;
    file->inode->size += n;
    return true;
}

void image_dir_begin(struct image_dir *dir, struct image *image, uint32_t ino, uint32_t parent)
{
    *dir = (struct image_dir){.used = 0};
    image_file_begin(&dir->file, image, ino);
    image_dir_put(dir, ".", ino, MODE_DIR);
    image_dir_put(dir, "..", parent, MODE_DIR);
}

/* Writes the block in hand out; its last record reaches to its end. */
static void flush_records(struct image_dir *dir)
{
    if (dir->last == NULL)
        return;
    dir->last->reclen += (uint16_t)(FS_BLOCK_SIZE - dir->used);
    image_file_put(&dir->file, dir->block, FS_BLOCK_SIZE);
    memset(dir->block, 0, FS_BLOCK_SIZE);
    dir->used = 0;
    dir->last = NULL;
}

void image_dir_put(struct image_dir *dir, const char *name, uint32_t ino, uint32_t mode)
{
    size_t namelen = strlen(name);
    size_t reclen = FS_DIRENT_SIZE(namelen);
    if (dir->used + reclen > FS_BLOCK_SIZE)
        flush_records(dir);
    struct disk_dirent *record = (struct disk_dirent *)((uint8_t *)dir->block + dir->used);
    record->ino = ino;
    record->reclen = (uint16_t)reclen;
    record->namelen = (uint8_t)namelen;
    record->type = mode_dirent_type(mode);
    memcpy(record->name, name, namelen);
    dir->used += (uint32_t)reclen;
    dir->last = record;
}

void image_dir_end(struct image_dir *dir)
{
    flush_records(dir);
}
