/* Making, changing and ending mappings. */
#include "bench.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef __riscv
#include <sys/quire.h>
#endif

enum { MANY = 9900, SYNCED = 16384 };

uint64_t mmap_munmap(void)
{
    uint64_t start = now();
    for (int i = 0; i < MAPS; i++) {
        void *at = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED || munmap(at, PAGE) != 0)
            return 0;
    }
    return now() - start;
}

uint64_t protect_page(void)
{
    char *at = make_memory(1);
    bool good = at != NULL;
    uint64_t start = now();
    for (int i = 0; i < CHANGES; i++)
        good &= mprotect(at, PAGE, i % 2 == 0 ? PROT_READ : RW) == 0;
    uint64_t taken = now() - start;
    return good && munmap(at, PAGE) == 0 ? taken : 0;
}

/* The page in the middle becomes a mapping of its own and is one with its neighbours again. */
uint64_t protect_split(void)
{
    char *at = make_memory(3);
    bool good = at != NULL;
    uint64_t start = now();
    for (int i = 0; i < CHANGES; i++)
        good &= mprotect(at + PAGE, PAGE, PROT_READ) == 0 && mprotect(at + PAGE, PAGE, RW) == 0;
    uint64_t taken = now() - start;
    return good && munmap(at, 3 * PAGE) == 0 ? taken : 0;
}

uint64_t remap_move(void)
{
    size_t size = (size_t)MOVED * PAGE;
    char *at = make_memory(MOVED);
    char *to = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == NULL || to == MAP_FAILED || munmap(to, size) != 0)
        return 0;
    uint64_t start = now();
    bool good = mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to;
    uint64_t taken = now() - start;
    return good && munmap(to, size) == 0 ? taken : 0;
}

uint64_t unmap_touched(void)
{
    char *at = make_memory(MOVED);
    uint64_t start = now();
    bool good = at != NULL && munmap(at, (size_t)MOVED * PAGE) == 0;
    return good ? now() - start : 0;
}

uint64_t map_touch_unmap(void)
{
    uint64_t start = now();
    for (int i = 0; i < MAPS; i++) {
        char *at = make_memory(1);
        if (at == NULL || munmap(at, PAGE) != 0)
            return 0;
    }
    return now() - start;
}

/* Mappings that are not like their neighbours. */
static uint64_t time_mmaps(int count)
{
    bool good = true;
    uint64_t start = now();
    for (int i = 0; i < count; i++) {
        int prot = i % 2 == 0 ? PROT_READ : RW;
        good &= mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
    }
    uint64_t taken = now() - start;
    return good ? taken : 0;
}

/* In a child, whose mappings go with it: mmap with so many mappings there already. */
static uint64_t time_mmaps_after(int before)
{
    uint64_t taken = 0;
    int ends[2];
    if (pipe(ends) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        bool good = before == 0 || time_mmaps(before) != 0;
        taken = good ? time_mmaps(ADDED) : 0;
        _exit(write(ends[1], &taken, sizeof(taken)) != sizeof(taken));
    }
    close(ends[1]);
    bool came = pid > 0 && read(ends[0], &taken, sizeof(taken)) == sizeof(taken);
    close(ends[0]);
    return pid > 0 && wait_for_one() && came ? taken : 0;
}

uint64_t first_mmaps(void)
{
    return time_mmaps_after(0);
}

uint64_t last_mmaps(void)
{
    return time_mmaps_after(MANY);
}

/* What of that was counted while the machine waited for its disk. */
static uint64_t slept(void)
{
#ifdef __riscv
    struct quire_boot b = {0, 0};
    quire(QUIRE_BOOT, &b, sizeof(b));
    return b.slept;
#else
    return 0;
#endif
}

/* A mapped file without blocks, all of it in memory. */
static char *map_large_file(void)
{
    size_t size = (size_t)SYNCED * PAGE;
    int fd = open("/tmp/faultbench.large", O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || unlink("/tmp/faultbench.large") != 0 || ftruncate(fd, (off_t)size) != 0)
        return NULL;
    char *at = mmap(NULL, size, RW, MAP_SHARED, fd, 0);
    close(fd);
    if (at == MAP_FAILED)
        return NULL;
    time_loads(at, SYNCED);
    return at;
}

/* One dirty page among many, written to the disk; without the time for which the disk works. */
uint64_t sync_one(void)
{
    static char *at;
    if (at == NULL)
        at = map_large_file();
    if (at == NULL)
        return 0;
    at[SYNCED / 2 * PAGE]++;
    uint64_t waited = slept(), start = now();
    bool good = msync(at, (size_t)SYNCED * PAGE, MS_SYNC) == 0;
    uint64_t taken = now() - start;
    waited = slept() - waited;
    return good && taken > waited ? taken - waited : 0;
}
