/* The disk of host tests: see ramdisk.h. */
#include "tests/host/ramdisk.h"

#include <string.h>

#include "abi/errno.h"
#include "dev/block.h"
#include "mm/page.h"
#include "sync/self.h"
#include "sync/spinlock.h"
#include "tests/host/test.h"

#define SECTOR 512

static uint8_t *disk;
static size_t disk_blocks;
static struct ramdisk_trace *recording;
static unsigned fail_reads, fail_writes;
static struct list pending = LIST_INIT(pending);
static struct block_stats stats;

void ramdisk_attach(uint8_t *image, size_t nblocks, struct ramdisk_trace *trace)
{
    disk = image;
    disk_blocks = nblocks;
    recording = trace;
}

void ramdisk_fail(unsigned one_read_of, unsigned one_write_of)
{
    fail_reads = one_read_of;
    fail_writes = one_write_of;
}

static void record(uint64_t block, const void *data)
{
    if (recording == NULL)
        return;
    EXPECT(recording->count < RAMDISK_EVENTS);
    uint8_t *copy = NULL;
    if (data != NULL) {
        copy = test_shared(BLOCK_SIZE);
        memcpy(copy, data, BLOCK_SIZE);
    }
    recording->events[recording->count++] = (struct ramdisk_event){block, copy};
}

static void carry_out(struct block_request *r)
{
    unsigned fail = r->op == BLOCK_READ ? fail_reads : fail_writes;
    r->done = true;
    r->status = fail > 0 && test_below(fail) == 0 ? -EIO : 0;
    if (r->op == BLOCK_FLUSH && r->status == 0)
        record(0, NULL);
    for (unsigned i = 0; i < r->count && r->status == 0; i++) {
        uint8_t *at = disk + (r->block + i) * BLOCK_SIZE;
        if (r->op == BLOCK_READ) {
            memcpy(direct_of(r->pa[i]), at, BLOCK_SIZE);
        } else {
            memcpy(at, direct_of(r->pa[i]), BLOCK_SIZE);
            record(r->block + i, at);
        }
    }
}

void block_submit(struct block_request *r)
{
    lockrank_check_none();
    EXPECT(r->count <= BLOCK_REQUEST_MAX && r->block + r->count <= disk_blocks, "%u blocks at %lu",
           r->count, r->block);
    EXPECT((r->op == BLOCK_FLUSH) == (r->count == 0));
    r->done = false;
    if (test_chance(50))
        list_push_front(&pending, &r->node);
    else
        list_push_back(&pending, &r->node);
}

int block_wait(struct block_request *r)
{
    lockrank_check_none();
    while (!r->done) {
        struct list *node = list_pop_front(&pending);
        EXPECT(node != NULL, "the request was not submitted");
        carry_out(list_entry(node, struct block_request, node));
    }
    return r->status;
}

uint64_t block_count(void)
{
    return disk_blocks;
}

void block_get_stats(struct block_stats *s)
{
    *s = stats;
}

void ramdisk_lose(const struct ramdisk_trace *trace, unsigned from, unsigned to,
                  struct ramdisk_loss loss, uint8_t *image)
{
    for (unsigned i = from; i < to; i++) {
        const struct ramdisk_event *e = &trace->events[i];
        bool survives = test_chance(loss.percent);
        for (unsigned s = 0; e->data != NULL && s < BLOCK_SIZE; s += SECTOR)
            if (loss.torn ? test_chance(loss.percent) : survives)
                memcpy(image + e->block * BLOCK_SIZE + s, e->data + s, SECTOR);
    }
}

void ramdisk_settle(const struct ramdisk_trace *trace, unsigned *settled, unsigned at,
                    uint8_t *image)
{
    unsigned sure = at;
    while (sure > *settled && trace->events[sure - 1].data != NULL)
        sure--;
    ramdisk_lose(trace, *settled, sure, (struct ramdisk_loss){.percent = 100}, image);
    *settled = sure;
}
