/* MAP2: one page at two addresses, with a protection for each. */
#include "tests.h"

enum { PAGES = 16 };

void map2(void)
{
    uint8_t *first, *second;
    map_twice(PAGES, &first, &second);
    fill(first, PAGES * PAGE, 0, 3);
    CHECK(holds(second, PAGES * PAGE, 0, 3), "what is stored at one address is at the other");
    protect(first, PAGES, PROT_NONE);
    fill(second, PAGES * PAGE, 0, 4);
    protect(first, PAGES, PROT_READ);
    CHECK(holds(first, PAGES * PAGE, 0, 4), "and it can be while one of them is protected");
    CHECK(store_signal(first) == SIGSEGV, "whose protection is its own");
    CHECK(store_signal(second) == 0, "and not the other's");
}

void map2_file(void)
{
    char name[64];
    snprintf(name, sizeof(name), "/tmp/pagingtest.%d", (int)getpid());
    int fd = make_file(name, PAGES * PAGE, 5);
    unlink(name);
    uint8_t *closed = map(PAGES * PAGE, PROT_NONE, MAP_SHARED, fd, 0);
    uint8_t *open = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(holds(open, PAGES * PAGE, 0, 5), "the pages of a file");
    for (size_t page = 0; page < PAGES; page++)
        store(open + page * PAGE, (uint8_t)page);
    protect(closed, PAGES, PROT_READ);
    for (size_t page = 0; page < PAGES; page++)
        CHECK(load(closed + page * PAGE) == page && file_byte(fd, page * PAGE) == (int)page,
              "page %zu, by another address and by read", page);
}

static uint8_t *closed_pages, *open_pages;

/* Fills the page through the other mapping before anybody can see it. */
static void fill_then_open(int number, siginfo_t *info, void *context)
{
    uint8_t *page = page_start(info->si_addr);
    size_t offset = (size_t)(page - closed_pages);
    note_trap(info);
    fill(open_pages + offset, PAGE, offset, 6);
    protect(page, 1, PROT_READ);
}

/* As a collector does: the program never sees a page that is not ready. */
void map2_barrier(void)
{
    NEED_TRAPS(fill_then_open, 0);
    map_twice(PAGES, &closed_pages, &open_pages);
    protect(closed_pages, PAGES, PROT_NONE);
    for (size_t i = 0; i < 200; i++) {
        size_t offset = i * 7919 % (PAGES * PAGE);
        CHECK(load(closed_pages + offset) == pattern(offset, 6), "ready at %zu", offset);
    }
    CHECK(traps.count == PAGES, "%u traps for %d pages", traps.count, PAGES);
}
