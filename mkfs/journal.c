/* Part of fs_check: the journal, and its replay. */
#include "checker.h"

#include <stddef.h>
#include <string.h>

#include "lib/crc32c.h"

/* Where replay stands. */
struct replay {
    struct checker *checker;
    uint32_t at; /* index in the journal's area */
    uint64_t sequence;
    uint32_t room; /* blocks of the ring that no transaction has filled yet */
};

/* The block of the ring that is `steps` behind the one at `at`; steps < blocks of the ring. */
static uint32_t ring_index(const struct replay *replay, uint32_t steps)
{
    uint32_t ring = replay->checker->super.journal_blocks - 1;
    return (uint32_t)(((uint64_t)replay->at - 1 + steps) % ring) + 1;
}

static const void *ring_block(const struct replay *replay, uint32_t steps)
{
    const struct checker *checker = replay->checker;
    return check_block(checker, checker->super.journal_start + ring_index(replay, steps));
}

static uint32_t transaction_crc(const struct replay *replay, uint32_t count)
{
    uint32_t crc = 0;
    for (uint32_t i = 0; i <= count; i++)
        crc = crc32c(crc, ring_block(replay, i), FS_BLOCK_SIZE);
    return crc32c(crc, ring_block(replay, count + 1), offsetof(struct disk_journal_commit, crc));
}

/* The descriptor of a whole transaction where replay stands; NULL: the journal ends here. */
static const struct disk_journal_desc *find_transaction(const struct replay *replay)
{
    const struct disk_journal_desc *desc = ring_block(replay, 0);
    if (replay->room < 3 || desc->magic != FS_JOURNAL_DESC || desc->sequence != replay->sequence)
        return NULL;
    if (desc->count == 0 || desc->count > FS_JOURNAL_MAX_COUNT || desc->count > replay->room - 2)
        return NULL;
    const struct disk_journal_commit *commit = ring_block(replay, desc->count + 1);
    if (commit->magic != FS_JOURNAL_COMMIT || commit->sequence != desc->sequence ||
        commit->count != desc->count)
        return NULL;
    return commit->crc == transaction_crc(replay, desc->count) ? desc : NULL;
}

/* Whether replay may write the block: the bitmaps, the inode table and the data. */
static bool is_home(const struct disk_super *super, uint32_t blkno)
{
    return blkno >= super->block_bitmap_start && blkno < super->nblocks;
}

static bool check_homes(const struct replay *replay, const struct disk_journal_desc *desc)
{
    const struct disk_super *super = &replay->checker->super;
    for (uint32_t i = 0; i < desc->count; i++) {
        if (!is_home(super, desc->blkno[i])) {
            PROBLEM(replay->checker,
                    "transaction %llu of the journal is for block %u, which is "
                    "not between %u and %u",
                    (unsigned long long)desc->sequence, desc->blkno[i], super->block_bitmap_start,
                    super->nblocks - 1);
            return false;
        }
    }
    for (uint32_t i = desc->count; i < FS_JOURNAL_MAX_COUNT; i++) {
        if (desc->blkno[i] != 0) {
            PROBLEM(replay->checker,
                    "transaction %llu of the journal has %u blocks, but a number "
                    "for block %u of it",
                    (unsigned long long)desc->sequence, desc->count, i + 1);
            return false;
        }
    }
    return true;
}

static void apply(struct replay *replay, const struct disk_journal_desc *desc)
{
    uint32_t count = desc->count;
    for (uint32_t i = 0; i < count; i++)
        memcpy(check_block(replay->checker, desc->blkno[i]), ring_block(replay, i + 1),
               FS_BLOCK_SIZE);
    replay->at = ring_index(replay, (count + 2) % (replay->checker->super.journal_blocks - 1));
    replay->sequence++;
    replay->room -= count + 2;
    replay->checker->report->transactions++;
}

static bool check_header(struct checker *checker, const struct disk_journal_header *header)
{
    uint32_t crc = crc32c(0, header, offsetof(struct disk_journal_header, crc));
    if (header->magic != FS_JOURNAL_HEADER)
        PROBLEM(checker, "the journal's header has the magic number %08x, but should have %08x",
                header->magic, FS_JOURNAL_HEADER);
    else if (crc != header->crc)
        PROBLEM(checker, "the journal header's checksum is %08x, but should be %08x", header->crc,
                crc);
    else if (header->tail == 0 || header->tail >= checker->super.journal_blocks)
        PROBLEM(checker, "the journal's tail is %u, but should be from 1 to %u", header->tail,
                checker->super.journal_blocks - 1);
    else
        return true;
    return false;
}

void check_journal(struct checker *checker)
{
    const struct disk_journal_header *header = check_block(checker, checker->super.journal_start);
    struct fs_report *report = checker->report;
    if (!check_header(checker, header))
        return;
    struct replay replay = {.checker = checker,
                            .at = header->tail,
                            .sequence = header->sequence,
                            .room = checker->super.journal_blocks - 1};
    const struct disk_journal_desc *desc;
    while ((desc = find_transaction(&replay)) != NULL && check_homes(&replay, desc))
        apply(&replay, desc);
    report->journal_tail = replay.at;
    report->journal_sequence = replay.sequence;
    if (report->transactions > 0)
        NOTE(checker, "the journal holds %u transactions, which the next mount replays",
             report->transactions);
}

void fs_journal_advance(uint8_t *image, const struct fs_report *report)
{
    const struct disk_super *super = (const struct disk_super *)image;
    struct disk_journal_header header = {.magic = FS_JOURNAL_HEADER,
                                         .tail = report->journal_tail,
                                         .sequence = report->journal_sequence};
    header.crc = crc32c(0, &header, offsetof(struct disk_journal_header, crc));
    memcpy(image + (size_t)super->journal_start * FS_BLOCK_SIZE, &header, sizeof(header));
}
