/* Damage to directories' records, and to the tree that they make. */
#include "tests/mkfs/damage.h"

#include <string.h>

static void zero_reclen(struct lab *lab)
{
    lab_record(lab, "/a", "sub")->reclen = 0;
}

static void odd_reclen(struct lab *lab)
{
    lab_record(lab, "/a", ".")->reclen = 20;
}

static void long_reclen(struct lab *lab)
{
    lab_record(lab, "/a", "sub")->reclen += 8;
}

static void zero_namelen(struct lab *lab)
{
    lab_record(lab, "/", "small")->namelen = 0;
}

static void long_namelen(struct lab *lab)
{
    lab_record(lab, "/", "small")->namelen = 17;
}

static void slash(struct lab *lab)
{
    lab_record(lab, "/", "small")->name[2] = '/';
}

static void zero_byte(struct lab *lab)
{
    lab_record(lab, "/", "small")->name[4] = '\0';
}

static void duplicate(struct lab *lab)
{
    memcpy(lab_record(lab, "/", "one")->name, "two", 3);
}

/* The twin stands in another block of the directory. */
static void duplicate_far(struct lab *lab)
{
    char first[211], last[211];
    memset(first, '0', sizeof(first) - 1);
    first[210] = '\0';
    memcpy(last, first, sizeof(last));
    memcpy(last + 208, "49", 2);
    memcpy(lab_record(lab, "/many", last)->name, first, 210);
}

static void high_ino(struct lab *lab)
{
    lab_record(lab, "/", "small")->ino = lab->super->ninodes;
}

static void free_ino(struct lab *lab)
{
    lab_record(lab, "/", "small")->ino = lab_free_ino(lab);
}

static void wrong_type(struct lab *lab)
{
    lab_record(lab, "/", "small")->type = 4;
}

static void rename_dot(struct lab *lab)
{
    lab_record(lab, "/a", ".")->name[0] = 'x';
}

static void rename_dotdot(struct lab *lab)
{
    lab_record(lab, "/a", "..")->name[1] = 'x';
}

static void wrong_dot(struct lab *lab)
{
    lab_record(lab, "/a", ".")->ino = lab_ino(lab, "/a/sub");
}

static void wrong_dotdot(struct lab *lab)
{
    lab_record(lab, "/a/sub", "..")->ino = FS_ROOT_INO;
}

static void wrong_root_dotdot(struct lab *lab)
{
    lab_record(lab, "/", "..")->ino = lab_ino(lab, "/a");
}

static void empty_records(struct lab *lab)
{
    struct disk_dirent *dot = lab_record(lab, "/a/sub/deep", ".");
    dot->ino = 0;
    dot->reclen = FS_BLOCK_SIZE;
}

static void name_root(struct lab *lab)
{
    lab_record(lab, "/", "a")->ino = FS_ROOT_INO;
}

static void name_dir_twice(struct lab *lab)
{
    struct disk_dirent *record = lab_record(lab, "/", "small");
    record->ino = lab_ino(lab, "/a/sub");
    record->type = 4;
}

static void hide_dir(struct lab *lab)
{
    lab_record(lab, "/", "a")->ino = 0;
}

/* /a becomes a part of itself. */
static void make_cycle(struct lab *lab)
{
    uint32_t a = lab_ino(lab, "/a");
    lab_record(lab, "/a/sub", "deep")->ino = a;
    lab_record(lab, "/", "a")->ino = 0;
}

const struct damage dir_damage[] = {
    {"record length 0", zero_reclen, "has the length 0, which is no multiple of 8 inside"},
    {"odd record length", odd_reclen, "has the length 20, which is no multiple of 8 inside"},
    {"record across the end", long_reclen, "has the length 4072, which is no multiple of 8"},
    {"no name length", zero_namelen, "a name of 0 bytes does not fit a record of 16"},
    {"long name length", long_namelen, "a name of 17 bytes does not fit a record of 16"},
    {"slash in a name", slash, "holds the name \"sm/ll\", in which '/' or a zero byte is illegal"},
    {"zero in a name", zero_byte, "holds the name \"smal\\x00\", in which '/' or a zero byte"},
    {"duplicate name", duplicate, "directory inode 1 holds the name \"two\" twice"},
    {"duplicate in another block", duplicate_far, "0000\" twice"},
    {"inode out of range", high_ino, "gives the name \"small\" to inode 224, but there are only"},
    {"name of a free inode", free_ino, "gives the name \"small\" to inode 179, which is free"},
    {"wrong type", wrong_type, "gives the name \"small\" the type 4, but inode 7 has mode"},
    {"no dot", rename_dot, "has \"x\" as name 1, where \".\" belongs"},
    {"no dot-dot", rename_dotdot, "has \".x\" as name 2, where \"..\" belongs"},
    {"wrong dot", wrong_dot, "directory inode 2 has inode 3 as its \".\""},
    {"wrong dot-dot", wrong_dotdot, "inode 3 has inode 1 as its \"..\", but its parent is 2"},
    {"root's dot-dot", wrong_root_dotdot, "inode 1 has inode 2 as its \"..\", but its parent is 1"},
    {"no records", empty_records, "directory inode 4 has 0 names, without"},
    {"named root", name_root, "directory inode 1 names the root \"a\""},
    {"directory of two names", name_dir_twice, "but it has a name in directory inode"},
    {"lost directory", hide_dir, "directory inode 2 cannot be reached from the root"},
    {"lost subdirectory", hide_dir, "directory inode 4 cannot be reached from the root"},
    {"cycle", make_cycle, "directory inode 3 cannot be reached from the root"},
    {NULL, NULL, NULL},
};
