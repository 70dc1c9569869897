/* TRAP, PROT1, PROTN and UNPROT. */
#include "tests.h"

#include <setjmp.h>

enum { PAGES = 32 };

static uint8_t *make_pages(int prot)
{
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    fill(at, PAGES * PAGE, 0, 1);
    protect(at, PAGES, prot);
    return at;
}

/* Each byte of a page by itself: the handler gets its address, and the access is done again. */
void trap_address(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_NONE);
    for (size_t offset = 0; offset < PAGE; offset += 73) {
        protect(at, 1, PROT_NONE);
        uint8_t seen = load(at + offset);
        CHECK(traps.address == at + offset, "a load at %zu traps at %p", offset, traps.address);
        CHECK(seen == pattern(offset, 1), "and finds what is there");
        protect(at, 1, PROT_READ);
        store(at + offset, (uint8_t)(seen + 1));
        CHECK(traps.address == at + offset, "a store at %zu traps at %p", offset, traps.address);
        protect(at, 1, PROT_READ);
        CHECK(load(at + offset) == (uint8_t)(seen + 1), "it is done when the handler returns");
        store(at + offset, seen);
    }
}

/* Accesses of 8 bytes, at the end of one page and the beginning of the next. */
void trap_wide(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_NONE);
    for (unsigned before = 1; before < 8; before++) {
        volatile uint64_t *word = (uint64_t *)(at + PAGE - before);
        uint64_t value = 0x0102030405060708 * before;
        protect(at, 2, PROT_NONE);
        traps.count = 0;
        *word = value;
        CHECK(traps.count == 2, "%u traps for a store to two protected pages", traps.count);
        protect(at + PAGE, 1, PROT_NONE);
        CHECK(*word == value, "a load from them, of which one is protected");
        CHECK(traps.count == 3, "%u traps in all", traps.count);
        CHECK(page_start(traps.address) == at + PAGE, "the last one in the second page");
    }
}

static uint8_t *moved_to;

/* Maps a page where there is none. */
static void map_page(int number, siginfo_t *info, void *context)
{
    note_trap(info);
    moved_to = mmap(page_start(info->si_addr), PAGE, RW, ANON | MAP_FIXED, -1, 0);
}

void trap_code(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_READ);
    store(at + 5, 1);
    CHECK(traps.code == SEGV_ACCERR, "a store to what may be read: code %d", traps.code);
    protect(at, 1, PROT_NONE);
    CHECK(load(at + 5) == 1 && traps.code == SEGV_ACCERR, "a load from what may not");

    take_traps(map_page, 0);
    uint8_t *nowhere = empty_range(PAGE);
    store(nowhere + 7, 9);
    CHECK(traps.count == 1 && traps.code == SEGV_MAPERR, "where nothing is: code %d", traps.code);
    CHECK(moved_to == nowhere && load(nowhere + 7) == 9, "a handler can map a page there");
}

void prot1(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(RW);
    for (size_t page = 0; page < PAGES; page++) {
        protect(at + page * PAGE, 1, PROT_NONE);
        traps.count = 0;
        for (size_t other = 0; other < PAGES; other++)
            store(at + other * PAGE, (uint8_t)other);
        CHECK(traps.count == 1, "%u traps for one protected page", traps.count);
        CHECK(traps.address == at + page * PAGE, "in page %zu, at %p", page, traps.address);
    }
}

/* In an order in which none follows its neighbour. */
void protn(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(RW);
    for (int round = 0; round < 20; round++) {
        protect(at, PAGES, round % 2 == 0 ? PROT_READ : PROT_NONE);
        traps.count = 0;
        for (size_t i = 0; i < 3 * PAGES; i++)
            store(at + i * 13 % PAGES * PAGE + i, (uint8_t)i);
        CHECK(traps.count == PAGES, "%u traps for %d protected pages", traps.count, PAGES);
    }
}

/* A page that the handler opens is open, and no other is. */
void unprot(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_NONE);
    for (size_t page = 1; page < PAGES; page += 2)
        store(at + page * PAGE, 1);
    CHECK(traps.count == PAGES / 2, "%u traps for every second page", traps.count);
    for (size_t page = 0; page < PAGES; page++) {
        unsigned before = traps.count;
        CHECK(load(at + page * PAGE + 1) == pattern(page * PAGE + 1, 1), "page %zu is as it was",
              page);
        CHECK(traps.count - before == (page % 2 == 0), "page %zu: %u more traps", page,
              traps.count - before);
    }
}

/* --- Handlers that do more --- */

static uint8_t *open_now;

static void open_only_this(int number, siginfo_t *info, void *context)
{
    note_trap(info);
    if (open_now != NULL)
        protect(open_now, 1, PROT_NONE);
    open_now = page_start(info->si_addr);
    protect(open_now, 1, RW);
}

/* The handler protects one page when it opens another, as when pages move to and from a disk. */
void one_open(void)
{
    NEED_TRAPS(open_only_this, 0);
    uint8_t *at = make_pages(PROT_NONE);
    unsigned changes = 0, random = 1;
    size_t before = PAGES;
    for (int i = 0; i < 400; i++) {
        random = random * 1103515245 + 12345;
        size_t page = random >> 20 & (PAGES - 1) & ~(size_t)(i & 3);
        at[page * PAGE + 100]++;
        changes += page != before;
        before = page;
    }
    CHECK(traps.count == changes, "%u traps for %u changes of page", traps.count, changes);
    unsigned sum = 0;
    for (size_t page = 0; page < PAGES; page++)
        sum += (uint8_t)(load(at + page * PAGE + 100) - pattern(page * PAGE + 100, 1));
    CHECK(sum == 400, "400 increments, %u arrived", sum);
}

static uint8_t *book;

/* Keeps a book of the pages it opens, which may be protected too. */
static void open_with_book(int number, siginfo_t *info, void *context)
{
    uint8_t *page = page_start(info->si_addr);
    note_trap(info);
    if (page != book)
        book[0]++;
    protect(page, 1, RW);
}

void nested(void)
{
    NEED_TRAPS(open_with_book, SA_NODEFER);
    uint8_t *at = make_pages(PROT_NONE);
    book = map(PAGE, PROT_NONE, ANON, -1, 0);
    for (size_t page = 0; page < PAGES; page++) {
        protect(book, 1, PROT_NONE);
        store(at + page * PAGE, 3);
    }
    CHECK(traps.count == 2 * PAGES, "%u traps, every second one inside a handler", traps.count);
    CHECK(load(book) == PAGES, "%u pages in the book", load(book));
}

static sigjmp_buf way_out;

static void leave(int number, siginfo_t *info, void *context)
{
    note_trap(info);
    siglongjmp(way_out, 1);
}

/* The access is given up; the signal is not blocked afterwards. */
void jump_out(void)
{
    NEED_TRAPS(leave, 0);
    uint8_t *at = make_pages(PROT_READ);
    for (volatile unsigned i = 0; i < 10; i++) {
        if (sigsetjmp(way_out, 1) == 0) {
            store(at + i, 1);
            CHECK(0, "a store that was given up is done");
        }
    }
    CHECK(traps.count == 10, "%u traps", traps.count);
    CHECK(holds(at, PAGE, 0, 1), "the page is as it was");
}

/* System calls say EFAULT, and nobody is called. */
void kernel_access(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_NONE);
    int ends[2];
    MUST(pipe(ends) == 0 && write(ends[1], "1234", 4) == 4, "a pipe");
    CHECK(write(ends[1], at, 1) == -1 && errno == EFAULT, "write from a protected page");
    CHECK(read(ends[0], at, 1) == -1 && errno == EFAULT, "read into one");
    protect(at, 1, PROT_READ);
    CHECK(read(ends[0], at, 1) == -1 && errno == EFAULT, "read into one that may be read");
    CHECK(write(ends[1], at, 1) == 1, "write from it");
    CHECK(traps.count == 0, "%u traps", traps.count);
    protect(at, 1, RW);
    CHECK(read(ends[0], at, 4) > 0 && load(at) != pattern(0, 1), "read when it is open");
}

static void child_opens(void *argument)
{
    uint8_t *at = argument;
    CHECK(traps.count == 0, "no trap until now");
    for (size_t page = 0; page < PAGES; page++)
        store(at + page * PAGE, 200);
    CHECK(traps.count == PAGES, "%u traps in the child", traps.count);
}

/* A child has the handler, and protected pages; what it opens stays closed for its parent. */
void forked(void)
{
    NEED_TRAPS(open_page, 0);
    uint8_t *at = make_pages(PROT_READ);
    CHECK(finish(start(child_opens, at)), "the child");
    CHECK(traps.count == 0 && holds(at, PAGES * PAGE, 0, 1), "the parent's pages are as before");
    store(at, 1);
    CHECK(traps.count == 1, "and protected");
}
