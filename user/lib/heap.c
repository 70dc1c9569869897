/*
 * The heap on brk(2): free blocks in bins by size, first fit in the smallest bin that can have one,
 * split when taken, joined when freed. The invariants stand in heap.h.
 */
#include "heap.h"

#include <string.h>
#include <unistd.h>

/* Bins 2 to 31 have one size each, 32 to 496; from 512 on four bins share each doubling. */
enum { EXACT_BINS = 32, EXACT_LIMIT = EXACT_BINS * ALIGNMENT, BINS = 64 };

static struct block *bins[BINS];
static uint64_t bin_map;
static char *heap_top; /* behind the last fence; NULL: no heap yet */

static int bin_of(size_t size)
{
    if (size < EXACT_LIMIT)
        return (int)(size / ALIGNMENT);
    int log = 63 - __builtin_clzl(size);
    int quarter = (int)(size >> (log - 2) & 3);
    int bin = EXACT_BINS + (log - 9) * 4 + quarter;
    return bin < BINS ? bin : BINS - 1;
}

static void bin_insert(struct block *block)
{
    int bin = bin_of(block_size(block));
    block->previous = NULL;
    block->next = bins[bin];
    if (block->next != NULL)
        block->next->previous = block;
    bins[bin] = block;
    bin_map |= 1UL << bin;
}

static void bin_remove(struct block *block)
{
    int bin = bin_of(block_size(block));
    if (block->next != NULL)
        block->next->previous = block->previous;
    if (block->previous != NULL)
        block->previous->next = block->next;
    else
        bins[bin] = block->next;
    if (bins[bin] == NULL)
        bin_map &= ~(1UL << bin);
}

/* Sets a block's size; what the block before it is, stays. */
static void set_used(struct block *block, size_t size)
{
    block->header = size | IN_USE | (block->header & PREVIOUS_IN_USE);
    block_behind(block, size)->header |= PREVIOUS_IN_USE;
}

static void set_free(struct block *block, size_t size)
{
    struct block *behind = block_behind(block, size);
    block->header = size | (block->header & PREVIOUS_IN_USE);
    ((size_t *)behind)[-1] = size;
    behind->header &= ~(size_t)PREVIOUS_IN_USE;
    bin_insert(block);
}

/* The mark goes first: it shows a second free of a block that has been joined to another. */
void __heap_give(struct block *block)
{
    size_t size = block_size(block);
    block->header &= ~(size_t)IN_USE;
    struct block *behind = block_behind(block, size);
    if (!(behind->header & IN_USE)) {
        bin_remove(behind);
        size += block_size(behind);
    }
    if (!(block->header & PREVIOUS_IN_USE)) {
        size_t before = ((size_t *)block)[-1];
        block = (struct block *)((char *)block - before);
        bin_remove(block);
        size += before;
    }
    set_free(block, size);
}

/*
 * Adds memory at the end of the heap as one free block. The old fence becomes its header; if
 * somebody else has moved the break meanwhile, a new stretch with its own fence begins.
 */
static bool grow(size_t size)
{
    size_t step = size + ALIGNMENT > HEAP_STEP ? size + ALIGNMENT : HEAP_STEP;
    char *start = sbrk(0);
    size_t gap = heap_top == start ? 0 : HEADER + (-(uintptr_t)(start + HEADER) & FLAGS);
    step = (step + FLAGS) & ~(size_t)FLAGS;
    if (sbrk((intptr_t)(step + gap)) == (void *)-1)
        return false;
    if (gap != 0) {
        heap_top = start + gap;
        block_of(heap_top)->header = IN_USE | PREVIOUS_IN_USE;
    }
    struct block *block = block_of(heap_top);
    heap_top += step;
    block_of(heap_top)->header = IN_USE;
    block->header = step | IN_USE | (block->header & PREVIOUS_IN_USE);
    __heap_give(block);
    return true;
}

/* Some block of a bin may be too small if sizes share it; those of any bin above are not. */
static struct block *find_free(size_t size)
{
    int bin = bin_of(size);
    for (struct block *block = bins[bin]; block != NULL; block = block->next)
        if (block_size(block) >= size)
            return block;
    uint64_t above = bin == BINS - 1 ? 0 : bin_map >> (bin + 1) << (bin + 1);
    return above == 0 ? NULL : bins[__builtin_ctzl(above)];
}

/* Uses the first bytes of a block of `total` bytes that is in no bin, and frees the rest of it. */
static void split(struct block *block, size_t size, size_t total)
{
    if (total - size < BLOCK_MIN) {
        set_used(block, total);
        return;
    }
    struct block *rest = block_behind(block, size);
    rest->header = (total - size) | IN_USE;
    set_used(block, size);
    __heap_give(rest);
}

struct block *__heap_take(size_t size)
{
    struct block *block = find_free(size);
    if (block == NULL) {
        if (!grow(size))
            return NULL;
        block = find_free(size);
    }
    bin_remove(block);
    split(block, size, block_size(block));
    return block;
}

bool __heap_resize(struct block *block, size_t size)
{
    size_t total = block_size(block);
    struct block *behind = block_behind(block, total);
    if (size > total) {
        if ((behind->header & IN_USE) || total + block_size(behind) < size)
            return false;
        bin_remove(behind);
        total += block_size(behind);
    }
    split(block, size, total);
    return true;
}

struct block *__heap_cut_front(struct block *block, size_t size)
{
    size_t total = block_size(block);
    struct block *rest = block_behind(block, size);
    rest->header = IN_USE;
    set_used(block, size);
    set_used(rest, total - size);
    __heap_give(block);
    return rest;
}
