/*
 * Memory objects for tests: the owner of each is an array that plays the disk, in which pages have
 * places or, for holes, none; reads, writes and allocations fail as the test wishes.
 */
#ifndef TESTS_HOST_BACKING_H
#define TESTS_HOST_BACKING_H

#include "mm/object.h"

#define BACKING_PAGES 64

struct backing {
    struct object object;
    uint8_t disk[BACKING_PAGES][PAGE_SIZE];
    bool has_place[BACKING_PAGES];
    unsigned room; /* places that may still be given */
    bool fail_reads, fail_writes;
    bool released;
    unsigned reads, writes, commits;            /* pages read and written; calls */
    void (*during_write)(struct page_run *run); /* what others do meanwhile; or NULL */
};

/* At boot: what memory objects need. */
void backing_boot(size_t npages);

/* With one reference, which is the caller's; all holes. */
struct backing *backing_new(uint64_t size);

static inline struct backing *backing_of(struct object *o)
{
    return container_of(o, struct backing, object);
}

#endif
