/* Reading an image in memory by paths: see read.h. */
#include "read.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "mode.h"

void read_begin(struct reader *reader, const uint8_t *image)
{
    *reader = (struct reader){.image = image, .super = (const struct disk_super *)image};
}

const struct disk_inode *read_inode(const struct reader *reader, uint32_t ino)
{
    const uint8_t *table = reader->image + (size_t)reader->super->inode_table_start * FS_BLOCK_SIZE;
    if (ino == 0 || ino >= reader->super->ninodes)
        return NULL;
    const struct disk_inode *inode = (const struct disk_inode *)table + ino;
    return inode->mode != 0 ? inode : NULL;
}

static const void *numbered_block(const struct reader *reader, uint32_t blkno)
{
    static const uint64_t hole[FS_BLOCK_SIZE / sizeof(uint64_t)];
    if (blkno == 0)
        return hole;
    if (blkno < reader->super->data_start || blkno >= reader->super->nblocks)
        return NULL;
    return reader->image + (size_t)blkno * FS_BLOCK_SIZE;
}

/* Goes down from a block number of the inode through `levels` indirect blocks. */
static const void *follow(const struct reader *reader, uint32_t blkno, uint64_t index,
                          unsigned levels)
{
    const uint32_t *block = numbered_block(reader, blkno);
    while (levels-- > 0 && block != NULL) {
        uint64_t slot = levels > 0 ? index / FS_PTRS_PER_BLOCK : index;
        block = numbered_block(reader, block[slot % FS_PTRS_PER_BLOCK]);
    }
    return block;
}

const void *read_block(const struct reader *reader, const struct disk_inode *inode, uint64_t index)
{
    if (index >= FS_MAX_FILE_BLOCKS)
        return NULL;
    if (index < FS_NDIRECT)
        return follow(reader, inode->direct[index], 0, 0);
    index -= FS_NDIRECT;
    if (index < FS_PTRS_PER_BLOCK)
        return follow(reader, inode->indirect, index, 1);
    return follow(reader, inode->double_indirect, index - FS_PTRS_PER_BLOCK, 2);
}

/* The record at byte `at` of a directory, if it is a sound one. */
static const struct disk_dirent *record_at(const struct reader *reader,
                                           const struct disk_inode *dir, uint64_t at)
{
    const uint8_t *block = at < dir->size ? read_block(reader, dir, at / FS_BLOCK_SIZE) : NULL;
    if (block == NULL)
        return NULL;
    const struct disk_dirent *record = (const struct disk_dirent *)(block + at % FS_BLOCK_SIZE);
    if (record->reclen < sizeof(*record) || record->reclen % 8 != 0 ||
        record->reclen > FS_BLOCK_SIZE - at % FS_BLOCK_SIZE)
        return NULL;
    if (record->ino != 0 && FS_DIRENT_SIZE(record->namelen) > record->reclen)
        return NULL;
    return record;
}

const struct disk_dirent *read_dirent(const struct reader *reader, const struct disk_inode *dir,
                                      uint64_t *at)
{
    const struct disk_dirent *record;
    do {
        record = record_at(reader, dir, *at);
        if (record != NULL)
            *at += record->reclen;
    } while (record != NULL && record->ino == 0);
    return record;
}

static uint32_t find_name(const struct reader *reader, uint32_t ino, const char *name, size_t n)
{
    const struct disk_inode *dir = read_inode(reader, ino);
    const struct disk_dirent *record;
    uint64_t at = 0;
    if (dir == NULL || !mode_is_dir(dir->mode))
        return 0;
    while ((record = read_dirent(reader, dir, &at)) != NULL) {
        if (record->namelen == n && memcmp(record->name, name, n) == 0)
            return record->ino;
    }
    return 0;
}

uint32_t read_find(const struct reader *reader, const char *path)
{
    uint32_t ino = FS_ROOT_INO;
    while (ino != 0 && *path != '\0') {
        size_t n = strcspn(path, "/");
        if (n > 0)
            ino = find_name(reader, ino, path, n);
        path += n;
        path += strspn(path, "/");
    }
    return ino;
}
