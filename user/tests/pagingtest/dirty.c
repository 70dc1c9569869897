/*
 * DIRTY: which pages were stored to since one asked last. /proc/self/pagemap has eight bytes for
 * each page; a 4 written to /proc/self/clear_refs makes all pages clean.
 */
#include "tests.h"

#define ENTRY_PRESENT    ((uint64_t)1 << 63)
#define ENTRY_SOFT_DIRTY ((uint64_t)1 << 55)

enum { PAGES = 24 };

static int pagemap = -1, clear_refs = -1;

static uint64_t entry_of(const void *at)
{
    uint64_t entry = 0;
    off_t offset = (off_t)((uintptr_t)at / PAGE * sizeof(entry));
    CHECK(pread(pagemap, &entry, sizeof(entry), offset) == sizeof(entry), "the entry of %p", at);
    return entry;
}

static bool is_dirty(const void *at)
{
    return (entry_of(at) & ENTRY_SOFT_DIRTY) != 0;
}

static void clean_all(void)
{
    CHECK(write(clear_refs, "4", 1) == 1, "make all pages clean");
}

static uint8_t *make_pages(int flags)
{
    uint8_t *at = map(PAGES * PAGE, RW, flags, -1, 0);
    fill(at, PAGES * PAGE, 0, 1);
    return at;
}

static bool has_pagemap(void)
{
    pagemap = open("/proc/self/pagemap", O_RDONLY);
    return pagemap >= 0;
}

/* Whether a store makes a difference: a kernel of Linux can be built without. */
static bool finds_store(void)
{
    if (!has_pagemap())
        return false;
    clear_refs = open("/proc/self/clear_refs", O_WRONLY);
    uint8_t *at = make_pages(ANON);
    if (clear_refs < 0 || write(clear_refs, "4", 1) != 1)
        return false;
    store(at, 1);
    return is_dirty(at);
}

static bool has_soft_dirty(void)
{
    bool has = finds_store();
    CHECK(has || !test_on_quire(), "Quire has soft-dirty bits");
    return has;
}

void dirty_present(void)
{
    if (!has_pagemap())
        SKIP("no pagemap");
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    madvise(at, PAGES * PAGE, MADV_NOHUGEPAGE);
    for (size_t page = 0; page < PAGES; page += 3)
        store(at + page * PAGE, 1);
    for (size_t page = 0; page < PAGES; page++)
        CHECK(((entry_of(at + page * PAGE) & ENTRY_PRESENT) != 0) == (page % 3 == 0),
              "whether page %zu is there", page);
    MUST(munmap(at, PAGES * PAGE) == 0, "munmap");
    CHECK(entry_of(at) == 0, "nothing is there after munmap");
}

/* Those that were stored to, and neither those that were loaded from nor those left alone. */
void dirty_stores(void)
{
    if (!has_soft_dirty())
        SKIP("no soft-dirty bits");
    uint8_t *at = make_pages(ANON);
    for (size_t round = 0; round < 4; round++) {
        clean_all();
        for (size_t page = 0; page < PAGES; page++) {
            CHECK(!is_dirty(at + page * PAGE), "page %zu is clean", page);
            if (page % 4 == round)
                store(at + page * PAGE, (uint8_t)round);
            else
                load(at + page * PAGE);
        }
        for (size_t page = 0; page < PAGES; page++)
            CHECK(is_dirty(at + page * PAGE) == (page % 4 == round), "whether page %zu is dirty",
                  page);
    }
}

/* Stores by the kernel are stores. */
void dirty_kernel(void)
{
    if (!has_soft_dirty())
        SKIP("no soft-dirty bits");
    uint8_t *at = make_pages(ANON);
    int ends[2];
    MUST(pipe(ends) == 0, "a pipe");
    clean_all();
    CHECK(write(ends[1], at, 3) == 3, "write from a page");
    CHECK(read(ends[0], at + PAGE, 3) == 3, "read into the next one");
    CHECK(!is_dirty(at) && is_dirty(at + PAGE), "the one that was read into is dirty");
}

static void child_stores_to(void *argument)
{
    store(argument, 1);
}

/* In memory that processes share each has its own bits; what a child copied is the child's. */
void dirty_shared(void)
{
    if (!has_soft_dirty())
        SKIP("no soft-dirty bits");
    uint8_t *shared = make_pages(ANON_SHARED), *own = make_pages(ANON);
    clean_all();
    CHECK(finish(start(child_stores_to, shared)), "a child that stores to shared memory");
    CHECK(finish(start(child_stores_to, own)), "and one to its copy");
    CHECK(!is_dirty(shared) && !is_dirty(own), "leave their parent's pages clean");
    store(shared + PAGE, 1);
    store(own + PAGE, 1);
    CHECK(is_dirty(shared + PAGE) && is_dirty(own + PAGE), "its own stores do not");
}

/* Protection changes nothing, and a page that was not there before is dirty after its store. */
void dirty_kept(void)
{
    if (!has_soft_dirty())
        SKIP("no soft-dirty bits");
    uint8_t *at = make_pages(ANON);
    clean_all();
    store(at, 1);
    protect(at, PAGES, PROT_READ);
    CHECK(is_dirty(at) && !is_dirty(at + PAGE), "a dirty page and a clean one, protected");
    protect(at, PAGES, RW);
    CHECK(is_dirty(at) && !is_dirty(at + PAGE), "and open again");
    CHECK(madvise(at + PAGE, PAGE, MADV_DONTNEED) == 0, "throw one away");
    store(at + PAGE, 1);
    CHECK(is_dirty(at + PAGE), "the new one is dirty");
}
