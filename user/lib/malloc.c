/*
 * malloc and its family: small blocks from the heap (heap.c), large ones each a mapping of its own,
 * which goes back to the kernel when it is freed. A pointer that is not a block's ends the program.
 *
 * One lock is held while the heap is looked at. A block in use is its owner's, but for the flag in
 * its header that tells of the block before.
 */
#include "futex.h"
#include "heap.h"
#include "thread.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int heap_lock;

/* The block size that a payload takes; 0 if it is beyond all measure. */
static size_t size_for(size_t payload)
{
    if (payload > PTRDIFF_MAX - MAPPED_HEAD - PAGE_SIZE)
        return 0;
    size_t size = (payload + HEADER + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    return size < BLOCK_MIN ? BLOCK_MIN : size;
}

static size_t *offset_of(struct block *block)
{
    return (size_t *)block - 1;
}

/* A mapping whose payload begins `offset` bytes behind its start. */
static struct block *place_mapped(char *start, size_t length, size_t offset)
{
    struct block *block = block_of(start + offset);
    *offset_of(block) = offset;
    block->header = (length - offset) | IN_USE | MAPPED;
    return block;
}

static size_t mapping_length(struct block *block)
{
    return *offset_of(block) + block_size(block);
}

static size_t round_to_pages(size_t size)
{
    return (size + PAGE_SIZE - 1) & ~(size_t)(PAGE_SIZE - 1);
}

/* `slack` bytes more than the payload needs, to align it in. */
static struct block *map_block(size_t payload, size_t alignment)
{
    size_t slack = alignment > MAPPED_HEAD ? alignment : MAPPED_HEAD;
    size_t length = round_to_pages(slack + payload + HEADER);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *start = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    uintptr_t at = ((uintptr_t)start + MAPPED_HEAD + alignment - 1) & ~(uintptr_t)(alignment - 1);
    return place_mapped(start, length, at - (uintptr_t)start);
}

/* The block of a pointer that the caller says it got from here. */
static struct block *checked_block(void *memory)
{
    static const char message[] = "malloc: not a block in use: freed twice, or overrun\n";
    struct block *block = block_of(memory);
    if ((uintptr_t)memory % ALIGNMENT == 0 && (block->header & IN_USE) && block_size(block) > 0)
        return block;
    write(STDERR_FILENO, message, sizeof(message) - 1);
    abort();
}

/*
 * The functions below hand out blocks, not payloads: the compiler is told that what malloc returns
 * is `size` bytes and no more, and would not let a header be read before them.
 */
static struct block *take(size_t size)
{
    size_t needed = size_for(size);
    if (needed == 0)
        return NULL;
    if (needed >= MAPPED_MIN)
        return map_block(size, ALIGNMENT);
    __lock_acquire(&heap_lock);
    struct block *block = __heap_take(needed);
    __lock_release(&heap_lock);
    return block;
}

static void give(struct block *block)
{
    __lock_acquire(&heap_lock);
    __heap_give(block);
    __lock_release(&heap_lock);
}

static void *payload_or_error(struct block *block)
{
    if (block != NULL)
        return block_payload(block);
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return payload_or_error(take(size));
}

void free(void *memory)
{
    if (memory == NULL)
        return;
    struct block *block = checked_block(memory);
    int saved_errno = errno;
    if (block->header & MAPPED)
        munmap((char *)memory - *offset_of(block), mapping_length(block));
    else
        give(block);
    errno = saved_errno;
}

/* Fresh mappings are zero already. */
void *calloc(size_t count, size_t size)
{
    size_t total;
    bool overflow = __builtin_mul_overflow(count, size, &total);
    struct block *block = overflow ? NULL : take(total);
    if (block != NULL && !(block->header & MAPPED))
        memset(block_payload(block), 0, total);
    return payload_or_error(block);
}

/* The kernel moves the pages; NULL if it cannot, or if the new size belongs into the heap. */
static struct block *remap_block(struct block *block, size_t size)
{
    size_t offset = *offset_of(block), old = mapping_length(block);
    size_t length = round_to_pages(offset + size + HEADER);
    char *start = (char *)block_payload(block) - offset;
    if (size_for(size) < MAPPED_MIN || offset != MAPPED_HEAD)
        return NULL;
    if (length != old) {
        start = mremap(start, old, length, MREMAP_MAYMOVE);
        if (start == MAP_FAILED)
            return NULL;
    }
    return place_mapped(start, length, offset);
}

static struct block *copy_block(struct block *block, size_t size)
{
    struct block *copy = take(size);
    size_t old = block_size(block) - HEADER;
    if (copy != NULL) {
        memcpy(block_payload(copy), block_payload(block), old < size ? old : size);
        free(block_payload(block));
    }
    return copy;
}

static bool resize_in_place(struct block *block, size_t size)
{
    __lock_acquire(&heap_lock);
    bool done = __heap_resize(block, size);
    __lock_release(&heap_lock);
    return done;
}

static struct block *resize(struct block *block, size_t size)
{
    size_t needed = size_for(size);
    struct block *resized = NULL;
    if (needed == 0)
        return NULL;
    if (block->header & MAPPED)
        resized = remap_block(block, size);
    else if (needed < MAPPED_MIN && resize_in_place(block, needed))
        resized = block;
    return resized != NULL ? resized : copy_block(block, size);
}

void *realloc(void *memory, size_t size)
{
    if (memory == NULL)
        return malloc(size);
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return payload_or_error(resize(checked_block(memory), size));
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return payload_or_error(NULL);
    return realloc(memory, total);
}

/* Cuts an aligned block out of a larger one, and frees what lies before and behind. */
static struct block *align_block(struct block *block, size_t size, size_t alignment)
{
    size_t before = -(uintptr_t)block_payload(block) & (alignment - 1);
    if (before > 0) {
        if (before < BLOCK_MIN)
            before += alignment;
        block = __heap_cut_front(block, before);
    }
    __heap_resize(block, size_for(size));
    return block;
}

static struct block *take_aligned(size_t size, size_t alignment)
{
    __lock_acquire(&heap_lock);
    struct block *block = __heap_take(size_for(size) + alignment + BLOCK_MIN);
    if (block != NULL)
        block = align_block(block, size, alignment);
    __lock_release(&heap_lock);
    return block;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        errno = EINVAL;
        return NULL;
    }
    if (alignment <= ALIGNMENT)
        return malloc(size);
    if (size_for(size) == 0 || alignment > PTRDIFF_MAX / 2 - size)
        return payload_or_error(NULL);
    bool mapped = size_for(size) + alignment >= MAPPED_MIN;
    return payload_or_error(mapped ? map_block(size, alignment) : take_aligned(size, alignment));
}

/* Returns the error's number and leaves errno as it was. */
int posix_memalign(void **memory, size_t alignment, size_t size)
{
    int saved_errno = errno;
    if (alignment % sizeof(void *) != 0 || alignment == 0)
        return EINVAL;
    *memory = aligned_alloc(alignment, size);
    int error = *memory == NULL ? errno : 0;
    errno = saved_errno;
    return error;
}

/* The child has one thread, and a heap that nobody was changing. */
void __malloc_fork(enum fork_phase phase)
{
    if (phase == FORK_BEFORE)
        __lock_acquire(&heap_lock);
    else
        __lock_release(&heap_lock);
}
