/* File data: see data.h. */
#include "fs/data.h"

#include "abi/errno.h"
#include "fs/bitmap.h"
#include "fs/blockmap.h"
#include "fs/disk.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/writeback.h"

#define CHUNK         8           /* pages that a write works on at once, with one handle */
#define CHUNK_CREDITS (2 * CHUNK) /* their bitmaps, three blocks of maps, the inode */

/* --- The inode's object: reading and writing runs of pages --- */

static int find_blocks(struct inode *ip, const struct page_run *run, uint32_t *blkno)
{
    inode_lock_map(ip);
    int err = blockmap_find(ip, run->first, run->count, blkno);
    inode_unlock_map(ip);
    return err;
}

/* How many bytes of page `index` lie before `size`. */
static uint64_t bytes_inside(uint64_t size, uint64_t index)
{
    uint64_t start = index * PAGE_SIZE;
    return size <= start ? 0 : min_u64(size - start, PAGE_SIZE);
}

static void zero_rest(struct page *page, uint64_t used)
{
    memset((char *)page_data(page) + used, 0, PAGE_SIZE - used);
}

static int data_fill(struct page_run *run)
{
    struct inode *ip = inode_of(run->object);
    uint32_t blkno[OBJECT_RUN_MAX];
    int err = find_blocks(ip, run, blkno);
    if (err != 0)
        return err;
    for (unsigned i = 0; i < run->count; i++)
        if (blkno[i] == 0)
            blkno[i] = DISK_NOWHERE;
    int blocks = disk_transfer(BLOCK_READ, blkno, run->pages, run->count);
    if (blocks < 0)
        return blocks;
    for (unsigned i = 0; i < run->count; i++) {
        struct page *page = run->pages[i];
        bool hole = blkno[i] == DISK_NOWHERE;
        uint64_t used = hole ? 0 : bytes_inside(inode_size(ip), run->first + i);
        if (used < PAGE_SIZE)
            zero_rest(page, used);
        if (!hole)
            page_set_flags(page, PAGE_BACKED);
    }
    return blocks;
}

static struct page *bounce_page; /* [bounce_lock] */
static struct mutex bounce_lock; /* RANK_BOUNCE */

int data_init(void)
{
    mutex_init(&bounce_lock, RANK_BOUNCE);
    bounce_page = kalloc(PAGE_BUFFER);
    return bounce_page == NULL ? -ENOMEM : 0;
}

/*
 * Writes the page that holds the end of file: what lies behind the end goes to the disk as zeros,
 * while the page itself, which may be mapped, stays as it is.
 */
static int write_last_page(struct page *page, uint32_t blkno, uint64_t used)
{
    mutex_lock(&bounce_lock);
    memcpy(page_data(bounce_page), page_data(page), used);
    zero_rest(bounce_page, used);
    int result = disk_transfer(BLOCK_WRITE, &blkno, &bounce_page, 1);
    mutex_unlock(&bounce_lock);
    return result;
}

/* A page that has no block cannot have been stored to; a damaged map may say so nevertheless. */
static int data_clean(struct page_run *run)
{
    struct inode *ip = inode_of(run->object);
    uint32_t blkno[OBJECT_RUN_MAX];
    int err = find_blocks(ip, run, blkno);
    for (unsigned i = 0; i < run->count && err == 0; i++)
        if (blkno[i] == 0)
            err = -EIO;
    if (err != 0)
        return err;
    unsigned whole = run->count;
    uint64_t used = bytes_inside(ip->disk_size, run->first + run->count - 1);
    if (used < PAGE_SIZE)
        whole--;
    int result = disk_transfer(BLOCK_WRITE, blkno, run->pages, whole);
    if (result >= 0 && whole < run->count)
        result = write_last_page(run->pages[whole], blkno[whole], used);
    return result < 0 ? result : 0;
}

/* --- Giving pages blocks --- */

/* Consecutive pinned, valid pages that shall have blocks. */
struct backing {
    struct page *const *pages;
    unsigned count;
    uint64_t size;  /* what the size on the disk shall be at least */
    bool is_marked; /* the inode has an orphan mark because of it */
};

/* Gives the pages blocks where they have none, in the handle. */
static int back_in_handle(struct handle *h, struct inode *ip, const struct backing *b)
    REQUIRES(ip->map_lock)
{
    for (unsigned i = 0; i < b->count; i++) {
        struct page *page = b->pages[i];
        uint32_t blkno;
        bool fresh;
        if (page_has(page, PAGE_BACKED))
            continue;
        int err = blockmap_alloc(h, ip, page->index, &blkno, &fresh);
        if (err != 0)
            return err;
        object_mark_backed(&ip->object, page);
        object_mark_dirty(&ip->object, page);
        journal_order_data(h, ip);
    }
    return 0;
}

/*
 * If this fails half-way, blocks may lie behind the size until the caller frees them: should a
 * crash come first, the orphan mark has the next mount do it.
 */
static int back_and_grow(struct handle *h, struct inode *ip, struct backing *b)
    REQUIRES(ip->map_lock)
{
    if (b->pages[0]->object != &ip->object)
        return -ENXIO;
    int err = back_in_handle(h, ip, b);
    if (err == 0 && b->size > ip->disk_size) {
        ip->disk_size = b->size;
        journal_order_data(h, ip);
    }
    uint64_t pages = div_round_up(ip->disk_size, PAGE_SIZE); /* the last one may be in part */
    bool behind = err != 0 && b->pages[0]->index + b->count > pages;
    if (behind != b->is_marked && ip->nlink > 0) {
        bitmap_set_orphan(h, ip->ino, behind);
        b->is_marked = behind;
    }
    int update_err = inode_update(h, ip);
    return err != 0 ? err : update_err;
}

/* Pages of a file of memory are where they shall be. */
static int back_by_memory(struct inode *ip, struct page *const *pages, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        object_mark_backed(&ip->object, pages[i]);
    return 0;
}

/*
 * Sees to it that consecutive pinned pages have blocks and that the size on the disk is at least
 * `size`. Where a fault asks, without the inode's lock, a page may have been cut off: -ENXIO.
 */
static int back_pages(struct inode *ip, struct page *const *pages, unsigned count, uint64_t size)
{
    if (inode_is_memory(ip))
        return back_by_memory(ip, pages, count);
    struct backing b = {pages, count, size, false};
    struct handle h;
    bool tried = false;
    int err;
    do {
        err = journal_begin(&h, CHUNK_CREDITS);
        if (err != 0)
            return err;
        inode_lock_map(ip);
        err = back_and_grow(&h, ip, &b);
        inode_unlock_map(ip);
        journal_end(&h);
    } while (journal_make_room(err, &tried));
    return err;
}

static int data_prepare_store(struct object *o, uint64_t index)
{
    struct page *page;
    int err = object_read_page(o, index, &page);
    if (err < 0)
        return err;
    err = back_pages(inode_of(o), &page, 1, 0);
    page_unpin(page);
    return err;
}

/* --- Reading --- */

int64_t data_read(struct inode *ip, struct uio *u, uint64_t offset)
{
    struct object *o = &ip->object;
    int64_t done = 0, err = 0;
    while (u->left > 0) {
        uint64_t size = inode_size(ip);
        if (offset >= size)
            break;
        struct page *page;
        err = object_read_page(o, offset / PAGE_SIZE, &page);
        if (err < 0)
            break;
        uint64_t at = offset % PAGE_SIZE;
        uint64_t n = min_u64(min_u64(PAGE_SIZE - at, u->left), size - offset);
        uint64_t moved = uio_write(u, (char *)page_data(page) + at, n);
        page_unpin(page);
        done += (int64_t)moved;
        offset += moved;
        err = moved < n ? -EFAULT : 0;
        if (err != 0)
            break;
        sched_relax();
    }
    return done > 0 || err == -ENXIO ? done : err;
}

/* --- Writing --- */

/* The pages that a write of [offset, end) touches, pinned. */
struct chunk {
    unsigned count;
    struct page *pages[CHUNK];
};

static void chunk_unpin(struct chunk *c)
{
    for (unsigned i = 0; i < c->count; i++)
        page_unpin(c->pages[i]);
}

/* Gets the pages: those behind the end of file are made of zeros. */
static int chunk_get(struct inode *ip, struct chunk *c, uint64_t offset, uint64_t end)
{
    struct object *o = &ip->object;
    c->count = 0;
    for (uint64_t index = offset / PAGE_SIZE; index * PAGE_SIZE < end; index++) {
        struct page **page = &c->pages[c->count];
        int err = index < object_end_index(o) ? object_read_page(o, index, page)
                                              : object_make_page(o, index, page);
        if (err < 0) {
            chunk_unpin(c);
            return err;
        }
        c->count++;
    }
    return 0;
}

static bool chunk_is_backed(const struct chunk *c)
{
    for (unsigned i = 0; i < c->count; i++)
        if (!page_has(c->pages[i], PAGE_BACKED))
            return false;
    return true;
}

/* Copies from the user; returns how many bytes. */
static uint64_t chunk_copy(struct chunk *c, struct uio *u, uint64_t offset, uint64_t end)
{
    uint64_t at = offset;
    for (unsigned i = 0; i < c->count; i++) {
        uint64_t in_page = at % PAGE_SIZE;
        uint64_t n = min_u64(PAGE_SIZE - in_page, end - at);
        uint64_t moved = uio_read(u, (char *)page_data(c->pages[i]) + in_page, n);
        at += moved;
        if (moved < n)
            break;
    }
    return at - offset;
}

/*
 * Before the file grows: the bytes behind its end in the last page are zeros, in memory and,
 * ordered before the new size, on the disk.
 */
static int zero_tail(struct inode *ip) REQUIRES(ip->lock)
{
    struct page *page;
    uint64_t size = inode_size(ip);
    if (size % PAGE_SIZE == 0)
        return 0;
    int err = object_read_page(&ip->object, size / PAGE_SIZE, &page);
    if (err < 0)
        return err;
    object_zero_tail(&ip->object);
    if (page_has(page, PAGE_BACKED))
        object_mark_dirty(&ip->object, page);
    page_unpin(page);
    return 0;
}

/*
 * Frees blocks at or behind page `first`, in as many handles as it takes; the inode is an orphan
 * between them, so that the next mount finishes what a crash interrupts.
 */
static int free_from(struct inode *ip, uint64_t first, uint64_t disk_size)
{
    int more;
    if (inode_is_memory(ip))
        return 0;
    do {
        struct handle h;
        int err = journal_begin(&h, BLOCKMAP_FREE_CREDITS);
        if (err != 0)
            return err;
        inode_lock_map(ip);
        ip->disk_size = disk_size;
        more = blockmap_free(&h, ip, first);
        err = inode_update(&h, ip);
        if (err == 0 && ip->nlink > 0)
            err = bitmap_set_orphan(&h, ip->ino, more == 1);
        inode_unlock_map(ip);
        journal_end(&h);
        if (err != 0)
            more = err;
    } while (more == 1);
    return more;
}

/* One chunk's part of a write; returns the bytes written, or an error if there are none. */
static int64_t write_chunk(struct inode *ip, struct uio *u, uint64_t offset, uint64_t end)
    REQUIRES(ip->lock)
{
    struct object *o = &ip->object;
    uint64_t size = inode_size(ip);
    struct chunk c;
    int err = end > size ? zero_tail(ip) : 0;
    if (err == 0)
        err = chunk_get(ip, &c, offset, end);
    if (err != 0)
        return err;
    if (end > ip->disk_size || !chunk_is_backed(&c))
        err = back_pages(ip, c.pages, c.count, end);
    uint64_t done = err == 0 ? chunk_copy(&c, u, offset, end) : 0;
    for (unsigned i = 0; i < c.count && done > 0; i++)
        object_mark_dirty(o, c.pages[i]);
    if (offset + done > size && done > 0)
        object_grow(o, offset + done);
    chunk_unpin(&c);
    if (offset + done < end && end > size) {
        /* It fell short: pages and blocks that were made for more go again. */
        object_drop_pages(o, object_end_index(o));
        free_from(ip, object_end_index(o), inode_size(ip));
    }
    return done > 0 ? (int64_t)done : err != 0 ? err : -EFAULT;
}

/* On a disk that is nearly full, page by page: what fits is written. */
int64_t data_write(struct inode *ip, struct uio *u, uint64_t offset)
{
    int64_t done = 0, n = 0;
    uint64_t pages = CHUNK;
    if (u->left > 0 && offset >= FS_MAX_FILE_SIZE)
        return -EFBIG;
    while (u->left > 0 && offset < FS_MAX_FILE_SIZE) {
        uint64_t stop = round_down(offset, PAGE_SIZE) + pages * PAGE_SIZE;
        uint64_t end = min_u64(min_u64(offset + u->left, stop), FS_MAX_FILE_SIZE);
        n = write_chunk(ip, u, offset, end);
        if (n == -ENOSPC && pages > 1) {
            pages = 1;
            continue;
        }
        if (n < 0)
            break;
        done += n;
        offset += (uint64_t)n;
        if (offset < end)
            break;
        sched_relax();
    }
    if (done > 0) {
        inode_touch(ip, INODE_MTIME | INODE_CTIME);
        writeback_throttle(&ip->object);
    }
    return done > 0 ? done : n;
}

int data_set_target(struct inode *ip, const char *target)
{
    struct page *page;
    size_t length = strlen(target);
    int err = object_make_page(&ip->object, 0, &page);
    if (err != 0)
        return err;
    memcpy(page_data(page), target, length);
    err = back_pages(ip, &page, 1, length);
    page_unpin(page);
    if (err == 0)
        object_grow(&ip->object, length);
    return err;
}

/* --- The size --- */

static int grow_on_disk(struct inode *ip, uint64_t size) REQUIRES(ip->lock)
{
    struct handle h;
    int err = journal_begin(&h, INODE_UPDATE_CREDITS);
    if (err != 0)
        return err;
    ip->disk_size = size;
    err = inode_update(&h, ip);
    journal_order_data(&h, ip);
    journal_end(&h);
    return err;
}

static int grow(struct inode *ip, uint64_t size) REQUIRES(ip->lock)
{
    int err = zero_tail(ip);
    if (err == 0 && !inode_is_memory(ip))
        err = grow_on_disk(ip, size);
    if (err == 0)
        object_grow(&ip->object, size);
    return err;
}

/* The page that becomes the last one is in memory before anything changes, for its tail. */
static int shrink(struct inode *ip, uint64_t size) REQUIRES(ip->lock)
{
    struct object *o = &ip->object;
    struct page *tail = NULL;
    if (size % PAGE_SIZE != 0) {
        int err = object_read_page(o, size / PAGE_SIZE, &tail);
        if (err < 0)
            return err;
    }
    object_shrink(o, size);
    if (tail != NULL) {
        if (page_has(tail, PAGE_BACKED))
            object_mark_dirty(o, tail);
        page_unpin(tail);
    }
    return free_from(ip, object_end_index(o), size);
}

int data_truncate(struct inode *ip, uint64_t size)
{
    uint64_t before = inode_size(ip);
    int err = 0;
    if (size > FS_MAX_FILE_SIZE)
        return -EFBIG;
    if (journal_is_broken() && !inode_is_memory(ip))
        return -EROFS;
    inode_touch(ip, INODE_MTIME | INODE_CTIME);
    if (size > before)
        err = grow(ip, size);
    else if (size < before)
        err = shrink(ip, size);
    return err;
}

/* Gives blocks to those of up to CHUNK pages that have none. Their zeros are in memory. */
static int allocate_chunk(struct inode *ip, uint64_t offset, uint64_t end) REQUIRES(ip->lock)
{
    struct page_run run = {.object = &ip->object, .first = offset / PAGE_SIZE};
    uint32_t blkno[OBJECT_RUN_MAX];
    bool complete = true;
    run.count = (unsigned)(div_round_up(end, PAGE_SIZE) - run.first);
    int err = find_blocks(ip, &run, blkno);
    for (unsigned i = 0; i < run.count && err == 0; i++)
        complete &= blkno[i] != 0;
    if (err != 0 || complete)
        return err;
    struct chunk c;
    err = chunk_get(ip, &c, offset, end);
    if (err == 0) {
        err = back_pages(ip, c.pages, c.count, end > inode_size(ip) ? end : 0);
        chunk_unpin(&c);
    }
    return err;
}

static int allocate_range(struct inode *ip, uint64_t offset, uint64_t end) REQUIRES(ip->lock)
{
    int err = 0;
    while (offset < end && err == 0) {
        uint64_t stop = round_down(offset, PAGE_SIZE) + CHUNK * PAGE_SIZE;
        err = allocate_chunk(ip, offset, min_u64(stop, end));
        writeback_throttle(&ip->object);
        sched_relax();
        offset = stop;
    }
    return err;
}

/* Whether the disk could hold what a file of `end` bytes has more than one of `size`. */
static int check_room(uint64_t size, uint64_t end)
{
    uint64_t blocks, inodes;
    int err = bitmap_count_free(&blocks, &inodes);
    if (err != 0 || end <= size)
        return err;
    return div_round_up(end, PAGE_SIZE) - div_round_up(size, PAGE_SIZE) > blocks ? -ENOSPC : 0;
}

/* The size in memory changes last: until then nobody sees what may have to be taken back. */
int data_allocate(struct inode *ip, uint64_t offset, uint64_t end, bool keep_size)
{
    uint64_t size = inode_size(ip);
    bool grows = !keep_size && end > size;
    if (keep_size && end > round_up(size, PAGE_SIZE))
        return -EOPNOTSUPP;
    if (journal_is_broken() && !inode_is_memory(ip))
        return -EROFS;
    int err = inode_is_memory(ip) ? 0 : check_room(size, end);
    if (err == 0 && grows)
        err = zero_tail(ip);
    if (err != 0)
        return err;
    err = allocate_range(ip, offset, end);
    if (err == 0 && grows)
        err = grow(ip, end);
    if (err != 0 && grows) {
        object_drop_pages(&ip->object, object_end_index(&ip->object));
        free_from(ip, object_end_index(&ip->object), inode_size(ip));
    }
    if (err == 0)
        inode_touch(ip, grows ? INODE_MTIME | INODE_CTIME : INODE_CTIME);
    return err;
}

int data_free_all(struct inode *ip)
{
    return ip->nblocks == 0 ? 0 : free_from(ip, 0, 0);
}

int data_finish_truncate(struct inode *ip)
{
    return free_from(ip, object_end_index(&ip->object), inode_size(ip));
}

/* --- Durability --- */

static int commit_metadata(struct inode *ip)
{
    if (inode_is_memory(ip))
        return 0;
    /* Also when the transaction is durable already: the data may not be. */
    int err = journal_commit(ip->changed_in);
    return err != 0 ? err : disk_flush();
}

static int data_commit(struct object *o)
{
    return commit_metadata(inode_of(o));
}

int data_sync(struct inode *ip, bool times)
{
    int err = object_clean(&ip->object, 0, OBJECT_LAST);
    if (times) {
        int times_err = inode_write_times(ip);
        err = err != 0 ? err : times_err;
    }
    int commit_err = commit_metadata(ip);
    int kept = object_take_error(&ip->object);
    return err != 0 ? err : commit_err != 0 ? commit_err : kept;
}

const struct object_ops inode_object_ops = {
    .fill = data_fill,
    .clean = data_clean,
    .prepare_store = data_prepare_store,
    .commit = data_commit,
    .release = inode_release,
};
