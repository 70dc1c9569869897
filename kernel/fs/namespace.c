/*
 * Changing names: see namespace.h. Below is how the file system on the disk does it; at the end,
 * what holds for all file systems, and how each call gets to the right one.
 *
 * Directories are locked before what they contain. A rename locks two directories: the one that
 * contains the other first, if one does. To know that, and so that no directory comes to contain
 * itself, renames go one at a time; nothing else moves directories.
 */
#include "fs/namespace.h"

#include "abi/errno.h"
#include "fs/data.h"
#include "lib/string.h"

static struct mutex rename_lock; /* RANK_RENAME */

void namespace_init(void)
{
    mutex_init(&rename_lock, RANK_RENAME);
}

static bool is_dot(struct dir_name name)
{
    return name.length == 1 && name.text[0] == '.';
}

static bool is_dot_dot(struct dir_name name)
{
    return name.length == 2 && name.text[0] == '.' && name.text[1] == '.';
}

/* Whether a name may be added to a locked directory: 0, or why not. */
static int check_new_name(struct inode *dir, struct dir_name name) REQUIRES(dir->lock)
{
    uint32_t ino;
    int err = dir_find(dir, name, &ino);
    if (err != -ENOENT)
        return err == 0 ? -EEXIST : err;
    return dir->nlink == 0 ? -ENOENT : 0;
}

/* --- Creating --- */

#define CREATE_CREDITS (INODE_ALLOC_CREDITS + DIR_INIT_CREDITS + DIR_ADD_CREDITS)

/* Nobody else knows the fresh inode: its lock is free, and out of order does not matter. */
static int init_dir(struct handle *h, struct inode *ip, uint32_t parent)
{
    bool locked = mutex_try_lock(&ip->lock);
    KASSERT(locked, "inode %u is locked and just made", ip->ino);
    int err = dir_init(h, ip, parent);
    mutex_unlock(&ip->lock);
    return err;
}

/* Gives a fresh inode its name. A directory has two names, and gives its parent one. */
static int add_fresh(struct handle *h, struct inode *dir, struct dir_name name, struct inode *ip)
    REQUIRES(dir->lock)
{
    bool is_dir = inode_is_dir(ip);
    int err = is_dir ? init_dir(h, ip, dir->ino) : 0;
    if (err == 0)
        err = dir_add(h, dir, name, ip);
    if (err == 0 && is_dir)
        err = inode_change_nlink(h, dir, 1);
    return err == 0 ? inode_change_nlink(h, ip, is_dir ? 2 : 1) : err;
}

/* An inode that did not get its name, and is an orphan, is in *ip nevertheless: to be put. */
static int create_locked(struct inode *dir, struct dir_name name, struct new_inode what,
                         struct inode **ip) REQUIRES(dir->lock)
{
    struct handle h;
    int err = check_new_name(dir, name);
    if (err == 0 && S_ISDIR(what.mode) && dir->nlink >= FS_LINK_MAX)
        err = -EMLINK;
    if (err == 0)
        err = journal_begin(&h, CREATE_CREDITS);
    if (err != 0)
        return err;
    err = inode_new(&h, what.mode, what.rdev, ip);
    if (err == 0)
        err = add_fresh(&h, dir, name, *ip);
    else
        *ip = NULL;
    journal_end(&h);
    return err;
}

static int disk_create(const struct path_end *end, struct new_inode what, struct inode **result)
{
    bool tried = false;
    int err;
    do {
        struct inode *ip = NULL;
        mutex_lock(&end->dir->lock);
        err = create_locked(end->dir, end->name, what, &ip);
        mutex_unlock(&end->dir->lock);
        if (err != 0 && ip != NULL)
            inode_put(ip);
        else if (err == 0)
            *result = ip;
    } while (journal_make_room(err, &tried));
    if (err == 0)
        (*result)->parent = end->dir->ino;
    return err;
}

static int link_locked(struct inode *ip, struct inode *dir, struct dir_name name)
    REQUIRES(dir->lock)
{
    struct handle h;
    int err = check_new_name(dir, name);
    if (err != 0)
        return err;
    mutex_lock_second(&ip->lock);
    err = ip->nlink >= FS_LINK_MAX ? -EMLINK : 0;
    if (err == 0)
        err = journal_begin(&h, DIR_ADD_CREDITS + INODE_LINK_CREDITS);
    if (err == 0) {
        err = dir_add(&h, dir, name, ip);
        if (err == 0)
            err = inode_change_nlink(&h, ip, 1);
        journal_end(&h);
    }
    mutex_unlock(&ip->lock);
    return err;
}

static int give_name(struct inode *ip, const struct path_end *end)
{
    bool tried = false;
    int err;
    do {
        mutex_lock(&end->dir->lock);
        err = link_locked(ip, end->dir, end->name);
        mutex_unlock(&end->dir->lock);
    } while (journal_make_room(err, &tried));
    return err;
}

/* The target is the link's data: an inode, written to before anybody can find it, gets the name. */
static int disk_symlink(const struct path_end *end, const char *target)
{
    struct inode *ip;
    struct handle h;
    int err = journal_begin(&h, INODE_ALLOC_CREDITS);
    if (err != 0)
        return err;
    err = inode_new(&h, S_IFLNK | 0777, 0, &ip);
    journal_end(&h);
    if (err != 0)
        return err;
    err = data_set_target(ip, target);
    if (err == 0)
        err = give_name(ip, end);
    inode_put(ip);
    return err;
}

/* --- Removing --- */

#define REMOVE_CREDITS (DIR_CHANGE_CREDITS + INODE_LINK_CREDITS)

static int get_child(struct inode *dir, struct dir_name name, struct inode **ip) REQUIRES(dir->lock)
{
    uint32_t ino;
    int err = dir_find(dir, name, &ino);
    if (err == 0)
        err = inode_get(ino, ip);
    if (err == 0 && !inode_is_dir(*ip))
        (*ip)->parent = dir->ino;
    return err;
}

/* Takes a name away and what hangs on it, in the handle. Both inodes are locked. */
static int remove_name(struct handle *h, struct inode *dir, struct dir_name name, struct inode *ip)
    REQUIRES(dir->lock) REQUIRES(ip->lock)
{
    bool is_dir = inode_is_dir(ip);
    int err = dir_remove(h, dir, name);
    if (err == 0 && is_dir)
        err = inode_change_nlink(h, dir, -1);
    return err == 0 ? inode_change_nlink(h, ip, is_dir ? -2 : -1) : err;
}

/* Whether a locked inode may lose its name to unlink or, `as_dir`, to rmdir. */
static int check_removable(struct inode *ip, bool as_dir) REQUIRES(ip->lock)
{
    if (ip->leads_to != NULL)
        return -EBUSY;
    if (!as_dir)
        return inode_is_dir(ip) ? -EISDIR : 0;
    if (!inode_is_dir(ip))
        return -ENOTDIR;
    int empty = dir_is_empty(ip);
    return empty < 0 ? empty : empty == 0 ? -ENOTEMPTY : 0;
}

static int remove_locked(struct inode *dir, struct dir_name name, struct inode *ip, bool as_dir)
    REQUIRES(dir->lock)
{
    struct handle h;
    mutex_lock_second(&ip->lock);
    int err = check_removable(ip, as_dir);
    if (err == 0 && !as_dir)
        inode_note_name(ip, name);
    if (err == 0)
        err = journal_begin(&h, REMOVE_CREDITS);
    if (err == 0) {
        err = remove_name(&h, dir, name, ip);
        journal_end(&h);
    }
    mutex_unlock(&ip->lock);
    return err;
}

static int disk_remove(const struct path_end *end, bool as_dir)
{
    struct inode *ip = NULL;
    mutex_lock(&end->dir->lock);
    int err = get_child(end->dir, end->name, &ip);
    if (err == 0 && end->must_be_dir && !inode_is_dir(ip))
        err = -ENOTDIR;
    if (err == 0)
        err = remove_locked(end->dir, end->name, ip, as_dir);
    mutex_unlock(&end->dir->lock);
    if (ip != NULL)
        inode_put(ip);
    return err;
}

/* --- Renaming --- */

/* A directory whose ".." changes, two names, two children and their orphan marks. */
#define RENAME_CREDITS (DIR_ADD_CREDITS + 2 * DIR_CHANGE_CREDITS + INODE_LINK_CREDITS + 1)

/* What a rename is about; all are referenced. */
struct renaming {
    struct inode *from, *to; /* the directories, locked */
    struct dir_name from_name, to_name;
    struct inode *child;  /* what is renamed */
    struct inode *victim; /* what had the new name; or NULL */
};

/* 1 if `dir` is `ancestor` or lies somewhere below it; 0; or an error. No directory is moving. */
static int lies_below(struct inode *dir, const struct inode *ancestor)
{
    int result = 0;
    inode_hold(dir);
    while (result == 0 && dir != ancestor && dir->ino != FS_ROOT_INO) {
        struct inode *parent;
        mutex_lock(&dir->lock);
        result = get_child(dir, (struct dir_name){"..", 2}, &parent);
        mutex_unlock(&dir->lock);
        if (result == 0) {
            inode_put(dir);
            dir = parent;
        }
    }
    if (result == 0)
        result = dir == ancestor;
    inode_put(dir);
    return result;
}

static int lock_both(struct inode *a, struct inode *b) ACQUIRES(a->lock, b->lock) UNCHECKED_LOCKING
{
    int a_below_b = a == b ? 0 : lies_below(a, b);
    if (a_below_b < 0)
        return a_below_b;
    mutex_lock(a_below_b ? &b->lock : &a->lock);
    if (a != b)
        mutex_lock_second(a_below_b ? &a->lock : &b->lock);
    return 0;
}

static void unlock_both(struct inode *a, struct inode *b)
    RELEASES(a->lock, b->lock) UNCHECKED_LOCKING
{
    mutex_unlock(&a->lock);
    if (a != b)
        mutex_unlock(&b->lock);
}

/* What Linux checks, in its order; the victim is locked. */
static int check_victim(struct renaming *r) REQUIRES(r->victim->lock)
{
    if (inode_is_dir(r->child) && !inode_is_dir(r->victim))
        return -ENOTDIR;
    if (!inode_is_dir(r->child) && inode_is_dir(r->victim))
        return -EISDIR;
    return check_removable(r->victim, inode_is_dir(r->victim));
}

/* The new name gets its meaning, then the old one goes. */
static int move_name(struct handle *h, struct renaming *r) UNCHECKED_LOCKING
{
    bool moves_dir = inode_is_dir(r->child) && r->from != r->to;
    int err = r->victim != NULL ? dir_replace(h, r->to, r->to_name, r->child)
                                : dir_add(h, r->to, r->to_name, r->child);
    if (err == 0)
        err = dir_remove(h, r->from, r->from_name);
    if (err == 0 && moves_dir)
        err = dir_replace(h, r->child, (struct dir_name){"..", 2}, r->to);
    if (err == 0 && moves_dir)
        err = inode_change_nlink(h, r->from, -1);
    bool gains_dir = moves_dir && r->victim == NULL;
    bool loses_dir = !moves_dir && r->victim != NULL && inode_is_dir(r->victim);
    if (err == 0 && (gains_dir || loses_dir))
        err = inode_change_nlink(h, r->to, gains_dir ? 1 : -1);
    if (err == 0 && r->victim != NULL)
        err = inode_change_nlink(h, r->victim, inode_is_dir(r->victim) ? -2 : -1);
    return err == 0 ? inode_change_nlink(h, r->child, 0) : err;
}

static int rename_children(struct renaming *r) UNCHECKED_LOCKING
{
    struct handle h;
    mutex_lock_second(&r->child->lock);
    if (r->victim != NULL)
        mutex_lock_second(&r->victim->lock);
    int err = r->victim != NULL ? check_victim(r) : 0;
    if (err == 0 && r->victim != NULL && !inode_is_dir(r->victim))
        inode_note_name(r->victim, r->to_name);
    if (err == 0 && r->to->nlink == 0)
        err = -ENOENT;
    if (err == 0 && inode_is_dir(r->child) && r->to->nlink >= FS_LINK_MAX)
        err = -EMLINK;
    if (err == 0)
        err = journal_begin(&h, RENAME_CREDITS);
    if (err == 0) {
        err = move_name(&h, r);
        journal_end(&h);
        r->child->parent = r->to->ino;
    }
    if (r->victim != NULL)
        mutex_unlock(&r->victim->lock);
    mutex_unlock(&r->child->lock);
    return err;
}

/* Both directories are locked. A directory cannot go below itself, nor take its parent's name. */
static int rename_locked(struct renaming *r, bool child_above_to, bool no_replace) UNCHECKED_LOCKING
{
    if (child_above_to)
        return -EINVAL;
    int err = get_child(r->to, r->to_name, &r->victim);
    if (err == -ENOENT)
        r->victim = NULL;
    else if (err != 0)
        return err;
    if (r->victim != NULL && no_replace)
        return -EEXIST;
    if (r->victim == r->child)
        return 0;
    if (r->victim == r->from)
        return -ENOTEMPTY;
    if (r->child->leads_to != NULL)
        return -EBUSY;
    return rename_children(r);
}

/*
 * Looks the child up before the directories are locked, to learn whether the new place lies below
 * it; when they are locked, looks whether it is still the same.
 */
static int rename_once(struct renaming *r, bool must_be_dir, bool no_replace) UNCHECKED_LOCKING
{
    mutex_lock(&r->from->lock);
    int err = get_child(r->from, r->from_name, &r->child);
    mutex_unlock(&r->from->lock);
    if (err != 0)
        return err;
    if (must_be_dir && !inode_is_dir(r->child))
        return -ENOTDIR;
    int above = inode_is_dir(r->child) ? lies_below(r->to, r->child) : 0;
    if (above < 0)
        return above;
    err = lock_both(r->from, r->to);
    if (err != 0)
        return err;
    uint32_t ino;
    err = dir_find(r->from, r->from_name, &ino);
    if (err == 0 && ino != r->child->ino)
        err = -EAGAIN;
    if (err == 0)
        err = rename_locked(r, above == 1, no_replace);
    unlock_both(r->from, r->to);
    return err;
}

static int disk_rename(const struct path_end *from, const struct path_end *to, bool no_replace)
{
    bool tried = false;
    int err;
    do {
        struct renaming r = {from->dir, to->dir, from->name, to->name, NULL, NULL};
        mutex_lock(&rename_lock);
        err = rename_once(&r, from->must_be_dir || to->must_be_dir, no_replace);
        mutex_unlock(&rename_lock);
        if (r.child != NULL)
            inode_put(r.child);
        if (r.victim != NULL)
            inode_put(r.victim);
    } while (err == -EAGAIN || journal_make_room(err, &tried));
    return err;
}

/* --- The file system on the disk --- */

static int disk_lookup(struct inode *dir, struct dir_name name, struct inode **ip)
{
    mutex_lock(&dir->lock);
    int err = get_child(dir, name, ip);
    mutex_unlock(&dir->lock);
    return err;
}

static int disk_list(struct inode *dir, uint64_t *at, dir_emit *emit, void *arg)
{
    mutex_lock(&dir->lock);
    int err = dir->nlink == 0 ? -ENOENT : dir_list(dir, at, emit, arg);
    mutex_unlock(&dir->lock);
    return err;
}

static const struct name_ops disk_names = {
    .create = disk_create,
    .symlink = disk_symlink,
    .link = give_name,
    .remove = disk_remove,
    .rename = disk_rename,
};

struct file_system disk_fs = {
    .name = "quire",
    .magic = FS_MAGIC,
    .dev = 1,
    .lookup = disk_lookup,
    .list = disk_list,
    .names = &disk_names,
};

/* --- All file systems --- */

/* Where no names can be changed: they are there, or there is no way to make them. */
static int refuse_new(const struct path_end *end)
{
    struct inode *ip;
    int err = end->dir->fs->lookup(end->dir, end->name, &ip);
    if (err != 0)
        return err;
    inode_put(ip);
    return -EEXIST;
}

static int refuse_change(const struct path_end *end)
{
    int err = refuse_new(end);
    return err == -EEXIST ? -EPERM : err;
}

int namespace_create(const struct path_end *end, struct new_inode what, struct inode **ip)
{
    const struct name_ops *names = end->dir->fs->names;
    if (end->must_be_dir && !S_ISDIR(what.mode))
        return -ENOENT;
    return names == NULL ? refuse_new(end) : names->create(end, what, ip);
}

int namespace_symlink(const struct path_end *end, const char *target)
{
    const struct name_ops *names = end->dir->fs->names;
    if (end->must_be_dir)
        return -ENOENT;
    return names == NULL ? refuse_new(end) : names->symlink(end, target);
}

/* If the last name goes at this moment, the new one came before. */
int namespace_link(struct inode *ip, const struct path_end *end)
{
    const struct name_ops *names = end->dir->fs->names;
    if (inode_is_dir(ip))
        return -EPERM;
    if (ip->fs != end->dir->fs)
        return -EXDEV;
    if (end->must_be_dir || ip->nlink == 0)
        return -ENOENT;
    return names == NULL ? refuse_new(end) : names->link(ip, end);
}

int namespace_unlink(const struct path_end *end)
{
    const struct name_ops *names = end->dir->fs->names;
    if (is_dot(end->name) || is_dot_dot(end->name))
        return -EISDIR;
    return names == NULL ? refuse_change(end) : names->remove(end, false);
}

int namespace_rmdir(const struct path_end *end)
{
    const struct name_ops *names = end->dir->fs->names;
    if (end->is_root)
        return -EBUSY;
    if (is_dot(end->name))
        return -EINVAL;
    if (is_dot_dot(end->name))
        return -ENOTEMPTY;
    return names == NULL ? refuse_change(end) : names->remove(end, true);
}

int namespace_rename(const struct path_end *from, const struct path_end *to, bool no_replace)
{
    const struct name_ops *names = from->dir->fs->names;
    if (is_dot(from->name) || is_dot_dot(from->name) || is_dot(to->name) || is_dot_dot(to->name))
        return no_replace && (is_dot(to->name) || is_dot_dot(to->name)) ? -EEXIST : -EBUSY;
    if (from->dir->fs != to->dir->fs)
        return -EXDEV;
    return names == NULL ? refuse_change(from) : names->rename(from, to, no_replace);
}
