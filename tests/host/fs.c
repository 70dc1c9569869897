/*
 * The file system of the kernel, from paths to blocks, over a disk in memory: random operations
 * against a model; then the image is checked by fsck and read by mkfs's library. With full disks,
 * too little memory, and a disk that fails.
 */
#include <string.h>

#include "abi/errno.h"
#include "fs/mount.h"
#include "mm/page.h"
#include "tests/host/fslab.h"
#include "tests/host/stand.h"
#include "tests/host/test.h"

static struct model model;
static uint8_t *image;
static size_t nblocks;

static void begin(size_t blocks, unsigned ninodes, size_t npages)
{
    nblocks = blocks;
    image = fslab_make(nblocks, ninodes);
    model_init(&model);
    const char *problem = fslab_mount(image, nblocks, npages, NULL);
    EXPECT(problem == NULL, "%s", problem);
}

static void run(unsigned steps)
{
    for (unsigned i = 0; i < steps && model.nfiles < MODEL_FILES; i++) {
        fslab_step(&model);
        if (i % 32 == 0)
            fslab_expect_files(&model);
    }
}

static void random_steps(void)
{
    begin(3000, 300, 3000);
    run(1200);
    fslab_unmount(&model, image, nblocks);
}

static void far_blocks(void)
{
    begin(3000, 300, 3000);
    fslab_far = true;
    run(120);
    fslab_unmount(&model, image, nblocks);
}

#define HOARD 400

/*
 * Programs take pages until reclaim finds nothing more, and give some back: all that is left is
 * what must be written back first, and the reserve to do it with.
 */
static void little_memory(void)
{
    struct page *hoard[HOARD];
    unsigned n = 0;
    begin(3000, 300, HOARD);
    fslab_may_fail = ENOMEM;
    for (unsigned i = 0; i < 800 && model.nfiles < MODEL_FILES; i++) {
        if (test_chance(30))
            while (n < HOARD && (hoard[n] = kalloc(PAGE_ANON)) != NULL)
                n++;
        for (uint64_t keep = test_chance(60) ? n : test_below(n + 1); n > keep;)
            page_put(hoard[--n]);
        fslab_step(&model);
    }
    EXPECT(fslab_failures > 10, "%u times", fslab_failures);
    while (n > 0)
        page_put(hoard[--n]);
    fslab_may_fail = 0;
    fslab_expect_files(&model);
    fslab_unmount(&model, image, nblocks);
}

/* What fails has not happened; and what was free before is free again when all is removed. */
static void full_disk(void)
{
    struct fs_usage usage;
    begin(200, 100, 1500);
    fslab_may_fail = ENOSPC;
    run(1500);
    EXPECT(fslab_failures > 5, "%u times", fslab_failures);
    EXPECT(fs_get_usage(&usage) == 0);
    fslab_may_fail = 0;
    fslab_unmount(&model, image, nblocks);
}

static void few_inodes(void)
{
    begin(1500, 16, 1500);
    fslab_may_fail = ENOSPC;
    run(1500);
    EXPECT(fslab_failures > 5, "%u times", fslab_failures);
    fslab_may_fail = 0;
    fslab_unmount(&model, image, nblocks);
}

/*
 * A disk on which some writes fail: then the file system can only be read, and what is on the disk
 * is what was committed before.
 */
static void failing_writes(void)
{
    begin(1500, 200, 1500);
    run(150);
    fslab_may_fail = EIO;
    ramdisk_fail(0, 20);
    for (unsigned i = 0; i < 100 && fslab_failures == 0; i++)
        fslab_step(&model);
    EXPECT(fslab_failures > 0);
    ramdisk_fail(0, 0);
    for (unsigned i = 0; i < 50; i++)
        fslab_step(&model);
    fslab_fsck(image, nblocks, false);
}

int main(void)
{
    TEST_APART(random_steps, 4);
    TEST_APART(far_blocks, 3);
    TEST_APART(little_memory, 30);
    TEST_APART(full_disk, 4);
    TEST_APART(few_inodes, 2);
    TEST_APART(failing_writes, 6);
    return test_end();
}
