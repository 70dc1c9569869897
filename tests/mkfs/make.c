/* Makes file systems of many sizes in memory, and of trees that go to the limits of the format. */
#include "mkfs/make.h"

#include <stdio.h>
#include <string.h>

#include "tests/mkfs/lab.h"

static void expect_made(struct lab *lab, struct tree *tree, uint64_t ninodes, const char *test)
{
    const char *reason = fs_make(lab->image, lab->size, ninodes, tree);
    lab_expect(lab, reason == NULL, test, "a file system");
    lab_expect(lab, lab_check(lab) == FS_CLEAN && lab->said[0] == '\0', test, "a clean one");
}

static void expect_reason(struct lab *lab, const char *reason, const char *part, const char *test)
{
    lab->said[0] = '\0';
    lab_expect(lab, reason != NULL && strstr(reason, part) != NULL, test, part);
}

/* Any size, at the start of one and the same memory. */
static void test_sizes(struct lab *lab)
{
    size_t whole = lab->size;
    for (size_t nblocks = FS_MIN_BLOCKS; nblocks * FS_BLOCK_SIZE < whole; nblocks += 7) {
        lab->size = nblocks * FS_BLOCK_SIZE + nblocks % 3;
        expect_made(lab, NULL, 0, "size");
        lab_expect(lab, lab->report.nblocks == nblocks, "size", "as many blocks");
        expect_made(lab, NULL, 1 + nblocks * 3, "inodes");
        lab_expect(lab, lab->super->ninodes > nblocks * 3, "inodes", "as many inodes");
    }
    lab->size = (FS_MIN_BLOCKS - 1) * FS_BLOCK_SIZE;
    expect_reason(lab, fs_make(lab->image, lab->size, 0, NULL), "at least 512 KiB", "too small");
    lab->size = FS_MIN_BLOCKS * FS_BLOCK_SIZE;
    expect_reason(lab, fs_make(lab->image, lab->size, 4000, NULL), "so many", "many inodes");
    expect_reason(lab, fs_make(lab->image, lab->size, UINT64_MAX, NULL), "so many", "all inodes");
    lab->size = whole;
}

/* Bitmaps of more than a block. */
static void test_large(struct lab *small)
{
    static struct lab lab;
    lab_open(&lab, ((size_t)FS_BITS_PER_BLOCK + 5) * FS_BLOCK_SIZE);
    expect_made(&lab, NULL, FS_BITS_PER_BLOCK + 1, "large");
    lab_expect(&lab, lab.super->block_bitmap_blocks == 2, "large", "two blocks of block bitmap");
    lab_expect(&lab, lab.super->inode_bitmap_blocks == 2, "large", "two blocks of inode bitmap");
    small->passed += lab.passed;
    small->failed += lab.failed;
    lab_close(&lab);
}

/* Names of every length, so that records end in every way. */
static void test_names(struct lab *lab)
{
    struct tree tree;
    char name[257];
    memset(name, 'n', sizeof(name));
    tree_new(&tree, 0);
    for (size_t n = 1; n <= 255; n++) {
        name[n] = '\0';
        tree_add(tree.root, name, tree_node(&tree, MODE_REG | 0644, 0));
        name[n] = 'n';
    }
    expect_made(lab, &tree, 300, "names");
    lab_expect(lab, lab->report.files == 255, "names", "all of them");
    name[256] = '\0';
    expect_reason(lab, tree_add(tree.root, name, tree_node(&tree, MODE_REG, 0)), "255", "256");
    tree_free(&tree);
}

static void test_links(struct lab *lab)
{
    struct tree tree;
    char name[16];
    tree_new(&tree, 0);
    struct tree_node *node = tree_node(&tree, MODE_REG | 0644, 0);
    for (unsigned i = 0; i < FS_LINK_MAX; i++) {
        snprintf(name, sizeof(name), "%05u", i);
        tree_add(tree.root, name, node);
    }
    expect_made(lab, &tree, 0, "links");
    expect_reason(lab, tree_add(tree.root, "more", node), "too many names", "a link more");
    tree_free(&tree);
}

static void test_dirs(struct lab *lab)
{
    struct tree tree;
    char name[16];
    tree_new(&tree, 0);
    for (unsigned i = 0; i < FS_LINK_MAX; i++) {
        snprintf(name, sizeof(name), "%05u", i);
        tree_add(tree.root, name, tree_node(&tree, MODE_DIR | 0755, 0));
    }
    struct tree_node *more = tree_node(&tree, MODE_DIR | 0755, 0);
    expect_reason(lab, tree_add(tree.root, "more", more), "too many dir", "a directory more");
    expect_reason(lab, fs_make(lab->image, lab->size, 0, &tree), "for the tree", "no room");
    expect_reason(lab, tree_add_standard(&tree, 0), "too many dir", "no place for /dev");
    tree_free(&tree);
}

/* A name that is given again: of a file the new one counts, of a directory none may be given. */
static void test_again(struct lab *lab)
{
    struct tree tree;
    tree_new(&tree, 0);
    struct tree_node *dir = tree_node(&tree, MODE_DIR | 0755, 0);
    tree_add(tree.root, "x", tree_node(&tree, MODE_REG | 0600, 0));
    expect_reason(lab, tree_add(tree.root, "x", dir), "a directory here", "directory over file");
    tree_add(tree.root, "x", tree_node(&tree, MODE_REG | 0640, 0));
    expect_made(lab, &tree, 0, "a name given again");
    lab_expect(lab, lab_inode(lab, "/x")->mode == (MODE_REG | 0640) && lab->report.files == 1,
               "a name given again", "the later file only");
    tree_free(&tree);
}

int main(void)
{
    static struct lab lab;
    lab_open(&lab, (size_t)4 << 20);
    test_sizes(&lab);
    test_large(&lab);
    test_names(&lab);
    test_links(&lab);
    test_dirs(&lab);
    test_again(&lab);
    int status = lab_end(&lab);
    lab_close(&lab);
    return status;
}
