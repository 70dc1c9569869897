/* munmap: every part of a mapping, several at once, and what is left. DEFECTS 42 throughout. */
#include "tests.h"

enum { PAGES = 8 };

struct cut {
    const char *where;
    size_t first, count;
};

static const struct cut cuts[] = {
    {"the front", 0, 3}, {"the first page", 0, 1}, {"the middle", 3, 2},
    {"the end", 5, 3},   {"the last page", 7, 1},  {"all", 0, 8},
};

/* Pages inside the cut are gone, those outside still hold the seed's pattern and can be changed. */
static void check_rest(uint8_t *at, const struct cut *cut, const char *kind, int fd)
{
    for (size_t page = 0; page < PAGES; page++) {
        uint8_t *here = at + page * PAGE;
        if (page >= cut->first && page < cut->first + cut->count) {
            CHECK(!is_readable(here) && !is_readable(here + PAGE - 1), "%s of %s: page %zu is gone",
                  cut->where, kind, page);
            continue;
        }
        CHECK(holds(here, PAGE, page * PAGE, 4), "%s of %s: page %zu", cut->where, kind, page);
        fill(here, PAGE, page * PAGE, 5);
        CHECK(fd < 0 || file_holds(fd, PAGE, page * PAGE, 5), "%s of %s: page %zu in the file",
              cut->where, kind, page);
    }
}

/* The file goes on for two pages behind the mapping, which no cut may touch. */
static void cut_one(const struct cut *cut, int flags, bool touch)
{
    static const char *const kinds[] = {"shared file", "private file", "shared", "private"};
    const char *kind = kinds[(flags & MAP_ANONYMOUS ? 2 : 0) + (flags & MAP_PRIVATE ? 1 : 0)];
    int fd = flags & MAP_ANONYMOUS ? -1 : make_file("cut", (PAGES + 2) * PAGE, 4);
    uint8_t *at = map(PAGES * PAGE, RW, flags, fd, 0);
    if (touch || fd < 0)
        fill(at, PAGES * PAGE, 0, 4);
    CHECK(munmap(at + cut->first * PAGE, cut->count * PAGE) == 0, "unmap %s", cut->where);
    check_rest(at, cut, kind, flags & MAP_SHARED ? fd : -1);
    CHECK(munmap(at, PAGES * PAGE) == 0, "unmap the rest");
    CHECK(!is_readable(at) && !is_readable(at + (PAGES - 1) * PAGE), "nothing is left of it");
    if (fd >= 0) {
        CHECK(file_size(fd) == (PAGES + 2) * (long)PAGE, "the file's size");
        CHECK(file_holds(fd, 2 * PAGE, PAGES * PAGE, 4), "pages that were not mapped");
        close(fd);
    }
}

void unmap_parts(void)
{
    static const int kinds[] = {MAP_SHARED, MAP_PRIVATE, ANON, ANON_SHARED};
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
        for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
            cut_one(&cuts[i], kinds[kind], true);
            cut_one(&cuts[i], kinds[kind], false);
        }
}

/* A mapping in the middle of a file whose front goes: the offset of what remains must move along.
 */
void unmap_front_moves_offset(void)
{
    int fd = make_file("offset", 16 * PAGE, 1);
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 5 * PAGE);
    for (size_t page = 0; page < 7; page++) {
        CHECK(munmap(at + page * PAGE, PAGE) == 0, "unmap page %zu", page);
        size_t rest = page + 1;
        CHECK(holds(at + rest * PAGE, (8 - rest) * PAGE, (5 + rest) * PAGE, 1), "after %zu", page);
        store(at + rest * PAGE + page, 0xee);
        CHECK(file_byte(fd, (5 + rest) * PAGE + page) == 0xee, "a store after %zu", page);
        store(at + rest * PAGE + page, pattern((5 + rest) * PAGE + page, 1));
    }
    CHECK(file_holds(fd, 16 * PAGE, 0, 1), "the whole file");
}

void unmap_several(void)
{
    int fd = make_file("several", 4 * PAGE, 3);
    uint8_t *at = empty_range(16 * PAGE);
    map_over(at, 4 * PAGE, ANON, -1);
    map_over(at + 4 * PAGE, 4 * PAGE, MAP_SHARED, fd);
    map_over(at + 10 * PAGE, 4 * PAGE, MAP_PRIVATE, fd); /* two pages of gap before it */
    fill(at, 4 * PAGE, 0, 1);
    store(at + 5 * PAGE, 0x77);
    CHECK(munmap(at + 2 * PAGE, 10 * PAGE) == 0, "parts of three, over a gap");
    for (size_t page = 2; page < 12; page++)
        CHECK(!is_readable(at + page * PAGE), "page %zu is gone", page);
    CHECK(holds(at, 2 * PAGE, 0, 1), "the front of the first");
    CHECK(holds(at + 12 * PAGE, 2 * PAGE, 2 * PAGE, 3), "the end of the last");
    CHECK(file_byte(fd, PAGE) == 0x77, "what was stored to the one between");
    CHECK(munmap(at, 16 * PAGE) == 0, "all that is left, with gaps");
    CHECK(!is_readable(at) && !is_readable(at + 13 * PAGE), "nothing is left");
}

/* Unmapping what is not mapped, or no longer, succeeds and does nothing. */
void unmap_nothing(void)
{
    uint8_t *at = empty_range(8 * PAGE);
    CHECK(munmap(at, 8 * PAGE) == 0 && munmap(at + PAGE, PAGE) == 0, "twice, and again in part");
    map_over(at + 4 * PAGE, PAGE, ANON, -1);
    store(at + 4 * PAGE, 9);
    CHECK(munmap(at, 4 * PAGE) == 0 && munmap(at + 5 * PAGE, 3 * PAGE) == 0, "right beside one");
    CHECK(load(at + 4 * PAGE) == 9, "which stays");
    CHECK(munmap(at + 4 * PAGE, PAGE) == 0 && munmap(at + 4 * PAGE, PAGE) == 0, "one page twice");
}

void unmap_untouched(void)
{
    int fd = make_file("untouched", 64 * PAGE, 1);
    for (int round = 0; round < 20; round++) {
        uint8_t *file = map(64 * PAGE, RW, round % 2 ? MAP_SHARED : MAP_PRIVATE, fd, 0);
        uint8_t *memory = map(1024 * PAGE, RW, round % 2 ? ANON_SHARED : ANON, -1, 0);
        if (round % 4 == 3)
            store(file + 31 * PAGE, pattern(31 * PAGE, 1)); /* a single page among untouched ones */
        CHECK(munmap(file, 20 * PAGE) == 0 && munmap(memory, 500 * PAGE) == 0, "the fronts");
        CHECK(munmap(file, 64 * PAGE) == 0 && munmap(memory, 1024 * PAGE) == 0, "the rest");
    }
    CHECK(file_holds(fd, 64 * PAGE, 0, 1), "the file");
}

void unmap_rounds_length(void)
{
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    fill(at, 4 * PAGE, 0, 1);
    CHECK(munmap(at, 1) == 0, "one byte");
    CHECK(!is_readable(at) && !is_readable(at + PAGE - 1), "is one page");
    CHECK(munmap(at + PAGE, PAGE + 1) == 0, "a page and a byte");
    CHECK(!is_readable(at + 2 * PAGE), "are two pages");
    CHECK(holds(at + 3 * PAGE, PAGE, 3 * PAGE, 1), "the one behind stays");
}

/* Stores that would land in a hole kill; the neighbours do not notice. */
void unmapped_is_unmapped(void)
{
    int fd = make_file("hole", 3 * PAGE, 1);
    uint8_t *file = map(3 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *memory = map(3 * PAGE, RW, ANON, -1, 0);
    fill(memory, 3 * PAGE, 0, 1);
    CHECK(load(file + PAGE) == pattern(PAGE, 1), "touched before");
    MUST(munmap(file + PAGE, PAGE) == 0 && munmap(memory + PAGE, PAGE) == 0, "unmap the middle");
    CHECK(load_signal(file + PAGE) == SIGSEGV, "load from a file's hole");
    CHECK(store_signal(file + 2 * PAGE - 1) == SIGSEGV, "store to it");
    CHECK(load_signal(memory + PAGE) == SIGSEGV, "load from a memory's hole");
    CHECK(store_signal(memory + 2 * PAGE - 1) == SIGSEGV, "store to it");
    CHECK(file_holds(fd, 3 * PAGE, 0, 1), "the file");
    CHECK(holds(memory, PAGE, 0, 1) && holds(memory + 2 * PAGE, PAGE, 2 * PAGE, 1), "the memory");
}

/* Every second page of a large mapping, then the others: many splits, in several orders. */
void unmap_every_second(void)
{
    enum { COUNT = 512 };
    int fd = make_file("second", 2 * PAGE, 1);
    uint8_t *at = map(COUNT * PAGE, RW, ANON, -1, 0);
    for (size_t page = 0; page < COUNT; page++)
        store(at + page * PAGE, (uint8_t)(page | 1));
    close(fd);
    for (size_t page = 0; page < COUNT; page += 2)
        CHECK(munmap(at + page * PAGE, PAGE) == 0, "page %zu", page);
    for (size_t page = 0; page < COUNT; page++) {
        uint8_t *here = at + page * PAGE;
        bool there = is_readable(here);
        CHECK(there == (page % 2 == 1) && (!there || load(here) == (uint8_t)(page | 1)),
              "page %zu after half of them went", page);
    }
    for (size_t page = COUNT; page-- > 0;)
        CHECK(munmap(at + page * PAGE, PAGE) == 0, "page %zu the second time", page);
    CHECK(!is_readable(at + PAGE), "nothing is left");
}

/* Random maps and unmaps in a small range, against a model of what each page should hold. */
void unmap_random(void)
{
    enum { COUNT = 48, ROUNDS = 1500 };
    static uint8_t model[COUNT]; /* 0: not mapped */
    uint8_t *at = empty_range(COUNT * PAGE);
    unsigned seed = 12345;
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t first = (size_t)rand_r(&seed) % COUNT;
        size_t count = 1 + (size_t)rand_r(&seed) % min_size(12, COUNT - first);
        uint8_t mark = (uint8_t)(rand_r(&seed) % 3 == 0 ? 0 : 1 + round % 250);
        if (mark == 0)
            MUST(munmap(at + first * PAGE, count * PAGE) == 0, "unmap in round %u", round);
        else
            map_over(at + first * PAGE, count * PAGE, ANON, -1);
        for (size_t page = first; page < first + count; page++) {
            model[page] = mark;
            if (mark != 0)
                store(at + page * PAGE, mark);
        }
        size_t probe = (size_t)rand_r(&seed) % COUNT;
        bool there = is_readable(at + probe * PAGE);
        MUST(there == (model[probe] != 0), "page %zu in round %u", probe, round);
        MUST(!there || load(at + probe * PAGE) == model[probe], "byte of %zu in %u", probe, round);
    }
    check_audit();
}
