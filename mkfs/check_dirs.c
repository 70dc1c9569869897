/* Part of fs_check: the records of directories. */
#include "checker.h"

#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "mode.h"

/* A name for people: what is not printable ASCII as \xNN. */
struct printable {
    char text[UINT8_MAX * 4 + 1];
};

static const char *print_name(struct printable *to, const struct disk_dirent *record)
{
    char *at = to->text;
    for (unsigned i = 0; i < record->namelen; i++) {
        uint8_t c = (uint8_t)record->name[i];
        if (c >= ' ' && c <= '~')
            *at++ = (char)c;
        else
            at += snprintf(at, sizeof("\\xff"), "\\x%02x", c);
    }
    *at = '\0';
    return to->text;
}

static bool is_name(const struct disk_dirent *record, const char *name)
{
    return record->namelen == strlen(name) && memcmp(record->name, name, record->namelen) == 0;
}

static void check_name(struct walk *walk, const struct disk_dirent *record)
{
    struct printable name;
    if (memchr(record->name, '/', record->namelen) != NULL ||
        memchr(record->name, 0, record->namelen) != NULL)
        PROBLEM(walk->checker,
                "directory inode %u holds the name \"%s\", in which '/' or a zero "
                "byte is illegal",
                walk->ino, print_name(&name, record));
    if (!name_set_add(walk->checker, walk->ino, record))
        PROBLEM(walk->checker, "directory inode %u holds the name \"%s\" twice", walk->ino,
                print_name(&name, record));
}

/* The first two names of a directory, in their order. */
static void check_dot(struct walk *walk, const struct disk_dirent *record)
{
    struct printable name;
    const char *expected = walk->names == 0 ? "." : "..";
    if (!is_name(record, expected))
        PROBLEM(walk->checker, "directory inode %u has \"%s\" as name %u, where \"%s\" belongs",
                walk->ino, print_name(&name, record), walk->names + 1, expected);
    else if (walk->names == 0 && record->ino != walk->ino)
        PROBLEM(walk->checker, "directory inode %u has inode %u as its \".\"", walk->ino,
                record->ino);
    else if (walk->names == 1)
        walk->checker->facts[walk->ino].dotdot = record->ino;
}

/* A subdirectory learns where it is. */
static void adopt(struct walk *walk, const struct disk_dirent *record)
{
    struct printable name;
    struct inode_facts *child = &walk->checker->facts[record->ino];
    if (record->ino == FS_ROOT_INO)
        PROBLEM(walk->checker, "directory inode %u names the root \"%s\"", walk->ino,
                print_name(&name, record));
    else if (child->parent != 0)
        PROBLEM(walk->checker,
                "directory inode %u names the directory inode %u \"%s\", but it "
                "has a name in directory inode %u already",
                walk->ino, record->ino, print_name(&name, record), child->parent);
    else
        child->parent = walk->ino;
}

/* The inode that a record names. */
static void check_target(struct walk *walk, const struct disk_dirent *record)
{
    struct checker *checker = walk->checker;
    struct printable name;
    if (record->ino >= checker->super.ninodes) {
        PROBLEM(checker,
                "directory inode %u gives the name \"%s\" to inode %u, but there are "
                "only %u",
                walk->ino, print_name(&name, record), record->ino, checker->super.ninodes);
        return;
    }
    const struct disk_inode *target = check_inode_at(checker, record->ino);
    checker->facts[record->ino].names++;
    if (target->mode == 0)
        PROBLEM(checker, "directory inode %u gives the name \"%s\" to inode %u, which is free",
                walk->ino, print_name(&name, record), record->ino);
    else if (record->type != mode_dirent_type(target->mode))
        PROBLEM(checker,
                "directory inode %u gives the name \"%s\" the type %u, but inode %u has "
                "mode %#o",
                walk->ino, print_name(&name, record), record->type, record->ino, target->mode);
    if (walk->names < 2)
        check_dot(walk, record);
    else if (mode_is_dir(target->mode))
        adopt(walk, record);
}

/* A record of a sound length. */
static void check_record(struct walk *walk, uint32_t blkno, const struct disk_dirent *record)
{
    if (record->namelen == 0 || FS_DIRENT_SIZE(record->namelen) > record->reclen) {
        PROBLEM(walk->checker,
                "directory inode %u, block %u: a name of %u bytes does not fit a "
                "record of %u",
                walk->ino, blkno, record->namelen, record->reclen);
        return;
    }
    check_name(walk, record);
    check_target(walk, record);
    walk->names++;
}

void check_dir_block(struct walk *walk, uint32_t blkno)
{
    const uint8_t *block = check_block(walk->checker, blkno);
    const struct disk_dirent *record;
    for (uint32_t at = 0; at < FS_BLOCK_SIZE; at += record->reclen) {
        record = (const struct disk_dirent *)(block + at);
        if (record->reclen < sizeof(*record) || record->reclen % 8 != 0 ||
            record->reclen > FS_BLOCK_SIZE - at) {
            PROBLEM(walk->checker,
                    "directory inode %u, block %u: the record at byte %u has the "
                    "length %u, which is no multiple of 8 inside the block",
                    walk->ino, blkno, at, record->reclen);
            return;
        }
        if (record->ino != 0)
            check_record(walk, blkno, record);
    }
}

void check_dir_end(struct walk *walk)
{
    struct checker *checker = walk->checker;
    uint64_t size = walk->inode->size;
    if (size % FS_BLOCK_SIZE != 0)
        PROBLEM(checker, "directory inode %u has the size %llu, which is no multiple of %u",
                walk->ino, (unsigned long long)size, FS_BLOCK_SIZE);
    if (walk->present != walk->end)
        PROBLEM(checker, "directory inode %u has %llu holes", walk->ino,
                (unsigned long long)(walk->end - walk->present));
    if (walk->names < 2)
        PROBLEM(checker, "directory inode %u has %u names, without \".\" and \"..\"", walk->ino,
                walk->names);
}
