/* The disk as the file system sees it: see disk.h. */
#include "fs/disk.h"

#include "abi/errno.h"
#include "lib/util.h"

#define IN_FLIGHT 4 /* requests that one transfer has under way at once */

struct object disk_object;

static uint64_t written; /* [atomic] counts transfers that wrote */
static uint64_t flushed; /* [atomic] what `written` was before the last flush that succeeded */

/* One transfer: up to a run's pages, cut into requests. */
struct transfer {
    unsigned nrequests;
    struct block_request requests[IN_FLIGHT];
    uint64_t pa[OBJECT_RUN_MAX];
};

/* How many entries from `start` on are consecutive blocks. */
static unsigned consecutive(const uint32_t *blkno, unsigned start, unsigned count)
{
    unsigned n = 1;
    while (start + n < count && blkno[start + n] == blkno[start] + n)
        n++;
    return n;
}

static int wait_all(struct transfer *t)
{
    int result = 0;
    for (unsigned i = 0; i < t->nrequests; i++)
        if (block_wait(&t->requests[i]) != 0)
            result = -EIO;
    t->nrequests = 0;
    return result;
}

static int submit(struct transfer *t, enum block_op op, uint32_t blkno, unsigned start,
                  unsigned count)
{
    int result = 0;
    if (blkno + (uint64_t)count > block_count())
        return -EIO;
    if (t->nrequests == IN_FLIGHT)
        result = wait_all(t);
    struct block_request *r = &t->requests[t->nrequests++];
    *r = (struct block_request){.op = op, .block = blkno, .count = count, .pa = &t->pa[start]};
    block_submit(r);
    return result;
}

int disk_transfer(enum block_op op, const uint32_t *blkno, struct page *const *pages,
                  unsigned count)
{
    struct transfer t;
    int result = 0, moved = 0;
    KASSERT(count <= OBJECT_RUN_MAX, "%u pages", count);
    t.nrequests = 0;
    for (unsigned i = 0; i < count; i++)
        t.pa[i] = page_pa(pages[i]);
    unsigned n;
    for (unsigned i = 0; i < count; i += n) {
        n = 1;
        if (blkno[i] == DISK_NOWHERE)
            continue;
        n = consecutive(blkno, i, count);
        if (submit(&t, op, blkno[i], i, n) != 0)
            result = -EIO;
        moved += (int)n;
    }
    if (wait_all(&t) != 0)
        result = -EIO;
    if (op == BLOCK_WRITE)
        __atomic_fetch_add(&written, 1, __ATOMIC_RELEASE);
    return result != 0 ? result : moved;
}

int disk_flush(void)
{
    uint64_t covers = __atomic_load_n(&written, __ATOMIC_ACQUIRE);
    if (__atomic_load_n(&flushed, __ATOMIC_ACQUIRE) == covers)
        return 0;
    struct block_request flush = {.op = BLOCK_FLUSH};
    block_submit(&flush);
    int err = block_wait(&flush);
    if (err == 0)
        __atomic_store_n(&flushed, covers, __ATOMIC_RELEASE);
    return err;
}

/* --- The disk's object --- */

static int transfer_run(struct page_run *run, enum block_op op)
{
    uint32_t blkno[OBJECT_RUN_MAX];
    for (unsigned i = 0; i < run->count; i++)
        blkno[i] = (uint32_t)(run->first + i);
    return disk_transfer(op, blkno, run->pages, run->count);
}

static int disk_fill(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++)
        page_set_flags(run->pages[i], PAGE_BACKED);
    return transfer_run(run, BLOCK_READ);
}

/* Only the journal marks metadata dirty, and it cleans it when no transaction is open. */
static int disk_clean(struct page_run *run)
{
    for (unsigned i = 0; i < run->count; i++)
        KASSERT(!page_has(run->pages[i], PAGE_LOGGED), "block %lx is in an open transaction",
                (long)run->pages[i]->index);
    int result = transfer_run(run, BLOCK_WRITE);
    return result < 0 ? result : 0;
}

static void disk_release(struct object *o)
{
    panic("the last reference to the disk is gone");
}

static const struct object_ops disk_ops = {
    .fill = disk_fill,
    .clean = disk_clean,
    .release = disk_release,
};

void disk_init(void)
{
    object_init(&disk_object, &disk_ops, block_count() * BLOCK_SIZE);
    disk_object.read_ahead = 0; /* what stands behind a metadata block may be file data */
}

int disk_read(uint32_t blkno, struct page **page)
{
    int result = object_read_page(&disk_object, blkno, page);
    return result == -ENXIO ? -EIO : result < 0 ? result : 0;
}
