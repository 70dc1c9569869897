/* Dirty pages, by protection and by soft-dirty bits. */
#include "dirty.h"

#include <fcntl.h>

#include "../demo.h"

/* In an entry of /proc/self/pagemap, of which there is one of 8 bytes for each page. */
#define SOFT_DIRTY ((uint64_t)1 << 55)

static enum way way;
static char *range;
static size_t npages;
static bool touched[PAGES_MAX]; /* by protection: since the last look */
static unsigned long traps;
static int pagemap = -1, clear_refs = -1;

/* --- By protection --- */

/* The first store to a page since the last look. Any other fault is an error of the program. */
static void note_store(int number, siginfo_t *info, void *context)
{
    size_t page = (size_t)((char *)info->si_addr - range) / PAGE;
    if ((char *)info->si_addr < range || page >= npages || touched[page])
        _exit(3);
    touched[page] = true;
    traps++;
    if (mprotect(range + page * PAGE, PAGE, RW) != 0)
        _exit(3);
}

static bool protect_all(void)
{
    memset(touched, 0, sizeof(touched));
    return mprotect(range, npages * PAGE, PROT_READ) == 0;
}

/* --- By soft-dirty bits --- */

static bool read_entries(const char *at, uint64_t *entries, size_t count)
{
    off_t offset = (off_t)((uintptr_t)at / PAGE * sizeof(*entries));
    ssize_t length = (ssize_t)(count * sizeof(*entries));
    return pread(pagemap, entries, (size_t)length, offset) == length;
}

static bool clear_all(void)
{
    return write(clear_refs, "4", 1) == 1;
}

/* Whether the files are there and a store makes a difference. */
static bool has_soft_dirty(void)
{
    static char probe[2 * PAGE];
    uint64_t before, after;
    char *page = probe + PAGE - (uintptr_t)probe % PAGE;
    pagemap = open("/proc/self/pagemap", O_RDONLY);
    clear_refs = open("/proc/self/clear_refs", O_WRONLY);
    *(volatile char *)page = 1;
    if (pagemap < 0 || clear_refs < 0 || !clear_all() || !read_entries(page, &before, 1))
        return false;
    *(volatile char *)page = 2;
    return read_entries(page, &after, 1) && (before & SOFT_DIRTY) == 0 && (after & SOFT_DIRTY) != 0;
}

/* --- Both --- */

bool dirty_watch(enum way to_use, char *at, size_t pages)
{
    way = to_use;
    range = at;
    npages = pages;
    traps = 0;
    if (way == BY_PROTECTION)
        return catch_faults(note_store) && protect_all();
    return has_soft_dirty() && clear_all();
}

size_t dirty_take(bool dirty[PAGES_MAX])
{
    static uint64_t entries[PAGES_MAX];
    size_t count = 0;
    bool good = way == BY_PROTECTION || read_entries(range, entries, npages);
    for (size_t page = 0; page < npages; page++) {
        dirty[page] = way == BY_PROTECTION ? touched[page] : (entries[page] & SOFT_DIRTY) != 0;
        count += dirty[page];
    }
    if (!good || !(way == BY_PROTECTION ? protect_all() : clear_all()))
        die("dirty pages");
    return count;
}

unsigned long dirty_traps(void)
{
    return traps;
}
