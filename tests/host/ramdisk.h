/*
 * The disk of host tests, behind dev/block.h: an image in memory. Requests are carried out when
 * somebody waits, in no particular order. What is written can be recorded, so that a crash at any
 * moment can be made from it: a write is sure to survive only what a flush behind it has covered.
 */
#ifndef TESTS_HOST_RAMDISK_H
#define TESTS_HOST_RAMDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RAMDISK_EVENTS 60000

struct ramdisk_event {
    uint64_t block;
    const uint8_t *data; /* in shared memory; NULL: a flush */
};

struct ramdisk_trace {
    unsigned count;
    struct ramdisk_event events[RAMDISK_EVENTS];
};

/* The trace may be NULL. */
void ramdisk_attach(uint8_t *image, size_t nblocks, struct ramdisk_trace *trace);

/* Of so many requests, one fails, at random; 0: none. */
void ramdisk_fail(unsigned one_read_of, unsigned one_write_of);

/*
 * Applies the events from *settled on that had reached the disk for sure when event `at` happened;
 * *settled is then the first one that had not.
 */
void ramdisk_settle(const struct ramdisk_trace *trace, unsigned *settled, unsigned at,
                    uint8_t *image);

/* How many of the writes that no flush has covered survive, and whether whole. */
struct ramdisk_loss {
    unsigned percent; /* that survive */
    bool torn;        /* by sectors of 512 bytes */
};

/* Applies the writes of [from, to) that survive. */
void ramdisk_lose(const struct ramdisk_trace *trace, unsigned from, unsigned to,
                  struct ramdisk_loss loss, uint8_t *image);

#endif
