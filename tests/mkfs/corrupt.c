/*
 * Damages an image in each way that fsck knows, one at a time, and expects the sentence that says
 * so; and changes it in ways that are sound, which must pass.
 */
#include <string.h>

#include "tests/mkfs/damage.h"

static void expect_sentence(struct lab *lab, const char *test, const char *sentence)
{
    enum fs_status status = lab_check(lab);
    lab_expect(lab, status == FS_DAMAGED && lab->report.problems > 0, test, "damage");
    lab_expect(lab, strstr(lab->said, sentence) != NULL, test, sentence);
}

static void run_damage(struct lab *lab, const struct damage *damage)
{
    for (; damage->test != NULL; damage++) {
        lab_reset(lab);
        damage->inflict(lab);
        expect_sentence(lab, damage->test, damage->sentence);
    }
}

static void run_pokes(struct lab *lab, const struct poke *poke)
{
    for (; poke->test != NULL; poke++) {
        lab_reset(lab);
        void *at = poke->path != NULL ? (void *)lab_inode(lab, poke->path) : lab->super;
        memcpy((uint8_t *)at + poke->offset, &poke->value, sizeof(poke->value));
        lab_seal(lab);
        expect_sentence(lab, poke->test, poke->sentence);
    }
}

static void expect_sound(struct lab *lab, const char *test, const char *note)
{
    enum fs_status status = lab_check(lab);
    lab_expect(lab, status == FS_CLEAN && lab->report.problems == 0, test, "a clean image");
    lab_expect(lab, strstr(lab->said, note) != NULL, test, note);
}

static void test_undamaged(struct lab *lab)
{
    lab_reset(lab);
    expect_sound(lab, "undamaged", "");
    lab_expect(lab, lab->said[0] == '\0', "undamaged", "no sentence at all");
    lab_expect(lab, lab->report.directories == 9 && lab->report.files == LAB_NAMES + 19,
               "undamaged", "the right number of files and directories");
}

/* The check changes nothing when there is nothing to replay. */
static void test_unchanged(struct lab *lab)
{
    struct lab twin;
    lab_open(&twin, lab->size);
    lab_reset(lab);
    lab_check(lab);
    lab_expect(lab, memcmp(lab->image, twin.image, lab->size) == 0, "unchanged", "the same bytes");
    lab_close(&twin);
}

static void test_foreign(struct lab *lab)
{
    lab_reset(lab);
    lab->super->magic = 0;
    lab_expect(lab, lab_check(lab) == FS_UNUSABLE, "no magic number", "an unusable image");
    lab_reset(lab);
    struct fs_report report = {.say = NULL};
    enum fs_status status = fs_check(lab->image, FS_BLOCK_SIZE - 1, &report);
    lab_expect(lab, status == FS_UNUSABLE, "less than a block", "an unusable image");
}

/* A file that was removed while it was open, its blocks still its own. */
static void test_orphan_file(struct lab *lab)
{
    lab_reset(lab);
    struct disk_dirent *record = lab_record(lab, "/", "small");
    lab_set_bit(lab, lab->super->orphan_bitmap_start, record->ino, true);
    lab_inode(lab, "/small")->nlink = 0;
    record->ino = 0;
    expect_sound(lab, "orphan", "note: inode 7 is an orphan: the next mount frees it");
}

static void test_orphan_dir(struct lab *lab)
{
    lab_reset(lab);
    struct disk_dirent *record = lab_record(lab, "/a/sub", "deep");
    lab_set_bit(lab, lab->super->orphan_bitmap_start, record->ino, true);
    lab_inode(lab, "/a/sub/deep")->nlink = 0;
    lab_inode(lab, "/a/sub")->nlink--;
    record->ino = 0;
    expect_sound(lab, "orphan directory", "note: inode 4 is an orphan: the next mount frees it");
}

static void test_truncation(struct lab *lab)
{
    lab_reset(lab);
    struct disk_inode *inode = lab_inode(lab, "/big");
    lab_set_bit(lab, lab->super->orphan_bitmap_start, lab_ino(lab, "/big"), true);
    inode->size = 2 * FS_BLOCK_SIZE;
    expect_sound(lab, "truncation", "note: inode 8 is being truncated: the next mount finishes");
}

/* A crash between a write and the change of size leaves bytes behind the size. */
static void test_tail(struct lab *lab)
{
    lab_reset(lab);
    lab_inode(lab, "/small")->size--;
    expect_sound(lab, "bytes behind the size", "");
}

/* Free records, as names that were removed leave them, in any place but the first two. */
static void test_free_records(struct lab *lab)
{
    lab_reset(lab);
    struct disk_dirent *one = lab_record(lab, "/", "one");
    uint16_t half = one->reclen / 2;
    struct disk_dirent *second = (struct disk_dirent *)((uint8_t *)one + half);
    *second = (struct disk_dirent){.reclen = one->reclen - half, .namelen = 255, .type = 99};
    *one = (struct disk_dirent){.reclen = half, .namelen = 0};
    lab_inode(lab, "/two")->nlink--;
    expect_sound(lab, "free records", "");
}

static void test_full_label(struct lab *lab)
{
    lab_reset(lab);
    memset(lab->super->label, 'x', sizeof(lab->super->label));
    lab_seal(lab);
    expect_sound(lab, "full label", "");
}

int main(void)
{
    struct lab lab;
    lab_open(&lab, LAB_SIZE);
    test_undamaged(&lab);
    test_unchanged(&lab);
    test_foreign(&lab);
    test_orphan_file(&lab);
    test_orphan_dir(&lab);
    test_truncation(&lab);
    test_tail(&lab);
    test_free_records(&lab);
    test_full_label(&lab);
    run_pokes(&lab, super_pokes);
    run_damage(&lab, area_damage);
    run_pokes(&lab, inode_pokes);
    run_damage(&lab, inode_damage);
    run_damage(&lab, dir_damage);
    int status = lab_end(&lab);
    lab_close(&lab);
    return status;
}
