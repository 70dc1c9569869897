/* The bitmaps: see bitmap.h. */
#include "fs/bitmap.h"

#include "abi/errno.h"
#include "fs/disk.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "sync/mutex.h"

#define WORD_BITS 64
#define NO_BIT    UINT32_MAX

/* One of the three maps: bits [0, nbits) in consecutive blocks of the disk. */
struct bitmap {
    uint32_t start;  /* [const] first block */
    uint32_t nbits;  /* [const] */
    uint64_t **held; /* [lock] for each block, bits that count as set too; or NULL */
};

static struct mutex lock;
static struct bitmap blocks, inodes, orphans;
static const struct disk_super *super; /* [const] */
static bool any_frozen;                /* [lock] */

static uint64_t block_of(const struct bitmap *map, uint32_t bit)
{
    return map->start + bit / FS_BITS_PER_BLOCK;
}

/* An array with a page of zeros for each block of the bitmap. */
static uint64_t **new_held(uint32_t nblocks)
{
    uint64_t **held = kmalloc(nblocks * sizeof(*held));
    for (uint32_t i = 0; held != NULL && i < nblocks; i++) {
        struct page *page = kalloc_zeroed(PAGE_BUFFER);
        if (page == NULL)
            return NULL; /* at mount: the machine is too small, and stops */
        held[i] = page_data(page);
    }
    return held;
}

int bitmap_init(const struct disk_super *s)
{
    super = s;
    mutex_init(&lock, RANK_BITMAP);
    blocks = (struct bitmap){s->block_bitmap_start, s->nblocks, new_held(s->block_bitmap_blocks)};
    inodes = (struct bitmap){s->inode_bitmap_start, s->ninodes, NULL};
    orphans = (struct bitmap){s->orphan_bitmap_start, s->ninodes, NULL};
    return blocks.held == NULL ? -ENOMEM : 0;
}

/* --- Searching --- */

static uint64_t taken_word(const struct bitmap *map, const uint64_t *words, uint32_t bit)
{
    uint32_t word = bit % FS_BITS_PER_BLOCK / WORD_BITS;
    uint64_t taken = words[word];
    if (map->held != NULL)
        taken |= map->held[bit / FS_BITS_PER_BLOCK][word];
    return taken;
}

/* The first free bit in [from, to), which lie in one block with these words; or NO_BIT. */
static uint32_t search_block(const struct bitmap *map, const uint64_t *words, uint32_t from,
                             uint32_t to)
{
    for (uint32_t bit = from; bit < to;) {
        uint64_t free = ~taken_word(map, words, bit) >> bit % WORD_BITS;
        if (free != 0) {
            bit += lowest_bit(free);
            return bit < to ? bit : NO_BIT;
        }
        bit = (uint32_t)round_down(bit, WORD_BITS) + WORD_BITS;
    }
    return NO_BIT;
}

/* The first free bit in [from, to): 0 and *found, -ENOSPC or -EIO. */
static int search(const struct bitmap *map, uint32_t from, uint32_t to, uint32_t *found)
{
    while (from < to) {
        uint64_t end = round_down(from, FS_BITS_PER_BLOCK) + FS_BITS_PER_BLOCK;
        struct page *page;
        int err = disk_read((uint32_t)block_of(map, from), &page);
        if (err != 0)
            return err;
        *found = search_block(map, page_data(page), from, (uint32_t)min_u64(end, to));
        page_unpin(page);
        if (*found != NO_BIT)
            return 0;
        from = (uint32_t)min_u64(end, to);
    }
    return -ENOSPC;
}

/* --- Changing --- */

/* Sets a bit to `value`, which it has not yet; -EIO if it has, so the image is damaged. */
static int change(struct handle *h, const struct bitmap *map, uint32_t bit, bool value)
{
    struct page *page;
    int err = journal_modify(h, (uint32_t)block_of(map, bit), &page);
    if (err != 0)
        return err;
    uint64_t *word = (uint64_t *)page_data(page) + bit % FS_BITS_PER_BLOCK / WORD_BITS;
    uint64_t mask = 1UL << bit % WORD_BITS;
    if (((*word & mask) != 0) == value)
        err = -EIO;
    else
        *word ^= mask;
    page_unpin(page);
    if (err != 0)
        kprintf("file system: damaged: bit %u of the bitmap at block %u is %d already\n", bit,
                map->start, value);
    return err;
}

/* Finds a free bit, from `goal` to the end and then from `low`, and sets it. */
static int alloc(struct handle *h, const struct bitmap *map, uint32_t low, uint32_t goal,
                 uint32_t *bit)
{
    if (goal < low || goal >= map->nbits)
        goal = low;
    int err = search(map, goal, map->nbits, bit);
    if (err == -ENOSPC)
        err = search(map, low, goal, bit);
    return err != 0 ? err : change(h, map, *bit, true);
}

int bitmap_alloc_block(struct handle *h, uint32_t goal, uint32_t *blkno)
{
    mutex_lock(&lock);
    int err = alloc(h, &blocks, super->data_start, goal, blkno);
    mutex_unlock(&lock);
    return err;
}

bool bitmap_is_data_block(uint32_t blkno)
{
    return blkno >= super->data_start && blkno < super->nblocks;
}

static void freeze(uint32_t blkno)
{
    uint64_t *words = blocks.held[blkno / FS_BITS_PER_BLOCK];
    words[blkno % FS_BITS_PER_BLOCK / WORD_BITS] |= 1UL << blkno % WORD_BITS;
    any_frozen = true;
}

int bitmap_free_block(struct handle *h, uint32_t blkno)
{
    if (!bitmap_is_data_block(blkno)) {
        kprintf("file system: damaged: block %u is none of the data area\n", blkno);
        return -EIO;
    }
    mutex_lock(&lock);
    int err = change(h, &blocks, blkno, false);
    if (err == 0)
        freeze(blkno);
    mutex_unlock(&lock);
    return err;
}

void bitmap_thaw(void)
{
    mutex_lock(&lock);
    for (uint32_t i = 0; any_frozen && i < super->block_bitmap_blocks; i++)
        page_zero(blocks.held[i]);
    any_frozen = false;
    mutex_unlock(&lock);
}

bool bitmap_has_frozen(void)
{
    mutex_lock(&lock);
    bool any = any_frozen;
    mutex_unlock(&lock);
    return any;
}

int bitmap_alloc_inode(struct handle *h, uint32_t *ino)
{
    mutex_lock(&lock);
    int err = alloc(h, &inodes, FS_ROOT_INO, FS_ROOT_INO, ino);
    mutex_unlock(&lock);
    return err;
}

int bitmap_free_inode(struct handle *h, uint32_t ino)
{
    mutex_lock(&lock);
    int err = change(h, &inodes, ino, false);
    mutex_unlock(&lock);
    return err;
}

/* Sets or clears a mark that may be as wanted already. */
int bitmap_set_orphan(struct handle *h, uint32_t ino, bool orphan)
{
    struct page *page;
    mutex_lock(&lock);
    int err = journal_modify(h, (uint32_t)block_of(&orphans, ino), &page);
    if (err == 0) {
        uint64_t *word = (uint64_t *)page_data(page) + ino % FS_BITS_PER_BLOCK / WORD_BITS;
        uint64_t mask = 1UL << ino % WORD_BITS;
        *word = orphan ? *word | mask : *word & ~mask;
        page_unpin(page);
    }
    mutex_unlock(&lock);
    return err;
}

/* --- Looking --- */

/* The first bit that is set at or behind `bit` in the bitmap's block with these words; or NO_BIT.
 */
static uint32_t next_set(const uint64_t *words, uint32_t bit)
{
    uint32_t base = (uint32_t)round_down(bit, FS_BITS_PER_BLOCK);
    for (uint32_t at = bit - base; at < FS_BITS_PER_BLOCK;) {
        uint64_t word = words[at / WORD_BITS] >> at % WORD_BITS;
        if (word != 0)
            return base + at + lowest_bit(word);
        at = (uint32_t)round_down(at, WORD_BITS) + WORD_BITS;
    }
    return NO_BIT;
}

bool bitmap_next_orphan(uint32_t *ino)
{
    while (*ino < orphans.nbits) {
        struct page *page;
        uint32_t found = NO_BIT;
        if (disk_read((uint32_t)block_of(&orphans, *ino), &page) == 0) {
            found = next_set(page_data(page), *ino);
            page_unpin(page);
        }
        if (found < orphans.nbits) {
            *ino = found;
            return true;
        }
        *ino = (uint32_t)round_down(*ino, FS_BITS_PER_BLOCK) + FS_BITS_PER_BLOCK;
    }
    return false;
}

static unsigned count_zeros(uint64_t word)
{
    unsigned ones = 0;
    for (; word != 0; word &= word - 1)
        ones++;
    return WORD_BITS - ones;
}

static int count_free(const struct bitmap *map, uint64_t *count)
{
    *count = 0;
    for (uint32_t bit = 0; bit < map->nbits; bit += FS_BITS_PER_BLOCK) {
        struct page *page;
        int err = disk_read((uint32_t)block_of(map, bit), &page);
        if (err != 0)
            return err;
        const uint64_t *words = page_data(page);
        for (unsigned i = 0; i < FS_BLOCK_SIZE / sizeof(*words); i++)
            *count += count_zeros(words[i]);
        page_unpin(page);
    }
    return 0;
}

int bitmap_count_free(uint64_t *free_blocks, uint64_t *free_inodes)
{
    int err = count_free(&blocks, free_blocks);
    return err != 0 ? err : count_free(&inodes, free_inodes);
}
