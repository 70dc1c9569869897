/*
 * The disk: blocks of 4096 bytes, read and written by requests of which several may be under way.
 * A write is durable only when a flush that was submitted after its completion has completed.
 *
 * The host tests bring a stand-in for what is behind this header.
 */
#ifndef DEV_BLOCK_H
#define DEV_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/list.h"

#define BLOCK_SIZE        4096
#define BLOCK_REQUEST_MAX 32 /* blocks that one request moves at the most */

enum block_op { BLOCK_READ, BLOCK_WRITE, BLOCK_FLUSH };

struct block_request {
    enum block_op op;
    unsigned count;     /* blocks; 0 for a flush */
    uint64_t block;     /* the first block on the disk */
    const uint64_t *pa; /* physical addresses of `count` pages */
    struct list node;   /* the driver's from here on */
    bool done;
    int status; /* 0 or -EIO */
};

/* Starts a request; sleeps while too many are under way. It belongs to the driver until waited for.
 */
void block_submit(struct block_request *request);

/* Sleeps until the request is done; returns its status. */
int block_wait(struct block_request *request);

/* Of the whole disk; 0: there is none. */
uint64_t block_count(void);

struct block_stats {
    uint64_t reads, writes, flushes, blocks_read, blocks_written;
};
void block_get_stats(struct block_stats *stats);

#endif
