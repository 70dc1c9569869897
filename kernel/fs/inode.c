/* Inodes in memory: see inode.h. */
#include "fs/inode.h"

#include "abi/errno.h"
#include "fs/bitmap.h"
#include "fs/data.h"
#include "fs/disk.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"

#define BUCKETS 256

static const struct disk_super *super; /* [const] */
static struct slab_cache inode_cache;

static struct spinlock icache = SPINLOCK_INIT(RANK_ICACHE);
static struct list buckets[BUCKETS] GUARDED_BY(icache);       /* by number */
static struct list idle GUARDED_BY(icache) = LIST_INIT(idle); /* longest idle first */

int inode_cache_init(const struct disk_super *s)
{
    super = s;
    slab_init(&inode_cache, "inode", sizeof(struct inode));
    for (unsigned i = 0; i < BUCKETS; i++)
        list_init(&buckets[i]);
    return 0;
}

static struct list *bucket_of(uint32_t ino)
{
    return &buckets[ino % BUCKETS];
}

static struct inode *find(uint32_t ino) REQUIRES(icache)
{
    list_for_each (node, bucket_of(ino)) {
        struct inode *ip = list_entry(node, struct inode, hash_node);
        if (ip->ino == ino)
            return ip;
    }
    return NULL;
}

/* --- Between memory and the inode table --- */

static uint32_t table_block(uint32_t ino)
{
    return super->inode_table_start + (uint32_t)(ino / FS_INODES_PER_BLOCK);
}

static struct disk_inode *slot_in(const struct page *page, uint32_t ino)
{
    return (struct disk_inode *)page_data(page) + ino % FS_INODES_PER_BLOCK;
}

static void init_locks(struct inode *ip)
{
    mutex_init(&ip->lock, RANK_INODE);
    mutex_init(&ip->map_lock, RANK_MAP);
    file_locks_init(&ip->locks);
    list_init(&ip->hash_node);
    list_init(&ip->idle_node);
    list_init(&ip->ordered_node);
    list_init(&ip->written_node);
}

/* A fresh struct inode with what the table says. */
static void load(struct inode *ip, uint32_t ino, const struct disk_inode *d)
{
    object_init(&ip->object, &inode_object_ops, d->size);
    init_locks(ip);
    ip->fs = &disk_fs;
    ip->ino = ino;
    ip->generation = d->generation;
    ip->mode = d->mode;
    ip->rdev = d->rdev;
    ip->nlink = d->nlink;
    ip->uid = d->uid;
    ip->gid = d->gid;
    ip->atime = d->atime;
    ip->mtime = d->mtime;
    ip->ctime = d->ctime;
    ip->nblocks = d->nblocks;
    memcpy(ip->direct, d->direct, sizeof(ip->direct));
    ip->indirect = d->indirect;
    ip->double_indirect = d->double_indirect;
    ip->goal = ip->direct[0];
    ip->disk_size = d->size;
}

static void store(const struct inode *ip, struct disk_inode *d)
{
    *d = (struct disk_inode){
        .mode = ip->mode,
        .nlink = ip->nlink,
        .uid = ip->uid,
        .gid = ip->gid,
        .size = ip->disk_size,
        .atime = ip->atime,
        .mtime = ip->mtime,
        .ctime = ip->ctime,
        .nblocks = ip->nblocks,
        .generation = ip->generation,
        .rdev = ip->rdev,
        .indirect = ip->indirect,
        .double_indirect = ip->double_indirect,
    };
    memcpy(d->direct, ip->direct, sizeof(d->direct));
}

int inode_update(struct handle *h, struct inode *ip)
{
    struct page *page;
    if (inode_is_memory(ip))
        return 0;
    int err = journal_modify(h, table_block(ip->ino), &page);
    if (err != 0)
        return err;
    ip->times_changed = false;
    ip->changed_in = journal_current();
    store(ip, slot_in(page, ip->ino));
    page_unpin(page);
    return 0;
}

/* What the kernel relies upon in an inode; a damaged one is refused here, once. */
static bool is_sane(const struct disk_inode *d)
{
    uint32_t type = d->mode & S_IFMT;
    bool known = type == S_IFREG || type == S_IFDIR || type == S_IFLNK || type == S_IFCHR ||
                 type == S_IFIFO;
    bool size_fits = d->size <= FS_MAX_FILE_SIZE;
    bool whole_dir = type != S_IFDIR || d->size % FS_BLOCK_SIZE == 0;
    return known && size_fits && whole_dir;
}

/* --- Getting and putting --- */

/* A reference to an inode that is in memory; -ENOENT also for one that is being deleted. */
static int get_cached(uint32_t ino, struct inode **ip) REQUIRES(icache)
{
    struct inode *found = find(ino);
    if (found == NULL || found->state == INODE_DYING)
        return -ENOENT;
    if (found->state == INODE_IDLE) {
        list_remove(&found->idle_node);
        found->state = INODE_IN_USE;
    }
    object_get(&found->object);
    *ip = found;
    return 0;
}

/*
 * Makes the inode from its block, unless another thread was faster. The block is looked at under
 * the lock: nobody changes an inode there that is not in memory.
 */
static int get_from_table(uint32_t ino, const struct page *page, struct inode **ip)
{
    struct inode *fresh = slab_alloc(&inode_cache);
    if (fresh == NULL)
        return -ENOMEM;
    spin_lock(&icache);
    int err = 0;
    const struct disk_inode *d = slot_in(page, ino);
    if (find(ino) != NULL) {
        err = get_cached(ino, ip);
    } else if (d->mode == 0) {
        err = -ENOENT;
    } else if (!is_sane(d)) {
        err = -EIO;
    } else {
        load(fresh, ino, d);
        list_push_front(bucket_of(ino), &fresh->hash_node);
        *ip = fresh;
        fresh = NULL;
    }
    spin_unlock(&icache);
    if (fresh != NULL)
        slab_free(&inode_cache, fresh);
    return err;
}

int inode_get(uint32_t ino, struct inode **ip)
{
    if (ino == 0 || ino >= super->ninodes)
        return -EIO;
    spin_lock(&icache);
    int err = find(ino) != NULL ? get_cached(ino, ip) : -EAGAIN;
    spin_unlock(&icache);
    if (err != -EAGAIN)
        return err;
    struct page *page;
    err = disk_read(table_block(ino), &page);
    if (err == 0) {
        err = get_from_table(ino, page, ip);
        page_unpin(page);
    }
    return err;
}

/* Makes a number that was just taken an orphan and pins its table block; or gives it back. */
static int get_fresh_slot(struct handle *h, uint32_t ino, struct page **page)
{
    int err = journal_modify(h, table_block(ino), page);
    if (err == 0) {
        err = bitmap_set_orphan(h, ino, true);
        if (err != 0)
            page_unpin(*page);
    }
    if (err != 0)
        bitmap_free_inode(h, ino); /* the bitmap's block is in memory */
    return err;
}

int inode_new(struct handle *h, uint32_t mode, uint32_t rdev, struct inode **ip)
{
    struct inode *fresh = slab_alloc(&inode_cache);
    if (fresh == NULL)
        return -ENOMEM;
    uint32_t ino;
    struct page *page;
    int err = bitmap_alloc_inode(h, &ino);
    if (err == 0)
        err = get_fresh_slot(h, ino, &page);
    if (err != 0) {
        slab_free(&inode_cache, fresh);
        return err;
    }
    struct disk_inode d = {.mode = mode, .rdev = rdev};
    d.generation = slot_in(page, ino)->generation + 1;
    load(fresh, ino, &d);
    inode_touch(fresh, INODE_ATIME | INODE_MTIME | INODE_CTIME);
    err = inode_update(h, fresh);
    KASSERT(err == 0, "error %d with blocks that are in memory", err);
    page_unpin(page);
    spin_lock(&icache);
    list_push_front(bucket_of(ino), &fresh->hash_node);
    spin_unlock(&icache);
    *ip = fresh;
    return 0;
}

int inode_change_nlink(struct handle *h, struct inode *ip, int change)
{
    uint32_t before = ip->nlink;
    ip->nlink += (uint32_t)change;
    inode_touch(ip, INODE_CTIME);
    int err = inode_update(h, ip);
    if (err == 0 && (before == 0) != (ip->nlink == 0))
        err = bitmap_set_orphan(h, ip->ino, ip->nlink == 0);
    return err;
}

/* --- The last reference --- */

static void free_inode(struct inode *ip)
{
    kfree(ip->last_name);
    slab_free(&inode_cache, ip);
}

static void forget(struct inode *ip)
{
    spin_lock(&icache);
    list_remove(&ip->hash_node);
    spin_unlock(&icache);
}

/* Gives back the number. It leaves memory before it may be used again. */
static int free_number(struct inode *ip)
{
    struct handle h;
    struct page *page;
    int err = journal_begin(&h, 3);
    if (err != 0)
        return err;
    err = journal_modify(&h, table_block(ip->ino), &page);
    if (err == 0) {
        struct disk_inode *d = slot_in(page, ip->ino);
        *d = (struct disk_inode){.generation = d->generation};
        page_unpin(page);
        err = bitmap_set_orphan(&h, ip->ino, false);
    }
    forget(ip);
    if (err == 0)
        err = bitmap_free_inode(&h, ip->ino);
    journal_end(&h);
    return err;
}

/*
 * Deletes a file without names and references. What fails here (a disk error) leaves the orphan
 * mark, and the next mount tries again.
 */
static void delete (struct inode *ip)
{
    object_drop_pages(&ip->object, 0);
    if (data_free_all(ip) != 0 || free_number(ip) != 0)
        forget(ip);
    free_inode(ip);
}

/*
 * ops->release: the reference count was 0 a moment ago. Another thread may have taken a reference
 * since and even given it up again; who finds the inode in use and unreferenced acts.
 */
void inode_release(struct object *o)
{
    struct inode *ip = inode_of(o);
    spin_lock(&icache);
    bool mine = ip->state == INODE_IN_USE && __atomic_load_n(&o->refs, __ATOMIC_ACQUIRE) == 0;
    bool dying = mine && ip->nlink == 0;
    if (dying) {
        ip->state = INODE_DYING;
    } else if (mine) {
        ip->state = INODE_IDLE;
        list_push_back(&idle, &ip->idle_node);
    }
    spin_unlock(&icache);
    if (dying)
        delete (ip);
}

unsigned inode_shrink(unsigned count)
{
    struct list gone = LIST_INIT(gone);
    unsigned n = 0;
    spin_lock(&icache);
    list_for_each_safe (node, next, &idle) {
        struct inode *ip = list_entry(node, struct inode, idle_node);
        if (n == count)
            break;
        if (ip->object.npages > 0 || ip->times_changed || !list_is_empty(&ip->ordered_node))
            continue;
        list_remove(&ip->idle_node);
        list_remove(&ip->hash_node);
        list_push_back(&gone, &ip->idle_node);
        n++;
    }
    spin_unlock(&icache);
    for (struct list *node; (node = list_pop_front(&gone)) != NULL;)
        free_inode(list_entry(node, struct inode, idle_node));
    return n;
}

/* --- In memory only --- */

/* Every page is backed: there is nothing else that its contents could go to. */
static int memory_fill(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++) {
        page_zero(page_data(run->pages[i]));
        page_set_flags(run->pages[i], PAGE_BACKED);
    }
    return 0;
}

static void memory_release(struct object *o)
{
    struct inode *ip = inode_of(o);
    object_drop_pages(o, 0);
    if (ip->leads_to != NULL)
        inode_put(ip->leads_to);
    if (ip->fs->forget != NULL)
        ip->fs->forget(ip);
    free_inode(ip);
}

static const struct object_ops memory_ops = {.fill = memory_fill, .release = memory_release};

struct inode *inode_new_memory(struct file_system *fs, uint32_t mode)
{
    static uint64_t last = 1; /* [atomic] 1 is for roots */
    struct inode *ip = slab_alloc(&inode_cache);
    if (ip == NULL)
        return NULL;
    const struct disk_inode d = {.mode = mode};
    load(ip, 0, &d);
    ip->number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    ip->fs = fs;
    ip->object.ops = &memory_ops;
    ip->object.read_ahead = 0;
    inode_touch(ip, INODE_ATIME | INODE_MTIME | INODE_CTIME);
    return ip;
}

struct inode *inode_of_object(struct object *o)
{
    return o->ops == &inode_object_ops || o->ops == &memory_ops ? inode_of(o) : NULL;
}

/* Without memory for it the name is lost, and with it nothing but a text for people. */
void inode_note_name(struct inode *ip, struct dir_name name)
{
    char *text = kmalloc(name.length + 1);
    if (text == NULL)
        return;
    memcpy(text, name.text, name.length);
    kfree(ip->last_name);
    ip->last_name = text;
}

/* --- Times and status --- */

void inode_touch(struct inode *ip, unsigned which)
{
    int64_t now = (int64_t)clock_realtime_ns();
    if (which & INODE_ATIME)
        ip->atime = now;
    if (which & INODE_MTIME)
        ip->mtime = now;
    if (which & INODE_CTIME)
        ip->ctime = now;
    ip->times_changed = true;
    reclaim_note_work();
}

void inode_note_read(struct inode *ip)
{
    const int64_t day = 86400 * 1000000000L;
    int64_t since = ip->atime;
    if (since <= ip->mtime || since <= ip->ctime || (int64_t)clock_realtime_ns() - since >= day)
        inode_touch(ip, INODE_ATIME);
}

/* Stores through mappings are found when the entries of page tables are looked at: now, for times.
 */
static void note_stores(struct inode *ip)
{
    if (object_take_stores(&ip->object))
        inode_touch(ip, INODE_MTIME | INODE_CTIME);
}

int inode_write_times(struct inode *ip)
{
    struct handle h;
    note_stores(ip);
    if (!ip->times_changed || inode_is_memory(ip))
        return 0;
    int err = journal_begin(&h, INODE_UPDATE_CREDITS);
    if (err != 0)
        return err;
    err = inode_update(&h, ip);
    journal_end(&h);
    return err;
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){ns / 1000000000, ns % 1000000000};
}

void inode_stat(struct inode *ip, struct stat *st)
{
    bool in_memory = inode_is_memory(ip);
    uint64_t blocks = in_memory ? ip->object.npages : ip->nblocks;
    note_stores(ip);
    *st = (struct stat){
        .st_dev = ip->fs->dev,
        .st_ino = inode_number(ip),
        .st_mode = ip->mode,
        .st_nlink = ip->nlink,
        .st_uid = ip->uid,
        .st_gid = ip->gid,
        .st_rdev = ip->rdev,
        .st_size = (int64_t)inode_size(ip),
        .st_blksize = FS_BLOCK_SIZE,
        .st_blocks = (int64_t)blocks * (FS_BLOCK_SIZE / 512),
        .st_atim = timespec_of(ip->atime),
        .st_mtim = timespec_of(ip->mtime),
        .st_ctim = timespec_of(ip->ctime),
    };
}

/* --- All of them --- */

/* The next inode behind `ip` (NULL: the first) in the table that is not dying, with a reference. */
static struct inode *next_inode(struct inode *ip) REQUIRES(icache)
{
    unsigned b = ip == NULL ? 0 : ip->ino % BUCKETS;
    struct list *node = ip == NULL ? &buckets[0] : &ip->hash_node;
    for (;;) {
        node = node->next;
        if (node == &buckets[b]) {
            if (++b == BUCKETS)
                return NULL;
            node = &buckets[b];
            continue;
        }
        struct inode *next = list_entry(node, struct inode, hash_node), *got;
        if (next->state != INODE_DYING && get_cached(next->ino, &got) == 0)
            return next;
    }
}

/* The reference to the last inode is held until the next one is found, so that it stays in place.
 */
void inode_for_each(void (*visit)(struct inode *ip, void *arg), void *arg)
{
    struct inode *ip = NULL, *next;
    do {
        spin_lock(&icache);
        next = next_inode(ip);
        spin_unlock(&icache);
        if (ip != NULL)
            inode_put(ip);
        if (next != NULL)
            visit(next, arg);
        ip = next;
    } while (ip != NULL);
}

void inode_for_each_object(void (*visit)(struct object *o, void *arg), void *arg)
{
    spin_lock(&icache);
    for (unsigned b = 0; b < BUCKETS; b++)
        list_for_each (node, &buckets[b])
            visit(&list_entry(node, struct inode, hash_node)->object, arg);
    spin_unlock(&icache);
}
