/*
 * Replaying the journal: see recovery.h. A transaction is looked at twice: once to see whether its
 * checksum is right, then to write its blocks home. The first one that is not whole ends the log;
 * that is how a crash in the middle of a commit looks.
 */
#include "fs/recovery.h"

#include "fs/disk.h"
#include "lib/crc32c.h"
#include "lib/print.h"
#include "lib/string.h"

struct replay {
    const struct disk_super *super;
    uint32_t ring;      /* blocks in the ring */
    uint32_t at;        /* position of the next transaction in the area */
    uint64_t sequence;  /* and its number */
    struct page *desc;  /* its descriptor */
    struct page *block; /* any other block */
    unsigned replayed;  /* blocks written home */
};

static bool move(const struct replay *r, enum block_op op, uint32_t blkno, struct page *page)
{
    return blkno < r->super->nblocks && disk_transfer(op, &blkno, &page, 1) >= 0;
}

/* The position `n` places behind `at` in the ring. */
static uint32_t ring_position(const struct replay *r, uint32_t n)
{
    return (uint32_t)((r->at - 1 + (uint64_t)n) % r->ring) + 1;
}

static bool read_log(const struct replay *r, uint32_t n, struct page *page)
{
    return move(r, BLOCK_READ, r->super->journal_start + ring_position(r, n), page);
}

/* Metadata lives behind the superblock and the journal. */
static bool is_home(const struct replay *r, uint32_t blkno)
{
    return blkno >= r->super->block_bitmap_start && blkno < r->super->nblocks;
}

/* Whether a whole transaction with the right number stands at r->at; its descriptor is read then.
 */
static bool next_is_whole(const struct replay *r)
{
    const struct disk_journal_desc *d = page_data(r->desc);
    if (!read_log(r, 0, r->desc) || d->magic != FS_JOURNAL_DESC || d->sequence != r->sequence ||
        d->count == 0 || d->count > FS_JOURNAL_MAX_COUNT || d->count + 2 > r->ring)
        return false;
    uint32_t crc = crc32c(0, d, sizeof(*d));
    for (uint32_t i = 0; i < d->count; i++) {
        if (!is_home(r, d->blkno[i]) || !read_log(r, i + 1, r->block))
            return false;
        crc = crc32c(crc, page_data(r->block), BLOCK_SIZE);
    }
    const struct disk_journal_commit *c = page_data(r->block);
    if (!read_log(r, d->count + 1, r->block))
        return false;
    crc = crc32c(crc, c, offsetof(struct disk_journal_commit, crc));
    return c->magic == FS_JOURNAL_COMMIT && c->sequence == r->sequence && c->count == d->count &&
           c->crc == crc;
}

/* Writes the blocks of the transaction at r->at home and goes on to the next. */
static bool replay_one(struct replay *r)
{
    const struct disk_journal_desc *d = page_data(r->desc);
    for (uint32_t i = 0; i < d->count; i++)
        if (!read_log(r, i + 1, r->block) || !move(r, BLOCK_WRITE, d->blkno[i], r->block))
            return false;
    r->replayed += d->count;
    r->at = ring_position(r, d->count + 2);
    r->sequence++;
    return true;
}

/* The log is empty and begins at r->at. */
static bool write_header(const struct replay *r)
{
    struct disk_journal_header *h = page_data(r->block);
    memset(h, 0, BLOCK_SIZE);
    h->magic = FS_JOURNAL_HEADER;
    h->tail = r->at;
    h->sequence = r->sequence;
    h->crc = crc32c(0, h, offsetof(struct disk_journal_header, crc));
    return disk_flush() == 0 && move(r, BLOCK_WRITE, r->super->journal_start, r->block) &&
           disk_flush() == 0;
}

static const char *replay_all(struct replay *r)
{
    const struct disk_journal_header *h = page_data(r->block);
    if (!move(r, BLOCK_READ, r->super->journal_start, r->block))
        return "the journal's header cannot be read";
    if (h->magic != FS_JOURNAL_HEADER || h->tail < 1 || h->tail > r->ring ||
        h->crc != crc32c(0, h, offsetof(struct disk_journal_header, crc)))
        return "the journal's header is damaged";
    r->at = h->tail;
    r->sequence = h->sequence;
    while (next_is_whole(r))
        if (!replay_one(r))
            return "a block of the journal could not be written home";
    if (r->replayed > 0 && !write_header(r))
        return "the journal's header cannot be written";
    if (r->replayed > 0)
        kprintf("file system: %u blocks replayed from the journal\n", r->replayed);
    return NULL;
}

const char *recovery_replay(const struct disk_super *super, uint32_t *head, uint64_t *sequence)
{
    struct replay r = {.super = super, .ring = super->journal_blocks - 1};
    const char *problem = "there is no memory to replay the journal";
    r.desc = kalloc(PAGE_BUFFER);
    r.block = kalloc(PAGE_BUFFER);
    if (r.desc != NULL && r.block != NULL)
        problem = replay_all(&r);
    if (r.desc != NULL)
        page_put(r.desc);
    if (r.block != NULL)
        page_put(r.block);
    *head = r.at;
    *sequence = r.sequence;
    return problem;
}
