/*
 * fuzz [ROUNDS [SEED]]
 *
 * Damages an image at random, some thousand times, and checks it: no step beyond the image, no
 * overflow, no loop (the sanitizers and an alarm see to these), and always the same answer to the
 * same image. What is hit is mostly metadata, and half of the time the checksums are made right
 * again, so that the check gets past them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mkfs/tree.h"
#include "tests/mkfs/lab.h"

#define ROUNDS      4000
#define TIME_LIMIT  600 /* seconds, for all rounds */
#define MAX_CHANGES 16

static uint64_t state; /* of the random numbers */

/* The undamaged image, and how far its first blocks and inodes are in use. */
static struct {
    uint8_t *image;
    struct disk_super super;
    uint32_t used_blocks;
    uint32_t used_inodes;
} whole;

/* Marsaglia's xorshift with a multiplication behind it. */
static uint32_t random_below(uint64_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1d >> 32) * n >> 32);
}

/* One in so many. */
static bool chance(uint32_t n)
{
    return random_below(n) == 0;
}

/* Seldom free space or the journal's ring, where little can go wrong. */
static uint32_t random_block(struct lab *lab)
{
    uint32_t start = whole.super.block_bitmap_start;
    if (chance(16))
        return random_below(lab->size / FS_BLOCK_SIZE);
    return chance(8) ? random_below(2) : start + random_below(whole.used_blocks - start);
}

static void flip_bit(struct lab *lab)
{
    uint8_t *block = lab_block(lab, random_block(lab));
    block[random_below(FS_BLOCK_SIZE)] ^= (uint8_t)(1 << random_below(8));
}

static void set_byte(struct lab *lab)
{
    uint8_t *block = lab_block(lab, random_block(lab));
    block[random_below(FS_BLOCK_SIZE)] = (uint8_t)random_below(256);
}

/* A number that means something somewhere. */
static uint32_t random_number(struct lab *lab)
{
    static const uint32_t numbers[] = {0, 1, 2, 255, 256, 4095, 4096, 32768, INT32_MAX, UINT32_MAX};
    switch (random_below(4)) {
    case 0: return random_block(lab);
    case 1: return random_below(lab->size / FS_BLOCK_SIZE + 2);
    case 2: return UINT32_MAX - random_below(4096);
    default: return numbers[random_below(sizeof(numbers) / sizeof(numbers[0]))];
    }
}

static void set_word(struct lab *lab)
{
    uint32_t *block = lab_block(lab, random_block(lab));
    block[random_below(FS_BLOCK_SIZE / sizeof(*block))] = random_number(lab);
}

/* A field of an inode in use. */
static void set_field(struct lab *lab)
{
    struct disk_inode *table = lab_block(lab, whole.super.inode_table_start);
    struct disk_inode *inode = table + 1 + random_below(whole.used_inodes - 1);
    uint32_t number = random_number(lab);
    size_t field = random_below(sizeof(*inode) / sizeof(number));
    memcpy((uint8_t *)inode + field * sizeof(number), &number, sizeof(number));
}

static void copy_block(struct lab *lab)
{
    memmove(lab_block(lab, random_block(lab)), lab_block(lab, random_block(lab)), FS_BLOCK_SIZE);
}

static void swap_blocks(struct lab *lab)
{
    uint8_t spare[FS_BLOCK_SIZE];
    uint8_t *a = lab_block(lab, random_block(lab)), *b = lab_block(lab, random_block(lab));
    memcpy(spare, a, sizeof(spare));
    memmove(a, b, sizeof(spare));
    memcpy(b, spare, sizeof(spare));
}

static void fill_block(struct lab *lab)
{
    uint8_t *block = lab_block(lab, random_block(lab));
    for (size_t i = 0; i < FS_BLOCK_SIZE; i++)
        block[i] = (uint8_t)random_below(256);
}

static void change(struct lab *lab)
{
    static void (*const changes[])(struct lab * lab) = {
        flip_bit, set_byte, set_word, set_field, copy_block, swap_blocks, fill_block};
    changes[random_below(sizeof(changes) / sizeof(changes[0]))](lab);
}

static void damage(struct lab *lab)
{
    for (uint32_t n = 1 + random_below(MAX_CHANGES); n > 0; n--)
        change(lab);
    if (!chance(3))
        memcpy(lab->super, &whole.super, sizeof(whole.super));
    if (chance(2))
        lab_seal(lab);
}

static bool is_consistent(const struct lab *lab, enum fs_status status)
{
    const struct fs_report *report = &lab->report;
    if (status == FS_CLEAN)
        return report->problems == 0 && report->nblocks > 0;
    return report->problems > 0 && (status == FS_DAMAGED || report->nblocks == 0);
}

/* The image of the round, and again after the journal that it may hold was replayed into it. */
static void run_round(struct lab *lab, unsigned round)
{
    char test[32];
    snprintf(test, sizeof(test), "round %u", round);
    memcpy(lab->image, whole.image, lab->size);
    damage(lab);
    enum fs_status status = lab_check(lab);
    struct fs_report first = lab->report;
    lab_expect(lab, is_consistent(lab, status), test, "a status that fits the report");
    lab_expect(lab, lab_check(lab) == status && lab->report.problems == first.problems, test,
               "the same answer again");
}

/* A part of the image, so that the areas end behind it. */
static void run_short(struct lab *lab)
{
    size_t size = random_below(lab->size);
    uint8_t *part = host_alloc(size + 1);
    struct fs_report report = {.say = NULL};
    memcpy(part, whole.image, size);
    lab_expect(lab, fs_check(part, size, &report) != FS_CLEAN, "short image", "a problem");
    free(part);
}

/* Nothing but noise behind a good superblock. */
static void run_noise(struct lab *lab)
{
    memcpy(lab->image, whole.image, FS_BLOCK_SIZE);
    for (size_t i = FS_BLOCK_SIZE; i < lab->size; i++)
        lab->image[i] = (uint8_t)random_below(256);
    lab_expect(lab, lab_check(lab) == FS_DAMAGED, "noise", "damage");
}

static void remember(struct lab *lab)
{
    whole.image = host_alloc(lab->size);
    memcpy(whole.image, lab->image, lab->size);
    whole.super = *lab->super;
    whole.used_blocks = lab_free_block(lab);
    whole.used_inodes = lab_free_ino(lab);
}

int main(int argc, char **argv)
{
    struct lab lab;
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    alarm(TIME_LIMIT);
    lab_open(&lab, LAB_SIZE);
    remember(&lab);
    for (unsigned round = 0; round < rounds; round++) {
        run_round(&lab, round);
        if (round % 16 == 0)
            run_short(&lab);
        if (round % 256 == 0)
            run_noise(&lab);
    }
    int status = lab_end(&lab);
    free(whole.image);
    lab_close(&lab);
    return status;
}
