/* Files of memory with names: see shm.h. */
#include "fs/shm.h"

#include "abi/dirent.h"
#include "abi/errno.h"
#include "fs/data.h"
#include "fs/path.h"
#include "lib/string.h"
#include "mm/slab.h"

#define ROOT_NUMBER 1
#define TMPFS_MAGIC 0x01021994

struct shm_name {
    struct list node;
    struct inode *ip;  /* [const] with a reference, once in the list */
    uint64_t position; /* [const] in listings: later names have higher ones */
    unsigned length;   /* [const] */
    char text[];       /* [const] */
};

/* In the order of their positions, which begin behind those of "." and "..". */
static struct list names = LIST_INIT(names); /* [shm_fs.root->lock] */
static uint64_t next_position = 2;           /* [shm_fs.root->lock] */

int shm_init(void)
{
    struct inode *root = inode_new_memory(&shm_fs, S_IFDIR | S_ISVTX | 0777);
    if (root == NULL)
        return -ENOMEM;
    root->number = ROOT_NUMBER;
    root->nlink = 2;
    shm_fs.root = root;
    return 0;
}

/* --- Names --- */

static struct shm_name *find(struct inode *dir, struct dir_name name) REQUIRES(dir->lock)
{
    list_for_each (node, &names) {
        struct shm_name *n = list_entry(node, struct shm_name, node);
        if (n->length == name.length && memcmp(n->text, name.text, name.length) == 0)
            return n;
    }
    return NULL;
}

/* A name that is in no list yet, and means nothing; NULL without memory. */
static struct shm_name *new_name(struct dir_name name)
{
    struct shm_name *n = kmalloc(sizeof(*n) + name.length);
    if (n == NULL)
        return NULL;
    n->length = name.length;
    memcpy(n->text, name.text, name.length);
    return n;
}

static void free_name(struct shm_name *n)
{
    if (n != NULL && n->ip != NULL)
        inode_put(n->ip);
    kfree(n);
}

static void change_nlink(struct inode *ip, int change)
{
    mutex_lock_second(&ip->lock);
    ip->nlink += (uint32_t)change;
    inode_touch(ip, INODE_CTIME);
    mutex_unlock(&ip->lock);
}

static void enter(struct inode *dir, struct shm_name *n) REQUIRES(dir->lock)
{
    n->position = next_position++;
    list_push_back(&names, &n->node);
    inode_touch(dir, INODE_MTIME | INODE_CTIME);
}

/* Takes a name out of the list; the caller frees it when no lock is held. */
static void leave(struct inode *dir, struct shm_name *n) REQUIRES(dir->lock)
{
    list_remove(&n->node);
    inode_touch(dir, INODE_MTIME | INODE_CTIME);
}

static void note_removal(struct shm_name *n)
{
    mutex_lock_second(&n->ip->lock);
    n->ip->nlink--;
    inode_note_name(n->ip, (struct dir_name){n->text, n->length});
    inode_touch(n->ip, INODE_CTIME);
    mutex_unlock(&n->ip->lock);
}

/* --- Looking --- */

static int shm_lookup(struct inode *dir, struct dir_name name, struct inode **ip)
{
    bool dot = name.text[0] == '.' && name.text[name.length - 1] == '.' && name.length <= 2;
    if (dot) { /* "..", too: the walk has left before */
        inode_hold(dir);
        *ip = dir;
        return 0;
    }
    mutex_lock(&dir->lock);
    const struct shm_name *n = find(dir, name);
    if (n != NULL) {
        inode_hold(n->ip);
        *ip = n->ip;
    }
    mutex_unlock(&dir->lock);
    return n == NULL ? -ENOENT : 0;
}

static bool emit_dots(uint64_t *at, dir_emit *emit, void *arg)
{
    for (; *at < 2; ++*at) {
        struct dir_entry entry = {ROOT_NUMBER, DT_DIR, {"..", (unsigned)*at + 1}, *at + 1};
        if (!emit(arg, &entry))
            return false;
    }
    return true;
}

static int shm_list(struct inode *dir, uint64_t *at, dir_emit *emit, void *arg)
{
    if (!emit_dots(at, emit, arg))
        return 0;
    mutex_lock(&dir->lock);
    list_for_each (node, &names) {
        const struct shm_name *n = list_entry(node, struct shm_name, node);
        uint8_t type = (uint8_t)((n->ip->mode & S_IFMT) >> 12);
        struct dir_entry entry = {n->ip->number, type, {n->text, n->length}, n->position + 1};
        if (n->position < *at)
            continue;
        if (!emit(arg, &entry))
            break;
        *at = entry.next;
    }
    mutex_unlock(&dir->lock);
    return 0;
}

/* --- Changing --- */

/* Enters a name of an inode unless the name is taken. */
static int give_name(struct inode *ip, const struct path_end *end)
{
    struct inode *dir = end->dir;
    struct shm_name *n = new_name(end->name);
    if (n == NULL)
        return -ENOMEM;
    inode_hold(ip);
    n->ip = ip;
    mutex_lock(&dir->lock);
    bool taken = find(dir, end->name) != NULL;
    if (!taken) {
        enter(dir, n);
        change_nlink(ip, 1);
    }
    mutex_unlock(&dir->lock);
    if (taken)
        free_name(n);
    return taken ? -EEXIST : 0;
}

static int shm_create(const struct path_end *end, struct new_inode what, struct inode **ip)
{
    if (S_ISDIR(what.mode))
        return -EPERM;
    struct inode *fresh = inode_new_memory(&shm_fs, what.mode);
    if (fresh == NULL)
        return -ENOMEM;
    fresh->rdev = what.rdev;
    int err = give_name(fresh, end);
    if (err != 0)
        inode_put(fresh);
    else
        *ip = fresh;
    return err;
}

static int shm_symlink(const struct path_end *end, const char *target)
{
    struct inode *ip = inode_new_memory(&shm_fs, S_IFLNK | 0777);
    if (ip == NULL)
        return -ENOMEM;
    int err = data_set_target(ip, target);
    if (err == 0)
        err = give_name(ip, end);
    inode_put(ip);
    return err;
}

/* There are no directories, so nothing but a file can have the name. */
static int shm_remove(const struct path_end *end, bool as_dir)
{
    struct inode *dir = end->dir;
    mutex_lock(&dir->lock);
    struct shm_name *n = find(dir, end->name);
    int err = n == NULL ? -ENOENT : as_dir || end->must_be_dir ? -ENOTDIR : 0;
    if (err == 0) {
        leave(dir, n);
        note_removal(n);
    }
    mutex_unlock(&dir->lock);
    if (err == 0)
        free_name(n);
    return err;
}

/* A rename under way: what it found, and then what is to be freed. */
struct renaming {
    struct shm_name *old, *victim, *fresh;
};

/* Two names of one file both stay, as POSIX has it. */
static int rename_locked(struct inode *dir, struct renaming *r, bool no_replace) REQUIRES(dir->lock)
{
    if (r->victim != NULL && no_replace)
        return -EEXIST;
    if (r->victim != NULL && r->victim->ip == r->old->ip)
        return 1;
    r->fresh->ip = r->old->ip;
    inode_hold(r->fresh->ip);
    if (r->victim != NULL) {
        leave(dir, r->victim);
        note_removal(r->victim);
    }
    leave(dir, r->old);
    enter(dir, r->fresh);
    return 0;
}

static int shm_rename(const struct path_end *from, const struct path_end *to, bool no_replace)
{
    struct inode *dir = from->dir;
    struct renaming r = {.fresh = new_name(to->name)};
    if (r.fresh == NULL)
        return -ENOMEM;
    mutex_lock(&dir->lock);
    r.old = find(dir, from->name);
    r.victim = find(dir, to->name);
    int err = r.old == NULL ? -ENOENT : from->must_be_dir || to->must_be_dir ? -ENOTDIR : 0;
    if (err == 0)
        err = rename_locked(dir, &r, no_replace);
    mutex_unlock(&dir->lock);
    if (err != 0) {
        free_name(r.fresh);
        return err < 0 ? err : 0;
    }
    free_name(r.old);
    free_name(r.victim);
    return 0;
}

static const struct name_ops shm_names = {
    .create = shm_create,
    .symlink = shm_symlink,
    .link = give_name,
    .remove = shm_remove,
    .rename = shm_rename,
};

struct file_system shm_fs = {
    .name = "tmpfs",
    .magic = TMPFS_MAGIC,
    .dev = 3,
    .lookup = shm_lookup,
    .list = shm_list,
    .names = &shm_names,
};
