/*
 * failtest: calls that run out of memory half-way leave everything as it was. Each call is made
 * again and again, while the kernel's first, second, third... allocation in it fails, until none
 * does. After each failure the error is ENOMEM (or EAGAIN, where that is the call's), what was
 * mapped before is there with its contents, the kernel has not kept anything, and the audit finds
 * nothing. Only Quire can be told to fail.
 */
#include "counters.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>

enum { AREA = 16, FAILURES_MAX = 500 };

static uint8_t *area; /* AREA pages of three mappings: anonymous, of a file, anonymous */
static uint8_t *elsewhere;
static int file;

/* --- What stands before each call --- */

static void stamp(void)
{
    for (size_t page = 0; page < AREA; page++)
        area[page * PAGE + 7] = (uint8_t)(page + 1);
}

static bool is_as_stamped(void)
{
    for (size_t page = 0; page < AREA; page++)
        if (area[page * PAGE + 7] != page + 1)
            return false;
    area[9] ^= 1; /* and may be written to */
    area[9] ^= 1;
    return true;
}

static void prepare(void)
{
    uint8_t *at = map(AREA * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    area = at;
    MUST(mmap(at + 4 * PAGE, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) !=
             MAP_FAILED,
         "a file in the middle");
    elsewhere = map(AREA * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stamp();
}

static void undo(void)
{
    munmap(area, AREA * PAGE);
    munmap(elsewhere, AREA * PAGE);
}

/* --- The calls: 0, or -1 with errno --- */

static int map_over_three(void)
{
    void *at = mmap(area + 2 * PAGE, 12 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
                    -1, 0);
    return at == MAP_FAILED ? -1 : 0;
}

static int map_populated(void)
{
    void *at = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? -1 : munmap(at, 8 * PAGE);
}

static int unmap_middle(void)
{
    return munmap(area + PAGE, 2 * PAGE);
}

static int protect_middle(void)
{
    return mprotect(area + 2 * PAGE, 12 * PAGE, PROT_READ);
}

static int move_away(void)
{
    uint8_t *at = mremap(area, 4 * PAGE, 600 * PAGE, MREMAP_MAYMOVE);
    return at == MAP_FAILED ? -1 : munmap(at, 600 * PAGE);
}

static int move_file_part(void)
{
    uint8_t *at = mremap(area + 5 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    return at == MAP_FAILED ? -1 : munmap(at, 2 * PAGE);
}

static int shrink(void)
{
    return mremap(area, 4 * PAGE, 2 * PAGE, 0) == MAP_FAILED ? -1 : 0;
}

static int no_fork(void)
{
    return madvise(area + PAGE, 2 * PAGE, MADV_DONTFORK);
}

static int discard(void)
{
    return madvise(area + PAGE, PAGE, MADV_DONTNEED);
}

static int lock_middle(void)
{
    return mlock(area + PAGE, 2 * PAGE);
}

static int synchronize(void)
{
    return msync(area, AREA * PAGE, MS_SYNC);
}

static int fork_and_wait(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return pid < 0 ? -1 : waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

static int make_pipe_again(void)
{
    int ends[2];
    if (pipe(ends) != 0)
        return -1;
    close(ends[0]);
    return close(ends[1]);
}

static int many_descriptors(void)
{
    int fd = fcntl(file, F_DUPFD, 200);
    return fd < 0 ? -1 : close(fd);
}

static int open_again(void)
{
    int fd = open("file", O_RDWR);
    return fd < 0 ? -1 : close(fd);
}

static int grow_heap(void)
{
    void *before = sbrk(64 * PAGE);
    return before == (void *)-1 ? -1 : sbrk(-64 * (long)PAGE) == (void *)-1 ? -1 : 0;
}

/* --- Holding it against what was before --- */

/* Structures and pages that are not the cache's, which others use too. */
static bool is_same_memory(const struct quire_memory *a, const struct quire_memory *b)
{
    static const int states[] = {PAGE_ANON, PAGE_TABLE, PAGE_STACK};
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (!CHECK(b->pages[states[i]] <= a->pages[states[i]], "pages of state %d: %lu, then %lu",
                   states[i], (unsigned long)a->pages[states[i]],
                   (unsigned long)b->pages[states[i]]))
            return false;
    for (int i = 0; i < QUIRE_NSLABS; i++)
        if (strcmp(a->slabs[i].name, "inode") != 0 && strcmp(a->slabs[i].name, "index node") != 0 &&
            !CHECK(b->slabs[i].in_use <= a->slabs[i].in_use, "%s: %lu, then %lu", a->slabs[i].name,
                   (unsigned long)a->slabs[i].in_use, (unsigned long)b->slabs[i].in_use))
            return false;
    return true;
}

static bool check_failure(const char *name, int n, const struct quire_memory *before)
{
    struct quire_memory after = memory_now();
    bool good = CHECK(errno == ENOMEM || errno == EAGAIN, "%s, allocation %d", name, n);
    good &= CHECK(is_as_stamped(), "%s, allocation %d: what was mapped", name, n);
    if (is_alone())
        good &= is_same_memory(before, &after);
    return good && CHECK(quire(QUIRE_AUDIT, NULL, 0) == 0, "%s, allocation %d: audit", name, n);
}

/* One try, with the n-th allocation failing; true if there was no n-th one any more. */
static bool try_once(const char *name, int (*call)(void), int n, bool *good)
{
    prepare();
    struct quire_memory before = memory_now();
    quire(QUIRE_FAIL_ALLOC, NULL, (unsigned long)n);
    int result = call();
    int error = errno;
    bool fired = quire(QUIRE_FAIL_ALLOC, NULL, 0) == 0;
    errno = error;
    if (result != 0)
        *good = CHECK(fired, "%s fails for itself", name) && check_failure(name, n, &before);
    undo();
    return !fired;
}

static void fail_each(const char *name, int (*call)(void))
{
    bool good = true, done = false;
    for (int n = 1; n < FAILURES_MAX && good && !done; n++)
        done = try_once(name, call, n, &good);
    CHECK(done || !good, "%s never succeeds", name);
}

static void all_calls(void)
{
    static const struct {
        const char *name;
        int (*call)(void);
    } calls[] = {
        {"mmap over three mappings", map_over_three},
        {"mmap and munmap", map_populated},
        {"munmap of the middle", unmap_middle},
        {"mprotect of parts", protect_middle},
        {"mremap elsewhere", move_away},
        {"mremap of a part", move_file_part},
        {"mremap to less", shrink},
        {"madvise, DONTFORK", no_fork},
        {"madvise, DONTNEED", discard},
        {"mlock", lock_middle},
        {"msync", synchronize},
        {"fork", fork_and_wait},
        {"pipe", make_pipe_again},
        {"a high descriptor", many_descriptors},
        {"open", open_again},
        {"brk", grow_heap},
    };
    if (!TEST_HAS_QUIRE || quire(QUIRE_FAIL_ALLOC, NULL, 0) < 0)
        SKIP("only Quire can be told to fail");
    file = open("file", O_RDWR | O_CREAT, 0644);
    CHECK(file >= 0 && ftruncate(file, AREA * PAGE) == 0, "a file");
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        fail_each(calls[i].name, calls[i].call);
    close(file);
}

static const struct test tests[] = {{"all_calls", all_calls, 0}};

SCRATCH_MAIN(tests)
