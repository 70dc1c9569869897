/*
 * Crafts transactions in an image's journal, and expects that fsck replays the good ones, in
 * order, and none of the others. With an argument it writes an image to that file whose journal
 * holds a change: /small loses its permissions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc32c.h"
#include "tests/mkfs/lab.h"

/* A transaction to be written: `count` blocks from `home` on, each filled with one byte. */
struct plan {
    uint32_t at; /* index in the journal's area */
    uint64_t sequence;
    uint32_t home;
    uint32_t count;
    uint8_t fill;
};

static uint32_t ring_step(struct lab *lab, uint32_t at, uint32_t steps)
{
    return (at - 1 + steps) % (lab->super->journal_blocks - 1) + 1;
}

static void *ring_block(struct lab *lab, uint32_t at, uint32_t steps)
{
    return lab_block(lab, lab->super->journal_start + ring_step(lab, at, steps));
}

/* Makes the transaction's checksum that of what stands there. */
static void seal_at(struct lab *lab, uint32_t at, uint32_t count)
{
    struct disk_journal_commit *commit = ring_block(lab, at, count + 1);
    commit->crc = 0;
    for (uint32_t i = 0; i <= count; i++)
        commit->crc = crc32c(commit->crc, ring_block(lab, at, i), FS_BLOCK_SIZE);
    commit->crc = crc32c(commit->crc, commit, offsetof(struct disk_journal_commit, crc));
}

/* Returns where the next transaction goes. */
static uint32_t write_plan(struct lab *lab, const struct plan *plan)
{
    struct disk_journal_desc *desc = ring_block(lab, plan->at, 0);
    struct disk_journal_commit *commit = ring_block(lab, plan->at, plan->count + 1);
    memset(desc, 0, sizeof(*desc));
    desc->magic = FS_JOURNAL_DESC;
    desc->count = plan->count;
    desc->sequence = plan->sequence;
    for (uint32_t i = 0; i < plan->count; i++) {
        desc->blkno[i] = plan->home + i;
        memset(ring_block(lab, plan->at, i + 1), plan->fill, FS_BLOCK_SIZE);
    }
    memset(commit, 0, FS_BLOCK_SIZE);
    *commit = (struct disk_journal_commit){
        .magic = FS_JOURNAL_COMMIT, .count = plan->count, .sequence = plan->sequence};
    seal_at(lab, plan->at, plan->count);
    return ring_step(lab, plan->at, plan->count + 2);
}

/* The whole content of /big, which tests write over: its blocks follow each other. */
static uint32_t home_of(struct lab *lab)
{
    return lab_inode(lab, "/big")->direct[0];
}

static uint8_t first_byte(struct lab *lab, uint32_t blkno)
{
    return *(uint8_t *)lab_block(lab, blkno);
}

/* A fresh image whose journal begins at `tail`, and a transaction of 3 blocks there. */
static struct plan begin(struct lab *lab, uint32_t tail, uint64_t sequence)
{
    lab_reset(lab);
    lab_journal(lab)->tail = tail;
    lab_journal(lab)->sequence = sequence;
    lab_seal(lab);
    return (struct plan){tail, sequence, home_of(lab), 3, 'A'};
}

static void expect_replayed(struct lab *lab, const char *test, uint32_t transactions)
{
    enum fs_status status = lab_check(lab);
    lab_expect(lab, status == FS_CLEAN, test, "a clean image");
    lab_expect(lab, lab->report.transactions == transactions, test, "as many transactions");
}

static void expect_refused(struct lab *lab, const char *test, const char *sentence)
{
    enum fs_status status = lab_check(lab);
    lab_expect(lab, status == FS_DAMAGED && strstr(lab->said, sentence) != NULL, test, sentence);
    lab_expect(lab, lab->report.transactions == 0, test, "no replay");
}

static void test_one(struct lab *lab)
{
    struct plan plan = begin(lab, 1, 1);
    uint32_t next = write_plan(lab, &plan);
    expect_replayed(lab, "one", 1);
    lab_expect(lab, strstr(lab->said, "note: the journal holds 1 transactions") != NULL, "one",
               "a note");
    lab_expect(lab, first_byte(lab, plan.home + 2) == 'A', "one", "the third block's image");
    lab_expect(lab, first_byte(lab, plan.home + 3) == 'q', "one", "no more than three blocks");
    lab_expect(lab, lab->report.journal_tail == next && lab->report.journal_sequence == 2, "one",
               "the place behind the transaction");
    expect_replayed(lab, "one again", 1);

    fs_journal_advance(lab->image, &lab->report);
    expect_replayed(lab, "one, advanced", 0);
    lab_expect(lab, lab_journal(lab)->tail == next && lab_journal(lab)->sequence == 2,
               "one, advanced", "the header behind the transaction");
}

/* The second one rewrites a block of the first. */
static void test_two(struct lab *lab)
{
    struct plan first = begin(lab, 1, 41);
    struct plan second = {write_plan(lab, &first), 42, first.home + 1, 1, 'B'};
    write_plan(lab, &second);
    expect_replayed(lab, "two", 2);
    lab_expect(lab, first_byte(lab, first.home + 1) == 'B', "two", "the later image");
    lab_expect(lab, first_byte(lab, first.home + 2) == 'A', "two", "the earlier image");
}

static void test_wrap(struct lab *lab)
{
    for (uint32_t back = 0; back < 6; back++) {
        struct plan plan = begin(lab, lab->super->journal_blocks - 1 - back, 7);
        struct plan second = {write_plan(lab, &plan), 8, plan.home + 2, 2, 'B'};
        write_plan(lab, &second);
        expect_replayed(lab, "around the ring's end", 2);
        lab_expect(lab, first_byte(lab, plan.home + 1) == 'A', "around the ring's end", "image 2");
        lab_expect(lab, first_byte(lab, plan.home + 3) == 'B', "around the ring's end", "image 5");
    }
}

/* A journal that is full to the last block; it must not be read for a second lap. */
static void test_full_ring(struct lab *lab)
{
    struct plan plan = begin(lab, 5, UINT64_MAX);
    plan.count = lab->super->journal_blocks - 1 - 2;
    plan.home = 200;
    write_plan(lab, &plan);
    expect_replayed(lab, "full ring", 1);
    lab_expect(lab, lab->report.journal_tail == 5, "full ring", "the tail where it was");
    lab_expect(lab, lab->report.journal_sequence == 0, "full ring", "the next number");
}

/* Changes one byte of a transaction after it was sealed. */
static void test_torn(struct lab *lab)
{
    for (uint32_t step = 0; step < 5; step++) {
        struct plan plan = begin(lab, 1, 1);
        write_plan(lab, &plan);
        uint8_t *block = ring_block(lab, 1, step);
        block[step < 4 ? FS_BLOCK_SIZE - 1 : 16] ^= 1;
        expect_replayed(lab, "torn", 0);
        lab_expect(lab, first_byte(lab, plan.home) == 'q', "torn", "the old block");
    }
}

static void test_second_torn(struct lab *lab)
{
    struct plan first = begin(lab, 1, 1);
    struct plan second = {write_plan(lab, &first), 2, first.home, 2, 'B'};
    struct plan third = {write_plan(lab, &second), 3, first.home, 1, 'C'};
    write_plan(lab, &third);
    *(uint8_t *)ring_block(lab, second.at, 1) = 'X';
    expect_replayed(lab, "the second torn", 1);
    lab_expect(lab, first_byte(lab, first.home) == 'A', "the second torn", "the first one only");
}

static void test_sequence(struct lab *lab)
{
    struct plan plan = begin(lab, 1, 5);
    plan.sequence = 4;
    write_plan(lab, &plan);
    expect_replayed(lab, "an old number", 0);

    plan = begin(lab, 1, 5);
    plan.sequence = 6;
    write_plan(lab, &plan);
    expect_replayed(lab, "a later number", 0);

    plan = begin(lab, 1, 5);
    struct plan second = {write_plan(lab, &plan), 7, plan.home, 1, 'B'};
    write_plan(lab, &second);
    expect_replayed(lab, "a gap in the numbers", 1);
}

static void test_commit(struct lab *lab)
{
    struct plan plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    struct disk_journal_commit *commit = ring_block(lab, 1, 4);
    commit->magic = FS_JOURNAL_DESC;
    seal_at(lab, 1, 3);
    expect_replayed(lab, "commit magic", 0);

    plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    commit->sequence = 2;
    seal_at(lab, 1, 3);
    expect_replayed(lab, "commit sequence", 0);

    plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    commit->count = 2;
    seal_at(lab, 1, 3);
    expect_replayed(lab, "commit count", 0);
}

static void test_count(struct lab *lab)
{
    static const uint32_t counts[] = {0, 29, 30, 31, FS_JOURNAL_MAX_COUNT + 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        struct plan plan = begin(lab, 1, 1);
        write_plan(lab, &plan);
        ((struct disk_journal_desc *)ring_block(lab, 1, 0))->count = counts[i];
        expect_replayed(lab, "count", 0);
    }
}

/* Homes outside of what a journal may change, though the checksum is right. */
static void test_homes(struct lab *lab)
{
    uint32_t homes[] = {0, 1, lab->super->block_bitmap_start - 1, lab->super->nblocks, UINT32_MAX};
    for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++) {
        struct plan plan = begin(lab, 1, 1);
        write_plan(lab, &plan);
        ((struct disk_journal_desc *)ring_block(lab, 1, 0))->blkno[1] = homes[i];
        seal_at(lab, 1, 3);
        expect_refused(lab, "home", "transaction 1 of the journal is for block");
        lab_expect(lab, first_byte(lab, plan.home) == 'q', "home", "none of its blocks written");
    }
    struct plan plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    ((struct disk_journal_desc *)ring_block(lab, 1, 0))->blkno[3] = plan.home;
    seal_at(lab, 1, 3);
    expect_refused(lab, "one home more", "has 3 blocks, but a number for block 4 of it");
}

static void test_header(struct lab *lab)
{
    struct plan plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    lab_journal(lab)->crc++;
    expect_refused(lab, "header checksum", "the journal header's checksum is");

    plan = begin(lab, 1, 1);
    write_plan(lab, &plan);
    lab_journal(lab)->magic++;
    lab_seal(lab);
    expect_refused(lab, "header magic", "the journal's header has the magic number");

    begin(lab, 0, 1);
    expect_refused(lab, "tail 0", "the journal's tail is 0, but should be from 1 to 31");
    begin(lab, lab->super->journal_blocks, 1);
    expect_refused(lab, "tail behind", "the journal's tail is 32, but should be from 1 to 31");
}

/* As large as a transaction can be: it takes a large disk. */
static void test_largest(struct lab *small)
{
    struct lab *lab = malloc(sizeof(*lab));
    lab_open(lab, (size_t)64 << 20);
    struct plan plan = begin(lab, 1000, 1);
    plan.home = 3000;
    plan.count = FS_JOURNAL_MAX_COUNT;
    write_plan(lab, &plan);
    expect_replayed(lab, "largest", 1);
    lab_expect(lab, first_byte(lab, 3000 + FS_JOURNAL_MAX_COUNT - 1) == 'A', "largest",
               "the last image");
    small->passed += lab->passed;
    small->failed += lab->failed;
    lab_close(lab);
    free(lab);
}

/* The journal holds the inode table's block of /small, with mode 0100000. */
static int write_image(struct lab *lab, const char *path)
{
    uint32_t blkno = lab->super->inode_table_start +
                     lab_ino(lab, "/small") / (uint32_t)FS_INODES_PER_BLOCK;
    struct plan plan = {1, 1, blkno, 1, 0};
    write_plan(lab, &plan);
    uint8_t *image = ring_block(lab, 1, 1);
    struct disk_inode *inode = lab_inode(lab, "/small");
    memcpy(image, lab_block(lab, blkno), FS_BLOCK_SIZE);
    ((struct disk_inode *)image)[inode - (struct disk_inode *)lab_block(lab, blkno)].mode =
        MODE_REG;
    seal_at(lab, 1, 1);

    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(lab->image, 1, lab->size, file) != lab->size || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

static int run_tests(struct lab *lab)
{
    test_one(lab);
    test_two(lab);
    test_wrap(lab);
    test_full_ring(lab);
    test_torn(lab);
    test_second_torn(lab);
    test_sequence(lab);
    test_commit(lab);
    test_count(lab);
    test_homes(lab);
    test_header(lab);
    test_largest(lab);
    return lab_end(lab);
}

int main(int argc, char **argv)
{
    struct lab lab;
    lab_open(&lab, LAB_SIZE);
    int status = argc == 2 ? write_image(&lab, argv[1]) : run_tests(&lab);
    lab_close(&lab);
    return status;
}
