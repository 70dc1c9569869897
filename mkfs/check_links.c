/* Part of fs_check: what the directories say about each inode, against what it says itself. */
#include "checker.h"

#include "mode.h"

/* Whether a directory can be reached from the root. */
enum reach {
    UNKNOWN,
    ON_PATH, /* met on the way up from the directory in hand */
    REACHABLE,
    CUT_OFF,
};

static void set_reach(struct checker *checker, uint32_t ino, enum reach reach)
{
    while (ino != 0 && checker->facts[ino].reach == ON_PATH) {
        checker->facts[ino].reach = reach;
        ino = checker->facts[ino].parent;
    }
}

/* Climbs until something is known, or the path ends or meets itself; each directory once. */
static enum reach find_reach(struct checker *checker, uint32_t ino)
{
    uint32_t at = ino;
    while (at != 0 && checker->facts[at].reach == UNKNOWN) {
        checker->facts[at].reach = ON_PATH;
        at = checker->facts[at].parent;
    }
    enum reach reach = at != 0 && checker->facts[at].reach == REACHABLE ? REACHABLE : CUT_OFF;
    set_reach(checker, ino, reach);
    return reach;
}

static void check_dir_place(struct checker *checker, uint32_t ino)
{
    const struct inode_facts *facts = &checker->facts[ino];
    uint32_t parent = ino == FS_ROOT_INO ? FS_ROOT_INO : facts->parent;
    if (find_reach(checker, ino) != REACHABLE)
        PROBLEM(checker, "directory inode %u cannot be reached from the root", ino);
    if (facts->dotdot != 0 && parent != 0 && facts->dotdot != parent)
        PROBLEM(checker, "directory inode %u has inode %u as its \"..\", but its parent is %u", ino,
                facts->dotdot, parent);
}

static void check_used(struct checker *checker, uint32_t ino, const struct disk_inode *inode)
{
    bool is_dir = mode_is_dir(inode->mode);
    bool removed = inode->nlink == 0 && check_bit(checker->orphan_bitmap, ino);
    uint32_t names = checker->facts[ino].names;
    uint32_t most = FS_LINK_MAX + (is_dir ? 2 : 0);
    if (names != inode->nlink)
        PROBLEM(checker, "inode %u counts %u links, but has %u names", ino, inode->nlink, names);
    else if (names == 0 && !removed)
        PROBLEM(checker, "inode %u is in use, but has no name and is not marked as an orphan", ino);
    if (inode->nlink > most)
        PROBLEM(checker, "inode %u counts %u links, more than the limit of %u", ino, inode->nlink,
                most);
    if (is_dir && !removed)
        check_dir_place(checker, ino);
}

static void check_root(struct checker *checker)
{
    uint32_t mode = check_inode_at(checker, FS_ROOT_INO)->mode;
    if (!mode_is_dir(mode))
        PROBLEM(checker, "the root, inode %u, has mode %#o, so is no directory", FS_ROOT_INO, mode);
    checker->facts[FS_ROOT_INO].reach = REACHABLE;
}

void check_links(struct checker *checker)
{
    check_root(checker);
    for (uint32_t ino = FS_ROOT_INO; ino < checker->super.ninodes; ino++) {
        const struct disk_inode *inode = check_inode_at(checker, ino);
        if (inode->mode != 0)
            check_used(checker, ino, inode);
    }
}
