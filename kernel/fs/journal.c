/* The journal: see journal.h. Replay is in recovery.c. */
#include "fs/journal.h"

#include "abi/errno.h"
#include "fs/bitmap.h"
#include "fs/disk.h"
#include "fs/inode.h"
#include "fs/recovery.h"
#include "lib/crc32c.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/reclaim.h"
#include "sync/mutex.h"

#define MAX_TRANSACTION 254 /* blocks; smaller in a small log */

static struct {
    struct spinlock lock; /* RANK_STATE */
    struct waitq changed; /* [lock] a handle closed, or a commit ended */
    unsigned open;        /* [lock] handles */
    bool closing;         /* [lock] a commit waits for handles to close, or is under way */
    bool broken;          /* [lock] the log could not be written: nothing may change any more */
    uint64_t sequence;    /* [lock] of the running transaction */
    uint64_t committed;   /* [lock] the last one that is durable */
    struct list blocks;   /* [lock] LOGGED pages, by page->node */
    unsigned nblocks;     /* [lock] in that list */
    unsigned reserved;    /* [lock] what open handles may still add */
    struct list ordered;  /* [lock] inodes whose data goes first, by inode->ordered_node */

    struct mutex commit_lock; /* RANK_COMMIT: the log itself and what follows */
    uint32_t start;           /* [const] first block of the area, which is the header's */
    uint32_t ring;            /* [const] blocks in the ring: 1 to ring of the area */
    uint32_t head;            /* [commit_lock] where the next transaction goes, in the area */
    uint32_t used;            /* [commit_lock] blocks of the ring that hold live transactions */
    unsigned max_transaction; /* [const] */
    struct page *scratch[2];  /* [commit_lock] for descriptor or header, and commit record */
} journal;

const char *journal_open(const struct disk_super *super)
{
    spinlock_init(&journal.lock, RANK_STATE);
    waitq_init(&journal.changed);
    list_init(&journal.blocks);
    list_init(&journal.ordered);
    mutex_init(&journal.commit_lock, RANK_COMMIT);
    journal.start = super->journal_start;
    journal.ring = super->journal_blocks - 1;
    journal.max_transaction = (unsigned)min_u64(MAX_TRANSACTION, journal.ring - 2);
    for (unsigned i = 0; i < ARRAY_SIZE(journal.scratch); i++) {
        journal.scratch[i] = kalloc_zeroed(PAGE_BUFFER);
        if (journal.scratch[i] == NULL)
            return "there is no memory for the journal";
    }
    const char *problem = recovery_replay(super, &journal.head, &journal.sequence);
    journal.committed = journal.sequence - 1;
    return problem;
}

unsigned journal_max_reserve(void)
{
    return journal.max_transaction / 2;
}

/* --- Handles --- */

static bool has_room(unsigned blocks) REQUIRES(journal.lock)
{
    return journal.nblocks + journal.reserved + blocks <= journal.max_transaction;
}

int journal_begin(struct handle *h, unsigned blocks)
{
    KASSERT(blocks <= journal.max_transaction, "%u of %u blocks", blocks, journal.max_transaction);
    spin_lock(&journal.lock);
    for (;;) {
        if (journal.broken) {
            spin_unlock(&journal.lock);
            return -EROFS;
        }
        if (journal.closing) {
            waitq_sleep(&journal.changed, &journal.lock);
            continue;
        }
        if (has_room(blocks))
            break;
        uint64_t full = journal.sequence;
        spin_unlock(&journal.lock);
        journal_commit(full);
        spin_lock(&journal.lock);
    }
    journal.open++;
    journal.reserved += blocks;
    h->reserved = blocks;
    h->has_changed = false;
    spin_unlock(&journal.lock);
    lockrank_acquired(RANK_JOURNAL, false);
    thread_begin_reserve();
    return 0;
}

void journal_end(struct handle *h)
{
    thread_end_reserve();
    lockrank_released(RANK_JOURNAL);
    spin_lock(&journal.lock);
    journal.reserved -= h->reserved;
    journal.open--;
    waitq_wake_all(&journal.changed);
    spin_unlock(&journal.lock);
}

/*
 * Enters a pinned page in the running transaction, which holds a reference to it. Reclaim gives up
 * the page's list node for that.
 */
static void log_page(struct handle *h, struct page *page)
{
    h->has_changed = true;
    spin_lock(&disk_object.lock);
    if (!page_has(page, PAGE_LOGGED)) {
        reclaim_remove(page);
        page_get(page);
        page_set_flags(page, PAGE_LOGGED);
        spin_lock(&journal.lock);
        KASSERT(h->reserved > 0, "block %lx is one more than was reserved", (long)page->index);
        h->reserved--;
        journal.reserved--;
        journal.nblocks++;
        list_push_back(&journal.blocks, &page->node);
        spin_unlock(&journal.lock);
        reclaim_note_work();
    }
    spin_unlock(&disk_object.lock);
}

/* Nothing that is in memory only will reach the disk any more: what is there is consistent. */
static void give_up(const char *what)
{
    kprintf("file system: %s failed; from now on it can only be read\n", what);
    spin_lock(&journal.lock);
    journal.broken = true;
    spin_unlock(&journal.lock);
}

int journal_modify(struct handle *h, uint32_t blkno, struct page **page)
{
    int err = disk_read(blkno, page);
    if (err == 0)
        log_page(h, *page);
    else if (h->has_changed)
        give_up("reading metadata in the middle of a change");
    return err;
}

int journal_modify_fresh(struct handle *h, uint32_t blkno, struct page **page)
{
    int err = object_make_page(&disk_object, blkno, page);
    if (err != 0 && h->has_changed)
        give_up("finding memory in the middle of a change");
    if (err != 0)
        return err;
    log_page(h, *page);
    page_zero(page_data(*page)); /* it may have been in memory since an earlier life */
    return 0;
}

void journal_order_data(struct handle *h, struct inode *ip)
{
    spin_lock(&journal.lock);
    if (list_is_empty(&ip->ordered_node)) {
        object_get(&ip->object);
        list_push_back(&journal.ordered, &ip->ordered_node);
    }
    spin_unlock(&journal.lock);
}

uint64_t journal_current(void)
{
    spin_lock(&journal.lock);
    uint64_t sequence = journal.sequence;
    spin_unlock(&journal.lock);
    return sequence;
}

unsigned journal_pending(void)
{
    return __atomic_load_n(&journal.nblocks, __ATOMIC_RELAXED);
}

/* --- Commit --- */

/* From when this returns until open_gate, no handle is open. */
static void close_gate(void) REQUIRES(journal.commit_lock)
{
    spin_lock(&journal.lock);
    journal.closing = true;
    while (journal.open > 0)
        waitq_sleep(&journal.changed, &journal.lock);
    spin_unlock(&journal.lock);
}

static void open_gate(void) REQUIRES(journal.commit_lock)
{
    spin_lock(&journal.lock);
    journal.closing = false;
    waitq_wake_all(&journal.changed);
    spin_unlock(&journal.lock);
}

static struct inode *next_ordered(void)
{
    spin_lock(&journal.lock);
    struct list *node = list_pop_front(&journal.ordered);
    spin_unlock(&journal.lock);
    return node == NULL ? NULL : list_entry(node, struct inode, ordered_node);
}

/*
 * Writes the data that the running transaction refers to. The references go to `written`, since
 * dropping one may delete a file, which needs a handle.
 */
static int write_ordered(struct list *written) REQUIRES(journal.commit_lock)
{
    struct inode *ip;
    int result = 0;
    while ((ip = next_ordered()) != NULL) {
        bool has_name = ip->nlink > 0; /* if not, no crash lets it be read again */
        int err = has_name ? object_clean(&ip->object, 0, OBJECT_LAST) : 0;
        if (err != 0)
            result = err;
        if (list_is_empty(&ip->written_node))
            list_push_back(written, &ip->written_node);
        else
            object_put(&ip->object); /* the list has another one */
    }
    return result;
}

static void drop_written(struct list *written)
{
    for (struct list *node; (node = list_pop_front(written)) != NULL;)
        object_put(&list_entry(node, struct inode, written_node)->object);
}

/* A stretch of blocks on its way to the ring. */
struct log_writer {
    uint32_t at; /* the next block in the area */
    unsigned count;
    int err;
    uint32_t blkno[OBJECT_RUN_MAX];
    struct page *pages[OBJECT_RUN_MAX];
};

static void log_flush(struct log_writer *w)
{
    if (disk_transfer(BLOCK_WRITE, w->blkno, w->pages, w->count) < 0)
        w->err = -EIO;
    w->count = 0;
}

static void log_put(struct log_writer *w, struct page *page) REQUIRES(journal.commit_lock)
{
    w->blkno[w->count] = journal.start + w->at;
    w->pages[w->count++] = page;
    w->at = w->at == journal.ring ? 1 : w->at + 1;
    if (w->count == OBJECT_RUN_MAX)
        log_flush(w);
}

static void describe(struct disk_journal_desc *d) REQUIRES(journal.commit_lock) UNCHECKED_LOCKING
{
    memset(d, 0, sizeof(*d));
    d->magic = FS_JOURNAL_DESC;
    d->sequence = journal.sequence;
    list_for_each (node, &journal.blocks)
        d->blkno[d->count++] = (uint32_t)list_entry(node, struct page, node)->index;
    KASSERT(d->count == journal.nblocks, "%u blocks listed, %u counted", d->count, journal.nblocks);
}

/* Writes the running transaction to the ring; no handle is open, so it stands still. */
static int write_log(void) REQUIRES(journal.commit_lock) UNCHECKED_LOCKING
{
    struct log_writer w = {.at = journal.head};
    struct disk_journal_desc *desc = page_data(journal.scratch[0]);
    struct disk_journal_commit *commit = page_data(journal.scratch[1]);
    describe(desc);
    uint32_t crc = crc32c(0, desc, sizeof(*desc));
    log_put(&w, journal.scratch[0]);
    list_for_each (node, &journal.blocks) {
        struct page *page = list_entry(node, struct page, node);
        crc = crc32c(crc, page_data(page), BLOCK_SIZE);
        log_put(&w, page);
    }
    *commit = (struct disk_journal_commit){
        .magic = FS_JOURNAL_COMMIT, .count = desc->count, .sequence = desc->sequence};
    commit->crc = crc32c(crc, commit, offsetof(struct disk_journal_commit, crc));
    log_put(&w, journal.scratch[1]);
    log_flush(&w);
    if (w.err == 0)
        w.err = disk_flush();
    if (w.err == 0) {
        journal.head = w.at;
        journal.used += journal.nblocks + 2;
    }
    return w.err;
}

/* The committed blocks have to be written home some time: they are dirty now, like any page. */
static void release_blocks(void) REQUIRES(journal.commit_lock)
{
    for (;;) {
        spin_lock(&disk_object.lock);
        spin_lock(&journal.lock);
        struct list *node = list_pop_front(&journal.blocks);
        if (node != NULL)
            journal.nblocks--;
        spin_unlock(&journal.lock);
        struct page *page = node == NULL ? NULL : list_entry(node, struct page, node);
        if (page != NULL) {
            page_clear_flags(page, PAGE_LOGGED);
            object_mark_dirty_locked(&disk_object, page);
            reclaim_add(page);
        }
        spin_unlock(&disk_object.lock);
        if (page == NULL)
            return;
        page_put(page);
    }
}

/* Commits what is running. The gate is closed. */
static int commit_closed(struct list *written) REQUIRES(journal.commit_lock)
{
    int err = write_ordered(written);
    bool any = journal_pending() > 0;
    if (err == 0)
        err = disk_flush();
    if (err == 0 && any)
        err = write_log();
    if (err != 0) {
        give_up("writing the journal");
        return err;
    }
    release_blocks();
    spin_lock(&journal.lock);
    if (any)
        journal.committed = journal.sequence++;
    spin_unlock(&journal.lock);
    return 0;
}

static int write_header(void) REQUIRES(journal.commit_lock)
{
    struct disk_journal_header *header = page_data(journal.scratch[0]);
    memset(header, 0, BLOCK_SIZE);
    header->magic = FS_JOURNAL_HEADER;
    header->tail = journal.head;
    header->sequence = journal.sequence;
    header->crc = crc32c(0, header, offsetof(struct disk_journal_header, crc));
    int moved = disk_transfer(BLOCK_WRITE, &journal.start, &journal.scratch[0], 1);
    return moved < 0 ? moved : disk_flush();
}

/* Writes all committed blocks home and empties the log. The gate is closed, nothing is running. */
static int checkpoint_closed(void) REQUIRES(journal.commit_lock)
{
    int err = object_clean(&disk_object, 0, OBJECT_LAST);
    if (err == 0)
        err = disk_flush();
    if (err == 0 && journal.used > 0)
        err = write_header();
    if (err != 0) {
        give_up("writing metadata home");
        return err;
    }
    journal.used = 0;
    bitmap_thaw();
    return 0;
}

bool journal_is_broken(void)
{
    spin_lock(&journal.lock);
    bool broken = journal.broken;
    spin_unlock(&journal.lock);
    return broken;
}

static bool is_committed(uint64_t sequence)
{
    spin_lock(&journal.lock);
    bool done = journal.committed >= sequence;
    spin_unlock(&journal.lock);
    return done;
}

/* Most of the data is written before the gate closes, so that others wait for the rest only. */
int journal_commit(uint64_t sequence)
{
    struct list written = LIST_INIT(written);
    int err = 0;
    mutex_lock(&journal.commit_lock);
    thread_begin_reserve();
    if (journal_is_broken()) {
        err = -EROFS;
    } else if (!is_committed(sequence)) {
        write_ordered(&written);
        close_gate();
        err = commit_closed(&written);
        if (err == 0 && journal.ring - journal.used < journal.max_transaction + 2)
            err = checkpoint_closed();
        open_gate();
    }
    thread_end_reserve();
    mutex_unlock(&journal.commit_lock);
    drop_written(&written);
    return err;
}

int journal_checkpoint(void)
{
    struct list written = LIST_INIT(written);
    int err = -EROFS;
    mutex_lock(&journal.commit_lock);
    thread_begin_reserve();
    if (!journal_is_broken()) {
        write_ordered(&written);
        close_gate();
        err = commit_closed(&written);
        if (err == 0)
            err = checkpoint_closed();
        open_gate();
    }
    thread_end_reserve();
    mutex_unlock(&journal.commit_lock);
    drop_written(&written);
    return err;
}

static bool has_ordered(void)
{
    spin_lock(&journal.lock);
    bool any = !list_is_empty(&journal.ordered);
    spin_unlock(&journal.lock);
    return any;
}

/* The first checkpoint may drop the last references to removed files, whose blocks are then frozen.
 */
bool journal_make_room(int err, bool *tried)
{
    if (err != -ENOSPC || *tried || !(bitmap_has_frozen() || has_ordered()))
        return false;
    *tried = true;
    err = journal_checkpoint();
    if (err == 0 && bitmap_has_frozen())
        err = journal_checkpoint();
    return err == 0;
}
