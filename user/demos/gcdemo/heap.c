/* The heap of gcdemo: spaces, allocation, and the collector. */
#include "heap.h"

#include "../demo.h"

/* Pages that are opened for new objects at a time, and pages that are scanned for that. */
enum { OPENED = 2, SCANNED = 4, PAGES_MAX = 4096, WORD = sizeof(ref) };

ref roots[ROOTS_MAX];
unsigned nroots;

static struct heap_stats *stats;
static bool incremental, collecting;
static size_t size;              /* of a space, in bytes */
static char *program_at;         /* where the program has both spaces */
static char *collector_at;       /* where the collector has them */
static char *to, *from;          /* the spaces, as the program sees them */
static size_t copied, allocated; /* offsets in the to-space */
static size_t opened;            /* the program may use the to-space from here on */
static bool scanned[PAGES_MAX];  /* pages of copies */
static size_t next_page;         /* no page below it is still to be scanned */
static uint64_t words;           /* scanned or copied since this pause began */

static void give_up(const char *why)
{
    dprintf(STDERR_FILENO, "gcdemo: %s\n", why);
    _exit(3);
}

/* The same word for the collector. */
static ref *open_word(const char *at)
{
    return (ref *)(collector_at + (at - program_at));
}

static void protect(char *at, size_t length, int protection)
{
    if (mprotect(at, length, protection) != 0)
        give_up("mprotect failed");
}

/* --- Pauses --- */

static uint64_t pause_begin(void)
{
    words = 0;
    return ticks();
}

static void pause_end(struct pauses *pauses, uint64_t began)
{
    uint64_t taken = ticks() - began;
    pauses->count++;
    pauses->total += taken;
    pauses->longest = taken > pauses->longest ? taken : pauses->longest;
    pauses->most_words = words > pauses->most_words ? words : pauses->most_words;
}

/* --- Copying and scanning --- */

/* An object's header is odd, with the number of its words; once copied, its new address. */
static ref copy_object(ref object)
{
    ref *old = open_word((char *)object);
    if ((*old & 1) == 0)
        return *old;
    size_t n = number_of(*old);
    if (copied + n * WORD > opened)
        give_up("the heap is too small");
    char *copy = to + copied;
    memcpy(open_word(copy), old, n * WORD);
    copied += n * WORD;
    words += n;
    stats->copied_words += n;
    return *old = (ref)copy;
}

static void mend(ref *at)
{
    if ((*at & 1) == 0 && *at >= (ref)from && *at < (ref)(from + size))
        *at = copy_object(*at);
}

/*
 * Every word of the page is mended; headers are odd, so objects need not be told apart. The page
 * may be the one that copies go to: then it fills while it is scanned. If it does not fill, it
 * stays so, and copies go to the next one from now on.
 */
static void scan_page(size_t page)
{
    size_t at = page * PAGE, end = at + PAGE;
    for (; at < end && at < copied; at += WORD, words++)
        mend(open_word(to + at));
    copied = copied < end ? end : copied;
    scanned[page] = true;
    if (incremental) {
        protect(to + page * PAGE, PAGE, RW);
        stats->unprotected++;
    }
}

/* Whether there was one. */
static bool scan_some_page(void)
{
    while (next_page * PAGE < copied && scanned[next_page])
        next_page++;
    if (next_page * PAGE >= copied)
        return false;
    scan_page(next_page);
    return true;
}

/* At least so many pages, if there are as many; without any left the collection has ended. */
static void scan_pages(size_t count)
{
    while (collecting && count-- > 0)
        collecting = scan_some_page();
}

/* --- Collections --- */

/* Nothing of the new to-space is used yet, and all of it is protected. */
static void flip(void)
{
    char *old = to;
    to = from;
    from = old;
    copied = next_page = 0;
    allocated = opened = size;
    memset(scanned, 0, sizeof(scanned));
    protect(from, size, PROT_NONE);
    if (!incremental)
        protect(to, size, RW);
    for (unsigned i = 0; i < nroots; i++)
        mend(&roots[i]);
    collecting = true;
    stats->collections++;
}

static void collect(void)
{
    uint64_t began = pause_begin();
    flip();
    if (!incremental)
        scan_pages(SIZE_MAX);
    pause_end(&stats->flips, began);
}

/* The program has touched a page that is not scanned yet: it gets it scanned. */
static void trap(int number, siginfo_t *info, void *context)
{
    uint64_t began = pause_begin();
    size_t offset = (size_t)((char *)info->si_addr - to);
    if (!collecting || offset >= size || offset >= copied || scanned[offset / PAGE])
        give_up("a stray pointer");
    scan_page(offset / PAGE);
    pause_end(&stats->traps, began);
}

void heap_make(size_t pages, bool is_incremental, struct heap_stats *to_stats)
{
    int fd = memfd_create("gcdemo", 0);
    size = pages * PAGE;
    if (pages > PAGES_MAX || fd < 0 || ftruncate(fd, (off_t)(2 * size)) != 0)
        die("a heap");
    program_at = map_or_die(2 * size, PROT_NONE, MAP_SHARED, fd);
    collector_at = map_or_die(2 * size, RW, MAP_SHARED, fd);
    close(fd);
    if (!catch_faults(trap))
        die("a handler for SIGSEGV");
    stats = to_stats;
    incremental = is_incremental;
    to = program_at;
    from = program_at + size;
    allocated = opened = size;
    if (!incremental)
        protect(to, size, RW);
}

/* --- Allocation --- */

/* Opens pages for new objects, and scans some in return. Whether there were any left. */
static bool open_pages(void)
{
    if (opened < copied + 2 * OPENED * PAGE)
        return false;
    opened -= OPENED * PAGE;
    if (incremental)
        protect(to + opened, OPENED * PAGE, RW);
    if (!collecting)
        return true;
    uint64_t began = pause_begin();
    scan_pages(SCANNED);
    pause_end(&stats->steps, began);
    return true;
}

ref heap_new(unsigned fields)
{
    size_t length = (1 + fields) * WORD;
    while (allocated < opened + length) {
        if (open_pages())
            continue;
        if (collecting)
            give_up("the heap is too small");
        collect();
    }
    allocated -= length;
    ref *object = (ref *)(to + allocated);
    memset(object, 0, length);
    object[0] = of_number(1 + fields);
    return (ref)object;
}
