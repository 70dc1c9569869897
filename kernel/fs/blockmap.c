/*
 * Block maps: see blockmap.h. A map has three trees of depth 0, 1 and 2 (the direct blocks, those
 * below the indirect one, those below the double indirect one). A position says where in them a
 * page stands.
 */
#include "fs/blockmap.h"

#include "abi/errno.h"
#include "fs/bitmap.h"
#include "fs/disk.h"
#include "lib/print.h"
#include "lib/util.h"

#define PTRS FS_PTRS_PER_BLOCK

struct position {
    unsigned depth;   /* map blocks on the way to the data block */
    uint32_t *root;   /* the number in the inode where the way starts */
    unsigned slot[2]; /* which entry of each map block */
};

static struct position locate(struct inode *ip, uint64_t index)
{
    if (index < FS_NDIRECT)
        return (struct position){.depth = 0, .root = &ip->direct[index]};
    index -= FS_NDIRECT;
    if (index < PTRS)
        return (struct position){.depth = 1, .root = &ip->indirect, .slot = {(unsigned)index}};
    index -= PTRS;
    KASSERT(index < (uint64_t)PTRS * PTRS, "index %lx", (long)index);
    return (struct position){.depth = 2,
                             .root = &ip->double_indirect,
                             .slot = {(unsigned)(index / PTRS), (unsigned)(index % PTRS)}};
}

/* A number of the map, checked: 0 for a hole is fine. */
static int check(const struct inode *ip, uint32_t blkno)
{
    if (blkno == 0 || bitmap_is_data_block(blkno))
        return 0;
    kprintf("file system: damaged: inode %u names block %u, which is none of the data area\n",
            ip->ino, blkno);
    return -EIO;
}

static int find_one(struct inode *ip, uint64_t index, uint32_t *blkno)
{
    struct position p = locate(ip, index);
    *blkno = *p.root;
    for (unsigned level = 0; level < p.depth && *blkno != 0; level++) {
        struct page *page;
        int err = check(ip, *blkno);
        if (err == 0)
            err = disk_read(*blkno, &page);
        if (err != 0)
            return err;
        *blkno = ((const uint32_t *)page_data(page))[p.slot[level]];
        page_unpin(page);
    }
    return check(ip, *blkno);
}

int blockmap_find(struct inode *ip, uint64_t first, unsigned count, uint32_t *blkno)
{
    int err = 0;
    for (unsigned i = 0; i < count && err == 0; i++)
        err = find_one(ip, first + i, &blkno[i]);
    return err;
}

/* --- Allocating --- */

static int alloc_block(struct handle *h, struct inode *ip, uint32_t *blkno)
{
    int err = bitmap_alloc_block(h, ip->goal, blkno);
    if (err == 0) {
        ip->goal = *blkno + 1;
        ip->nblocks++;
    }
    return err;
}

/* A new map block, all holes. */
static int alloc_map_block(struct handle *h, struct inode *ip, uint32_t *blkno)
{
    struct page *page;
    int err = alloc_block(h, ip, blkno);
    if (err != 0)
        return err;
    err = journal_modify_fresh(h, *blkno, &page);
    if (err == 0) {
        page_unpin(page);
    } else {
        bitmap_free_block(h, *blkno);
        ip->nblocks--;
    }
    return err;
}

/*
 * Goes down from the inode's number to the data block's and fills in what is missing. A map block
 * that was made on the way stays when something below it fails: it holds holes, as if it were not
 * there, and is freed with the file.
 */
int blockmap_alloc(struct handle *h, struct inode *ip, uint64_t index, uint32_t *blkno, bool *fresh)
{
    struct position p = locate(ip, index);
    struct page *map = NULL;
    uint32_t *entry = p.root;
    *fresh = false;
    for (unsigned level = 0;; level++) {
        bool is_data = level == p.depth;
        int err = check(ip, *entry);
        if (err == 0 && *entry == 0) {
            uint32_t number;
            err = is_data ? alloc_block(h, ip, &number) : alloc_map_block(h, ip, &number);
            if (err == 0)
                *entry = number;
            *fresh = is_data;
        }
        *blkno = *entry;
        if (map != NULL)
            page_unpin(map);
        if (err == 0 && !is_data)
            err = journal_modify(h, *blkno, &map);
        if (err != 0 || is_data)
            return err;
        entry = (uint32_t *)page_data(map) + p.slot[level];
    }
}

/* --- Freeing --- */

/* How many data blocks one entry covers that has `depth` levels of map blocks below it. */
static uint64_t span_of(unsigned depth)
{
    return depth == 0 ? 1 : depth == 1 ? PTRS : (uint64_t)PTRS * PTRS;
}

static int free_entry(struct handle *h, struct inode *ip, uint32_t *number)
{
    int err = bitmap_free_block(h, *number);
    if (err == 0) {
        *number = 0;
        ip->nblocks--;
    }
    return err;
}

/*
 * Frees what lies at or behind `first`, counted from the start of the entry's range; the entry
 * itself when that is all of it. 1 when the handle has no room for more.
 */
static int free_range(struct handle *h, struct inode *ip, uint32_t *number, unsigned depth,
                      uint64_t first)
{
    int result = check(ip, *number);
    if (*number == 0 || result != 0)
        return result;
    if (h->reserved < BLOCKMAP_KEEP + 2)
        return 1;
    if (depth > 0) {
        struct page *map;
        result = journal_modify(h, *number, &map);
        if (result != 0)
            return result;
        uint64_t span = span_of(depth - 1);
        for (uint64_t i = first / span; i < PTRS && result == 0; i++) {
            uint64_t rest = i == first / span ? first % span : 0;
            result = free_range(h, ip, (uint32_t *)page_data(map) + i, depth - 1, rest);
        }
        page_unpin(map);
    }
    if (result == 0 && first == 0)
        result = h->reserved == BLOCKMAP_KEEP ? 1 : free_entry(h, ip, number);
    return result;
}

int blockmap_free(struct handle *h, struct inode *ip, uint64_t first)
{
    uint64_t base = 0;
    int result = 0;
    for (unsigned i = 0; i < FS_NDIRECT && result == 0; i++, base++)
        if (base >= first)
            result = free_range(h, ip, &ip->direct[i], 0, 0);
    for (unsigned depth = 1; depth <= 2 && result == 0; depth++) {
        uint32_t *number = depth == 1 ? &ip->indirect : &ip->double_indirect;
        uint64_t from = first > base ? first - base : 0;
        if (from < span_of(depth))
            result = free_range(h, ip, number, depth, from);
        base += span_of(depth);
    }
    return result;
}
