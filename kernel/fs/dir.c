/* Directories: see dir.h. */
#include "fs/dir.h"

#include "abi/dirent.h"
#include "abi/errno.h"
#include "fs/blockmap.h"
#include "fs/disk.h"
#include "lib/print.h"
#include "lib/string.h"

#define HEADER sizeof(struct disk_dirent)

/* --- Blocks and records --- */

static uint64_t count_blocks(const struct inode *dp)
{
    return inode_size(dp) / FS_BLOCK_SIZE;
}

static int damaged(const struct inode *dp)
{
    kprintf("file system: damaged: a record of directory %u makes no sense\n", dp->ino);
    return -EIO;
}

/* The number of block `index` of a directory, which has no holes. */
static int find_block(struct inode *dp, uint64_t index, uint32_t *blkno)
{
    inode_lock_map(dp);
    int err = blockmap_find(dp, index, 1, blkno);
    inode_unlock_map(dp);
    return err == 0 && *blkno == 0 ? damaged(dp) : err;
}

/* A block's page, pinned. With a handle: to be changed. */
static int get_block(struct handle *h, struct inode *dp, uint64_t index, struct page **page)
{
    uint32_t blkno;
    int err = find_block(dp, index, &blkno);
    if (err != 0)
        return err;
    return h == NULL ? disk_read(blkno, page) : journal_modify(h, blkno, page);
}

/* The record at `offset` of a block if it makes sense there, else NULL. */
static struct disk_dirent *record_at(const struct page *page, unsigned offset)
{
    struct disk_dirent *d = (struct disk_dirent *)((char *)page_data(page) + offset);
    unsigned room = FS_BLOCK_SIZE - offset;
    if (room < HEADER || d->reclen < HEADER || d->reclen % 8 != 0 || d->reclen > room)
        return NULL;
    if (d->ino != 0 && (d->namelen == 0 || HEADER + d->namelen > d->reclen))
        return NULL;
    return d;
}

static bool is_name(const struct disk_dirent *d, struct dir_name name)
{
    return d->ino != 0 && d->namelen == name.length && memcmp(d->name, name.text, name.length) == 0;
}

/* Where a name's record stands. */
struct place {
    uint64_t block;
    unsigned offset;
    unsigned before; /* offset of the record before it in the block; its own if it is the first */
};

/* Looks through one block: 1 and *place if the name is there, 0 if not, -EIO. */
static int search_block(struct inode *dp, const struct page *page, struct dir_name name,
                        struct place *place)
{
    const struct disk_dirent *d;
    unsigned before = 0;
    for (unsigned at = 0; at < FS_BLOCK_SIZE; before = at, at += d->reclen) {
        d = record_at(page, at);
        if (d == NULL)
            return damaged(dp);
        if (is_name(d, name)) {
            place->offset = at;
            place->before = before;
            return 1;
        }
    }
    return 0;
}

/* Finds a name: 0, and its block pinned; -ENOENT, -EIO, -ENOMEM. */
static int search(struct inode *dp, struct dir_name name, struct place *place, struct page **page)
{
    uint64_t count = count_blocks(dp);
    for (place->block = 0; place->block < count; place->block++) {
        int err = get_block(NULL, dp, place->block, page);
        if (err != 0)
            return err;
        int found = search_block(dp, *page, name, place);
        if (found == 1)
            return 0;
        page_unpin(*page);
        if (found < 0)
            return found;
    }
    return -ENOENT;
}

int dir_find(struct inode *dp, struct dir_name name, uint32_t *ino)
{
    struct place place;
    struct page *page;
    int err = search(dp, name, &place, &page);
    if (err == 0) {
        *ino = record_at(page, place.offset)->ino;
        page_unpin(page);
    }
    return err;
}

/* --- Changing --- */

static uint8_t type_of(const struct inode *ip)
{
    return (uint8_t)((ip->mode & S_IFMT) >> 12); /* DT_* are S_IF* shifted down */
}

static void fill(struct disk_dirent *d, struct dir_name name, uint32_t ino, uint8_t type)
{
    d->ino = ino;
    d->namelen = (uint8_t)name.length;
    d->type = type;
    memcpy(d->name, name.text, name.length);
}

/* How many bytes of a record's room its own name needs. */
static unsigned used_bytes(const struct disk_dirent *d)
{
    return d->ino == 0 ? 0 : FS_DIRENT_SIZE(d->namelen);
}

/* The offset of a record of this block with room for a new name; FS_BLOCK_SIZE if there is none. */
static unsigned find_room(const struct page *page, unsigned need)
{
    const struct disk_dirent *d;
    for (unsigned at = 0; at < FS_BLOCK_SIZE; at += d->reclen) {
        d = record_at(page, at);
        if (d == NULL)
            break;
        if (d->reclen - used_bytes(d) >= need)
            return at;
    }
    return FS_BLOCK_SIZE;
}

/* Puts a name into the room behind the record at `at`. */
static void put_behind(struct page *page, unsigned at, struct dir_name name, const struct inode *ip)
{
    struct disk_dirent *d = record_at(page, at);
    unsigned used = used_bytes(d);
    if (used > 0) {
        uint16_t rest = (uint16_t)(d->reclen - used);
        d->reclen = (uint16_t)used;
        d = (struct disk_dirent *)((char *)d + used);
        d->reclen = rest;
    }
    fill(d, name, ip->ino, type_of(ip));
}

/* Appends a block to the directory: its page, pinned and zero, in the handle. */
static int add_block(struct handle *h, struct inode *dp, struct page **page) REQUIRES(dp->lock)
{
    uint64_t index = count_blocks(dp);
    uint32_t blkno;
    bool fresh;
    if (index + 1 >= FS_MAX_FILE_BLOCKS)
        return -ENOSPC;
    inode_lock_map(dp);
    int err = blockmap_alloc(h, dp, index, &blkno, &fresh);
    if (err == 0)
        err = journal_modify_fresh(h, blkno, page);
    if (err == 0) {
        dp->disk_size = (index + 1) * FS_BLOCK_SIZE;
        object_grow(&dp->object, dp->disk_size);
    }
    inode_unlock_map(dp);
    return err;
}

/* The block that has room for the name, to be changed, pinned, and the record with the room. */
static int get_room(struct handle *h, struct inode *dp, unsigned need, struct page **page,
                    unsigned *at) REQUIRES(dp->lock)
{
    uint64_t count = count_blocks(dp);
    for (uint64_t block = 0; block < count; block++) {
        int err = get_block(NULL, dp, block, page);
        if (err != 0)
            return err;
        *at = find_room(*page, need);
        page_unpin(*page);
        if (*at < FS_BLOCK_SIZE)
            return get_block(h, dp, block, page);
    }
    int err = add_block(h, dp, page);
    if (err == 0) {
        *at = 0;
        ((struct disk_dirent *)page_data(*page))->reclen = FS_BLOCK_SIZE;
    }
    return err;
}

int dir_add(struct handle *h, struct inode *dp, struct dir_name name, const struct inode *ip)
{
    struct page *page;
    unsigned at;
    int err = get_room(h, dp, FS_DIRENT_SIZE(name.length), &page, &at);
    if (err == 0) {
        put_behind(page, at, name, ip);
        page_unpin(page);
        inode_touch(dp, INODE_MTIME | INODE_CTIME);
    }
    int update_err = inode_update(h, dp);
    return err != 0 ? err : update_err;
}

/* Finds a name and gets its block to be changed. */
static int get_record(struct handle *h, struct inode *dp, struct dir_name name, struct place *place,
                      struct page **page) REQUIRES(dp->lock)
{
    int err = search(dp, name, place, page);
    if (err != 0)
        return err;
    page_unpin(*page);
    return get_block(h, dp, place->block, page);
}

int dir_replace(struct handle *h, struct inode *dp, struct dir_name name, const struct inode *ip)
{
    struct place place;
    struct page *page;
    int err = get_record(h, dp, name, &place, &page);
    if (err != 0)
        return err;
    fill(record_at(page, place.offset), name, ip->ino, type_of(ip));
    page_unpin(page);
    inode_touch(dp, INODE_MTIME | INODE_CTIME);
    return inode_update(h, dp);
}

/* The record's room goes to the one before it; the first one of a block becomes free space. */
int dir_remove(struct handle *h, struct inode *dp, struct dir_name name)
{
    struct place place;
    struct page *page;
    int err = get_record(h, dp, name, &place, &page);
    if (err != 0)
        return err;
    struct disk_dirent *d = record_at(page, place.offset);
    if (place.before != place.offset)
        record_at(page, place.before)->reclen += d->reclen;
    else
        d->ino = 0;
    page_unpin(page);
    inode_touch(dp, INODE_MTIME | INODE_CTIME);
    return inode_update(h, dp);
}

int dir_init(struct handle *h, struct inode *dp, uint32_t parent)
{
    struct page *page;
    int err = add_block(h, dp, &page);
    if (err != 0)
        return err;
    struct disk_dirent *d = page_data(page);
    d->reclen = FS_DIRENT_SIZE(1);
    fill(d, (struct dir_name){".", 1}, dp->ino, DT_DIR);
    d = (struct disk_dirent *)((char *)d + d->reclen);
    d->reclen = FS_BLOCK_SIZE - FS_DIRENT_SIZE(1);
    fill(d, (struct dir_name){"..", 2}, parent, DT_DIR);
    page_unpin(page);
    return inode_update(h, dp);
}

/* --- Listing --- */

/* Lists one block from *at on; 1 when `emit` has had enough. */
static int list_block(struct inode *dp, const struct page *page, uint64_t *at, dir_emit *emit,
                      void *arg)
{
    uint64_t start = *at - *at % FS_BLOCK_SIZE;
    const struct disk_dirent *d;
    for (unsigned offset = 0; offset < FS_BLOCK_SIZE; offset += d->reclen) {
        d = record_at(page, offset);
        if (d == NULL)
            return damaged(dp);
        uint64_t next = start + offset + d->reclen;
        /* Records may have been merged since *at was given: go on with the first one behind it. */
        if (d->ino == 0 || start + offset < *at)
            continue;
        struct dir_entry entry = {d->ino, d->type, {d->name, d->namelen}, next};
        if (!emit(arg, &entry))
            return 1;
        *at = next;
    }
    *at = start + FS_BLOCK_SIZE;
    return 0;
}

int dir_list(struct inode *dp, uint64_t *at, dir_emit *emit, void *arg)
{
    while (*at < inode_size(dp)) {
        struct page *page;
        int err = get_block(NULL, dp, *at / FS_BLOCK_SIZE, &page);
        if (err != 0)
            return err;
        int result = list_block(dp, page, at, emit, arg);
        page_unpin(page);
        if (result != 0)
            return result < 0 ? result : 0;
    }
    return 0;
}

static bool is_dots(struct dir_name name)
{
    return name.text[0] == '.' && (name.length == 1 || (name.length == 2 && name.text[1] == '.'));
}

static bool note_other_name(void *arg, const struct dir_entry *entry)
{
    bool *empty = arg;
    *empty = is_dots(entry->name);
    return *empty;
}

int dir_is_empty(struct inode *dp)
{
    bool empty = true;
    uint64_t at = 0;
    int err = dir_list(dp, &at, note_other_name, &empty);
    return err != 0 ? err : empty;
}
