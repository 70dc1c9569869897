/*
 * The virtio block device over MMIO (Virtual I/O Device Specification 1.1, sections 2.6, 4.2, 5.2),
 * in its legacy and its modern form.
 *
 * Each request is a chain of descriptors: a header, one for each page of data, a status byte.
 * Chains are made of a fixed set of slots, each with room for the longest chain, so a request needs
 * one slot and nothing else; who finds none waits. The interrupt finishes requests and wakes.
 *
 * Locks: disk.lock (RANK_DISK) guards the rings, the slots and the requests' `done`.
 */
#include "dev/virtio_blk.h"

#include "abi/errno.h"
#include "arch/boot.h"
#include "dev/block.h"
#include "dev/intc.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "lib/print.h"
#include "lib/util.h"
#include "sync/waitq.h"

/* Registers (section 4.2.2; the legacy ones, section 4.2.4). */
enum reg {
    MAGIC = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    LEGACY_PAGE_SIZE = 0x028,
    QUEUE_SEL = 0x030,
    QUEUE_SIZE_MAX = 0x034,
    QUEUE_SIZE = 0x038,
    LEGACY_QUEUE_ALIGN = 0x03c,
    LEGACY_QUEUE_PFN = 0x040,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0,
    CONFIG = 0x100,
};

#define MAGIC_VALUE     0x74726976
#define ID_BLOCK        2
#define STATUS_ACK      1
#define STATUS_DRIVER   2
#define STATUS_OK       4
#define STATUS_FEATURES 8
#define FEATURE_FLUSH   (1u << 9) /* VIRTIO_BLK_F_FLUSH */
#define FEATURE_1_BIT   0         /* VIRTIO_F_VERSION_1, in the second word */

#define DESC_NEXT       1
#define DESC_WRITE      2 /* the device writes */

enum { REQUEST_IN = 0, REQUEST_OUT = 1, REQUEST_FLUSH = 4 };

#define SECTORS_PER_BLOCK (BLOCK_SIZE / 512)

#define QUEUE_LENGTH      256
#define CHAIN             (BLOCK_REQUEST_MAX + 2)
#define SLOTS             (QUEUE_LENGTH / CHAIN) /* 7 requests in flight */

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

struct available_ring {
    uint16_t flags;
    uint16_t index;
    uint16_t ring[QUEUE_LENGTH];
};

struct used_ring {
    uint16_t flags;
    uint16_t index;
    struct {
        uint32_t id;
        uint32_t length;
    } ring[QUEUE_LENGTH];
};

/* The three parts in the layout that legacy devices want, the used ring on a page of its own. */
static struct {
    struct descriptor descriptors[QUEUE_LENGTH];
    struct available_ring available;
    struct used_ring used __attribute__((aligned(BLOCK_SIZE)));
} queue __attribute__((aligned(BLOCK_SIZE)));

static struct slot {
    struct {
        uint32_t type;
        uint32_t reserved;
        uint64_t sector;
    } header;
    uint8_t status;
    struct block_request *request; /* NULL: the slot is free */
} slots[SLOTS];

static struct {
    struct spinlock lock;
    uint64_t base; /* 0: no disk */
    uint64_t nblocks;
    uint16_t used_seen;     /* entries of the used ring that were handled */
    struct waitq slot_free; /* those who wait for a slot */
    struct waitq finished;  /* those who wait for their request */
    struct block_stats stats;
} disk = {.lock = SPINLOCK_INIT(RANK_DISK)};

static uint32_t reg_read(enum reg reg)
{
    return mmio_read32(disk.base + reg);
}

static void reg_write(enum reg reg, uint32_t value)
{
    mmio_write32(disk.base + reg, value);
}

static void reg_write64(enum reg reg, uint64_t value)
{
    reg_write(reg, (uint32_t)value);
    reg_write(reg + 4, (uint32_t)(value >> 32));
}

uint64_t block_count(void)
{
    return disk.nblocks;
}

void block_get_stats(struct block_stats *stats)
{
    spin_lock(&disk.lock);
    *stats = disk.stats;
    spin_unlock(&disk.lock);
}

/* --- Requests --- */

static unsigned first_descriptor(const struct slot *slot)
{
    return (unsigned)(slot - slots) * CHAIN;
}

/* Appends one descriptor to the chain that ends before number `at`. */
static void describe(unsigned at, uint64_t pa, uint32_t length, uint16_t flags)
{
    queue.descriptors[at] = (struct descriptor){pa, length, flags, (uint16_t)(at + 1)};
}

static void build_chain(struct slot *slot, const struct block_request *r)
{
    unsigned at = first_descriptor(slot);
    slot->header.type = r->op == BLOCK_READ    ? REQUEST_IN
                        : r->op == BLOCK_WRITE ? REQUEST_OUT
                                               : REQUEST_FLUSH;
    slot->header.sector = r->block * SECTORS_PER_BLOCK;
    slot->status = 0xff;
    describe(at++, direct_to_pa(&slot->header), sizeof(slot->header), DESC_NEXT);
    uint16_t direction = r->op == BLOCK_READ ? DESC_WRITE : 0;
    for (unsigned i = 0; i < r->count; i++)
        describe(at++, r->pa[i], BLOCK_SIZE, (uint16_t)(DESC_NEXT | direction));
    describe(at, direct_to_pa(&slot->status), 1, DESC_WRITE);
}

static struct slot *find_slot(void) REQUIRES(disk.lock)
{
    for (unsigned i = 0; i < SLOTS; i++)
        if (slots[i].request == NULL)
            return &slots[i];
    return NULL;
}

static void count(const struct block_request *r) REQUIRES(disk.lock)
{
    switch (r->op) {
    case BLOCK_READ:
        disk.stats.reads++;
        disk.stats.blocks_read += r->count;
        break;
    case BLOCK_WRITE:
        disk.stats.writes++;
        disk.stats.blocks_written += r->count;
        break;
    case BLOCK_FLUSH: disk.stats.flushes++; break;
    }
}

void block_submit(struct block_request *r)
{
    KASSERT(r->count <= BLOCK_REQUEST_MAX && r->block + r->count <= disk.nblocks,
            "%u blocks at %lu of %lu", r->count, (long)r->block, (long)disk.nblocks);
    struct slot *slot;
    spin_lock(&disk.lock);
    while ((slot = find_slot()) == NULL)
        waitq_sleep(&disk.slot_free, &disk.lock);
    slot->request = r;
    r->done = false;
    build_chain(slot, r);
    count(r);
    queue.available.ring[queue.available.index % QUEUE_LENGTH] = (uint16_t)first_descriptor(slot);
    mmio_fence();
    queue.available.index++;
    mmio_fence();
    reg_write(QUEUE_NOTIFY, 0);
    spin_unlock(&disk.lock);
}

int block_wait(struct block_request *r)
{
    spin_lock(&disk.lock);
    while (!r->done)
        waitq_sleep(&disk.finished, &disk.lock);
    spin_unlock(&disk.lock);
    return r->status;
}

static void finish(unsigned descriptor) REQUIRES(disk.lock)
{
    struct slot *slot = &slots[descriptor / CHAIN];
    struct block_request *r = slot->request;
    KASSERT(descriptor < SLOTS * CHAIN && r != NULL, "the disk finished descriptor %u", descriptor);
    r->status = slot->status == 0 ? 0 : -EIO;
    r->done = true;
    slot->request = NULL;
    if (r->status != 0)
        kprintf("disk: %s of %u blocks at %lu failed\n",
                r->op == BLOCK_READ    ? "read"
                : r->op == BLOCK_WRITE ? "write"
                                       : "flush",
                r->count, (long)r->block);
}

static void disk_interrupt(void *arg)
{
    spin_lock(&disk.lock);
    reg_write(INTERRUPT_ACK, reg_read(INTERRUPT_STATUS) & 3);
    mmio_fence();
    bool any = false;
    while (disk.used_seen != *(volatile uint16_t *)&queue.used.index) {
        mmio_fence();
        finish(queue.used.ring[disk.used_seen % QUEUE_LENGTH].id);
        disk.used_seen++;
        any = true;
    }
    if (any) {
        waitq_wake_all(&disk.finished);
        waitq_wake_all(&disk.slot_free);
    }
    spin_unlock(&disk.lock);
}

/* --- Setting up --- */

static bool is_block_device(uint64_t base)
{
    return mmio_read32(base + MAGIC) == MAGIC_VALUE && mmio_read32(base + DEVICE_ID) == ID_BLOCK;
}

/* Features are agreed on first; a legacy device knows nothing of the second word and the echo. */
static bool negotiate(bool legacy)
{
    reg_write(STATUS, 0);
    reg_write(STATUS, STATUS_ACK | STATUS_DRIVER);
    reg_write(DEVICE_FEATURES_SEL, 0);
    uint32_t offered = reg_read(DEVICE_FEATURES);
    reg_write(DRIVER_FEATURES_SEL, 0);
    reg_write(DRIVER_FEATURES, offered & FEATURE_FLUSH);
    if (legacy)
        return true;
    reg_write(DRIVER_FEATURES_SEL, 1);
    reg_write(DRIVER_FEATURES, 1u << FEATURE_1_BIT);
    reg_write(STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_FEATURES);
    return (reg_read(STATUS) & STATUS_FEATURES) != 0;
}

static bool set_up_queue(bool legacy)
{
    reg_write(QUEUE_SEL, 0);
    if (reg_read(QUEUE_SIZE_MAX) < QUEUE_LENGTH)
        return false;
    reg_write(QUEUE_SIZE, QUEUE_LENGTH);
    if (legacy) {
        reg_write(LEGACY_PAGE_SIZE, BLOCK_SIZE);
        reg_write(LEGACY_QUEUE_ALIGN, BLOCK_SIZE);
        reg_write(LEGACY_QUEUE_PFN, (uint32_t)(direct_to_pa(&queue) / BLOCK_SIZE));
        return true;
    }
    reg_write64(QUEUE_DESC, direct_to_pa(queue.descriptors));
    reg_write64(QUEUE_DRIVER, direct_to_pa(&queue.available));
    reg_write64(QUEUE_DEVICE, direct_to_pa(&queue.used));
    reg_write(QUEUE_READY, 1);
    return true;
}

/* NULL, or what is wrong. */
static const char *start(uint32_t irq)
{
    bool legacy = reg_read(VERSION) == 1;
    if (!negotiate(legacy))
        return "the disk does not agree on features";
    if (!set_up_queue(legacy))
        return "the disk's queue is too short";
    uint32_t low = reg_read(CONFIG), high = reg_read(CONFIG + 4);
    intc_connect(irq, disk_interrupt, NULL);
    reg_write(STATUS, STATUS_ACK | STATUS_DRIVER | STATUS_OK | (legacy ? 0 : STATUS_FEATURES));
    disk.nblocks = ((uint64_t)high << 32 | low) / SECTORS_PER_BLOCK;
    return NULL;
}

const char *virtio_blk_init(void)
{
    waitq_init(&disk.slot_free);
    waitq_init(&disk.finished);
    for (unsigned i = 0; i < machine.nvirtio; i++) {
        if (!is_block_device(machine.virtio[i].base))
            continue;
        disk.base = machine.virtio[i].base;
        return start(machine.virtio[i].irq);
    }
    return "there is no disk (a virtio block device)";
}
