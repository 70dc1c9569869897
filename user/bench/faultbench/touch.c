/* Touching pages of all kinds. */
#include "bench.h"

#include <sys/wait.h>
#include <unistd.h>

uint64_t time_loads(volatile char *at, size_t pages)
{
    uint64_t start = now();
    for (size_t page = 0; page < pages; page++)
        (void)at[page * PAGE];
    return now() - start;
}

uint64_t time_stores(volatile char *at, size_t pages)
{
    uint64_t start = now();
    for (size_t page = 0; page < pages; page++)
        at[page * PAGE] = 1;
    return now() - start;
}

/* Touches every page of a fresh mapping once. */
static uint64_t time_mapping(int flags, int fd, bool stores, int advice)
{
    char *at = mmap(NULL, PAGES * PAGE, RW, flags, fd, 0);
    if (at == MAP_FAILED || madvise(at, PAGES * PAGE, advice) != 0)
        return 0;
    uint64_t taken = stores ? time_stores(at, PAGES) : time_loads(at, PAGES);
    return munmap(at, PAGES * PAGE) == 0 ? taken : 0;
}

uint64_t zero_fill(void)
{
    return time_mapping(MAP_PRIVATE | MAP_ANONYMOUS, -1, true, MADV_NORMAL);
}

uint64_t zero_read(void)
{
    return time_mapping(MAP_PRIVATE | MAP_ANONYMOUS, -1, false, MADV_NORMAL);
}

uint64_t file_read(void)
{
    return time_mapping(MAP_SHARED, file, false, MADV_RANDOM);
}

uint64_t file_read_around(void)
{
    return time_mapping(MAP_SHARED, file, false, MADV_NORMAL);
}

uint64_t shared_write(void)
{
    return time_mapping(MAP_SHARED, file, true, MADV_NORMAL);
}

uint64_t private_copy(void)
{
    return time_mapping(MAP_PRIVATE, file, true, MADV_NORMAL);
}

char *make_memory(size_t pages)
{
    char *at = mmap(NULL, pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    time_stores(at, pages);
    return at;
}

/* A child that lives until the pipe's other end, which is returned, is closed; -1: none. */
static int start_sharer(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    if (pid > 0)
        return ends[1];
    close(ends[1]);
    return -1;
}

bool wait_for_one(void)
{
    int status = -1;
    return wait(&status) > 0 && status == 0;
}

/* Stores to pages of which a child has just become a sharer; it may end before that. */
static uint64_t time_after_fork(bool child_ends_first)
{
    char *at = make_memory(PAGES);
    int gate = at == NULL ? -1 : start_sharer();
    if (gate < 0)
        return 0;
    if (child_ends_first)
        close(gate);
    bool ended = !child_ends_first || wait_for_one();
    uint64_t taken = time_stores(at, PAGES);
    if (!child_ends_first) {
        close(gate);
        ended = wait_for_one();
    }
    munmap(at, PAGES * PAGE);
    return ended ? taken : 0;
}

uint64_t cow_copy(void)
{
    return time_after_fork(false);
}

uint64_t cow_reuse(void)
{
    return time_after_fork(true);
}
