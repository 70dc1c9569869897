/*
 * Memory. xv6 gives a program its memory when it asks, or refuses; Quire gives it when it is
 * touched, and ends the program if there is none. So sbrk first asks how much there is, and then
 * touches all that is new. A GiB or more at once was never in a machine of xv6: whoever asks for
 * that, as the lab about lazy allocation does, wants it as Quire gives it.
 */
#include "shim.h"

#include "../../lib/heap.h"
#include "../user/user.h"

#include "abi/quire.h"

enum { LAZY_FROM = 1 << 30 };

static uint64 heap_start, heap_end;

static uint64 pages_of(uint64 size)
{
    return (size + PGSIZE - 1) / PGSIZE;
}

/*
 * Seven eighths of the machine's memory at most for one program, so that those who count what is
 * free count the same again later; and a part is left to the kernel and the page tables.
 */
static bool is_memory_left(uint64 npages, uint64 heap_pages)
{
    struct quire_memory memory;
    uint64 total = 0;
    if (syscall3(SYS_quire, QUIRE_MEMORY, (long)&memory, sizeof(memory)) < 0)
        return true;
    for (int i = 0; i < PAGE_NSTATES; i++)
        total += memory.pages[i];
    uint64 left = memory.pages[PAGE_FREE] + memory.pages[PAGE_CACHE] - memory.dirty;
    return heap_pages <= total - total / 8 && npages + npages / 256 + total / 64 <= left;
}

static void touch(uint64 from, uint64 to)
{
    for (uint64 page = from; page < to; page += PGSIZE)
        *(volatile char *)page = 0;
}

static bool move_end(uint64 end)
{
    if ((uint64)syscall3(SYS_brk, (long)end, 0, 0) != end)
        return false;
    heap_end = end;
    return true;
}

static bool grow(uint64 end, bool eager)
{
    uint64 from = pages_of(heap_end), to = pages_of(end);
    if (eager && to > from && !is_memory_left(to - from, to - pages_of(heap_start))) {
        syscall3(SYS_sync, 0, 0, 0); /* frees what waits to be written */
        if (!is_memory_left(to - from, to - pages_of(heap_start)))
            return false;
    }
    if (!move_end(end))
        return false;
    if (eager)
        touch(from * PGSIZE, to * PGSIZE);
    return true;
}

/* As there, an end below address 0 changes nothing and is no failure. */
char *sys_sbrk(int n, int how)
{
    if (heap_start == 0)
        heap_start = heap_end = (uint64)syscall3(SYS_brk, 0, 0, 0);
    uint64 old = heap_end, end = old + (uint64)(long)n;
    bool is_done = true;
    if (n > 0)
        is_done = grow(end, how == SBRK_EAGER && n < LAZY_FROM);
    else if (n < 0 && end < old)
        is_done = end >= heap_start && move_end(end);
    return is_done ? (char *)old : SBRK_ERROR;
}

char *sbrk(int n)
{
    return sys_sbrk(n, SBRK_EAGER);
}

char *sbrklazy(int n)
{
    return sys_sbrk(n, SBRK_LAZY);
}

void *mmap(void *at, unsigned long length, int protection, int flags, int fd, long offset)
{
    struct syscall_args args = {(long)at, (long)length, protection, flags, fd, offset};
    long result = syscall6(SYS_mmap, args);
    return result < 0 ? (void *)-1 : (void *)result;
}

int munmap(void *at, unsigned long length)
{
    return __xv6_result(syscall3(SYS_munmap, (long)at, (long)length, 0));
}

/* --- The heap: that of Quire's library, which calls sbrk --- */

void *malloc(uint size)
{
    if (size >= LAZY_FROM)
        return NULL;
    size_t whole = (HEADER + (size_t)size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct block *block = __heap_take(whole < BLOCK_MIN ? BLOCK_MIN : whole);
    return block == NULL ? NULL : block_payload(block);
}

void free(void *memory)
{
    if (memory != NULL)
        __heap_give(block_of(memory));
}
