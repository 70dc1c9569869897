/* A small image in memory for tests that damage it: see lab.h. */
#include "tests/mkfs/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/crc32c.h"
#include "mkfs/tree.h"

static struct tree_node *add(struct tree *tree, struct tree_node *dir, const char *name,
                             uint32_t mode)
{
    struct tree_node *node = tree_node(tree, mode, 1000000000);
    tree_add(dir, name, node);
    return node;
}

/* The source of a file says how many bytes it has, and how many blocks of these are a hole. */
static void add_file(struct tree *tree, const char *name, uint64_t size, uint64_t hole)
{
    char source[64];
    snprintf(source, sizeof(source), "%llu %llu", (unsigned long long)size,
             (unsigned long long)hole);
    add(tree, tree->root, name, MODE_REG | 0644)->source = host_strdup(source);
}

static void copy(struct image_file *to, const struct tree_node *node)
{
    static uint8_t zeros[FS_BLOCK_SIZE], bytes[FS_BLOCK_SIZE];
    char *end;
    uint64_t size = strtoull(node->source, &end, 10);
    uint64_t hole = strtoull(end, NULL, 10);
    memset(bytes, 'q', sizeof(bytes));
    while (size > 0) {
        size_t n = size < FS_BLOCK_SIZE ? (size_t)size : FS_BLOCK_SIZE;
        image_file_put(to, to->index < hole ? zeros : bytes, n);
        size -= n;
    }
}

static void add_many(struct tree *tree)
{
    struct tree_node *many = add(tree, tree->root, "many", MODE_DIR | 0755);
    for (unsigned i = 0; i < LAB_NAMES; i++) {
        char name[211];
        snprintf(name, sizeof(name), "%0210u", i);
        add(tree, many, name, MODE_REG | 0600);
    }
}

static void add_links(struct tree *tree)
{
    char target[2001];
    memset(target, 't', 2000);
    target[2000] = '\0';
    add(tree, tree->root, "link", MODE_LNK | 0777)->target = host_strdup("small");
    add(tree, tree->root, "long", MODE_LNK | 0777)->target = host_strdup(target);
}

static void grow_tree(struct tree *tree)
{
    tree_new(tree, 1000000000);
    struct tree_node *a = add(tree, tree->root, "a", MODE_DIR | 0755);
    struct tree_node *sub = add(tree, a, "sub", MODE_DIR | 0755);
    add(tree, sub, "deep", MODE_DIR | 0755);
    add(tree, tree->root, "empty", MODE_REG | 0644);
    add(tree, tree->root, "pipe", MODE_FIFO | 0600);
    add_file(tree, "small", 100, 0);
    add_file(tree, "big", 14 * FS_BLOCK_SIZE + FS_BLOCK_SIZE / 2, 0);
    add_file(tree, "huge", (12 + 1024 + 3) * FS_BLOCK_SIZE, 12 + 1024);
    add_file(tree, "one", FS_BLOCK_SIZE, 0);
    tree_add(tree->root, "two", tree_find(tree->root, "one"));
    add_links(tree);
    add_many(tree);
    tree_add_standard(tree, 1000000000);
}

void lab_reset(struct lab *lab)
{
    struct disk_super super;
    struct image image;
    struct tree tree;
    const char *reason = image_plan(&super, lab->size / FS_BLOCK_SIZE, 200);
    if (reason != NULL) {
        fprintf(stderr, "the test's image is %s\n", reason);
        exit(2);
    }
    grow_tree(&tree);
    memset(lab->image, 0, lab->size);
    image_format(&image, lab->image, &super);
    tree_write(&tree, &image, copy);
    tree_free(&tree);
}

void lab_open(struct lab *lab, size_t size)
{
    *lab = (struct lab){.image = host_alloc(size), .size = size};
    lab->super = (struct disk_super *)lab->image;
    lab_reset(lab);
}

void lab_close(struct lab *lab)
{
    free(lab->image);
}

static void say(void *arg, enum fs_kind kind, const char *sentence)
{
    struct lab *lab = arg;
    size_t used = strlen(lab->said);
    snprintf(lab->said + used, sizeof(lab->said) - used, "%s%s\n", kind == FS_NOTE ? "note: " : "",
             sentence);
}

enum fs_status lab_check(struct lab *lab)
{
    lab->said[0] = '\0';
    lab->report = (struct fs_report){.say = say, .arg = lab};
    return fs_check(lab->image, lab->size, &lab->report);
}

void lab_expect(struct lab *lab, bool ok, const char *test, const char *what)
{
    if (ok) {
        lab->passed++;
        return;
    }
    lab->failed++;
    fprintf(stderr, "FAILED %s: expected %s; fsck said:\n%s", test, what, lab->said);
}

int lab_end(const struct lab *lab)
{
    printf("%u %u\n", lab->passed, lab->failed);
    return lab->failed > 0;
}

uint32_t lab_ino(struct lab *lab, const char *path)
{
    struct reader reader;
    read_begin(&reader, lab->image);
    uint32_t ino = read_find(&reader, path);
    if (ino == 0) {
        fprintf(stderr, "the test's image has no %s\n", path);
        exit(2);
    }
    return ino;
}

struct disk_inode *lab_inode(struct lab *lab, const char *path)
{
    return (struct disk_inode *)lab_block(lab, lab->super->inode_table_start) + lab_ino(lab, path);
}

struct disk_dirent *lab_record(struct lab *lab, const char *dir, const char *name)
{
    const struct disk_inode *inode = lab_inode(lab, dir);
    const struct disk_dirent *record;
    struct reader reader;
    uint64_t at = 0;
    read_begin(&reader, lab->image);
    do {
        record = read_dirent(&reader, inode, &at);
    } while (record != NULL &&
             (record->namelen != strlen(name) || memcmp(record->name, name, record->namelen) != 0));
    if (record == NULL) {
        fprintf(stderr, "the test's image has no %s in %s\n", name, dir);
        exit(2);
    }
    return (struct disk_dirent *)(lab->image + ((const uint8_t *)record - lab->image));
}

void *lab_block(struct lab *lab, uint32_t blkno)
{
    return lab->image + (size_t)blkno * FS_BLOCK_SIZE;
}

struct disk_journal_header *lab_journal(struct lab *lab)
{
    return lab_block(lab, lab->super->journal_start);
}

void lab_seal(struct lab *lab)
{
    struct disk_super *super = lab->super;
    super->crc = crc32c(0, super, offsetof(struct disk_super, crc));
    if (super->journal_start == 0 || super->journal_start >= lab->size / FS_BLOCK_SIZE)
        return;
    struct disk_journal_header *header = lab_journal(lab);
    header->crc = crc32c(0, header, offsetof(struct disk_journal_header, crc));
}

void lab_set_bit(struct lab *lab, uint32_t bitmap_start, uint32_t index, bool value)
{
    uint8_t *byte = (uint8_t *)lab_block(lab, bitmap_start) + index / 8;
    uint8_t bit = (uint8_t)(1 << index % 8);
    *byte = value ? *byte | bit : *byte & ~bit;
}

static uint32_t first_zero(const uint8_t *bitmap)
{
    uint32_t i = 0;
    while (bitmap[i / 8] >> i % 8 & 1)
        i++;
    return i;
}

uint32_t lab_free_block(struct lab *lab)
{
    return first_zero(lab_block(lab, lab->super->block_bitmap_start));
}

uint32_t lab_free_ino(struct lab *lab)
{
    return first_zero(lab_block(lab, lab->super->inode_bitmap_start));
}
