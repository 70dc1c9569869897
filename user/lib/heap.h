/*
 * The heap's blocks. All memory between two fences is cut into blocks without gaps:
 *
 *     | header | payload ...                            |     in use
 *     | header | next | previous | ...         | footer |     free
 *
 * A header is the block's size in bytes, headers included, with flags in its low bits; sizes are
 * multiples of 16 and payloads lie at multiples of 16. A free block's footer repeats its size, so
 * that the block behind it finds its start. A fence is a header of size 0 that is in use.
 *
 *  H1. No two free blocks lie side by side: freeing joins them.
 *  H2. PREVIOUS_IN_USE tells of the block before; where it is 0, that block's footer is valid.
 *  H3. Every free block is in the bin of its size, and bin i is not empty iff bit i of the map
 * is 1.
 *
 * Large blocks are mappings of their own, marked MAPPED; the word before their header tells how far
 * behind the mapping's start the payload lies.
 */
#ifndef LIB_HEAP_H
#define LIB_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IN_USE = 1,
    PREVIOUS_IN_USE = 2,
    MAPPED = 4,
    FLAGS = 15,
    HEADER = sizeof(size_t),
    ALIGNMENT = 16,
    BLOCK_MIN = 32,          /* room for the header, the two links and the footer */
    MAPPED_MIN = 128 << 10,  /* from this size on a block is a mapping of its own */
    MAPPED_HEAD = ALIGNMENT, /* offset and header before a mapped payload */
    HEAP_STEP = 64 << 10,    /* the heap grows by this much, or more */
};

struct block {
    size_t header;
    struct block *next, *previous; /* in its bin, if free */
};

static inline size_t block_size(const struct block *block)
{
    return block->header & ~(size_t)FLAGS;
}

static inline struct block *block_behind(struct block *block, size_t size)
{
    return (struct block *)((char *)block + size);
}

static inline void *block_payload(struct block *block)
{
    return (char *)block + HEADER;
}

static inline struct block *block_of(void *payload)
{
    return (struct block *)((char *)payload - HEADER);
}

/* The heap proper: heap.c. A size is a block's, a multiple of 16 from BLOCK_MIN on. */

/* A block in use of at least that size; NULL if there is no memory. */
struct block *__heap_take(size_t size);

/* Frees a block in use and joins it with free neighbours. */
void __heap_give(struct block *block);

/* Makes a block in use that big without moving it, if the block behind allows it. */
bool __heap_resize(struct block *block, size_t size);

/* Frees the first `size` bytes of a block in use; returns the block that remains. */
struct block *__heap_cut_front(struct block *block, size_t size);

#endif
