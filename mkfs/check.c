/* Checking an image in memory: see check.h. The order of it all. */
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checker.h"

#define FIRST_NAME_SLOTS 256 /* enough for a directory of 128 names; a power of two */
#define MAX_SENTENCE     2048

void check_say(struct checker *checker, enum fs_kind kind, const char *format, ...)
{
    struct fs_report *report = checker->report;
    char sentence[MAX_SENTENCE];
    va_list args;
    if (kind == FS_PROBLEM)
        report->problems++;
    else
        report->notes++;
    if (report->say == NULL)
        return;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    report->say(report->arg, kind, sentence);
}

/* All memory that the check needs but for more name slots. */
static bool take_memory(struct checker *checker)
{
    const struct disk_super *super = &checker->super;
    checker->owner = calloc(super->nblocks, sizeof(*checker->owner));
    checker->facts = calloc(super->ninodes, sizeof(*checker->facts));
    checker->names.slots = calloc(FIRST_NAME_SLOTS, sizeof(*checker->names.slots));
    checker->names.mask = FIRST_NAME_SLOTS - 1;
    return checker->owner != NULL && checker->facts != NULL && checker->names.slots != NULL;
}

static void give_memory_back(struct checker *checker)
{
    free(checker->owner);
    free(checker->facts);
    free(checker->names.slots);
}

static void find_bitmaps(struct checker *checker)
{
    checker->block_bitmap = check_block(checker, checker->super.block_bitmap_start);
    checker->inode_bitmap = check_block(checker, checker->super.inode_bitmap_start);
    checker->orphan_bitmap = check_block(checker, checker->super.orphan_bitmap_start);
}

static void check_contents(struct checker *checker)
{
    find_bitmaps(checker);
    check_journal(checker);
    checker->no_memory = !take_memory(checker);
    if (!checker->no_memory) {
        check_inodes(checker);
        check_links(checker);
        check_bitmaps(checker);
    }
    give_memory_back(checker);
}

static bool has_magic(const struct checker *checker)
{
    uint32_t magic;
    if (checker->size < FS_BLOCK_SIZE)
        return false;
    memcpy(&magic, checker->image, sizeof(magic));
    return magic == FS_MAGIC;
}

enum fs_status fs_check(uint8_t *image, size_t size, struct fs_report *report)
{
    struct checker checker = {.image = image, .size = size, .report = report};
    *report = (struct fs_report){.say = report->say, .arg = report->arg};
    if (!has_magic(&checker)) {
        PROBLEM(&checker, "this is not a Quire file system: its magic number is missing");
        return FS_UNUSABLE;
    }
    if (check_super(&checker)) {
        report->nblocks = checker.super.nblocks;
        check_contents(&checker);
    }
    if (checker.no_memory) {
        PROBLEM(&checker, "the host has no memory to check it");
        return FS_UNUSABLE;
    }
    return report->problems == 0 ? FS_CLEAN : FS_DAMAGED;
}
