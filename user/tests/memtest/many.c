/* Neighbours that become one mapping, and as many mappings as a process may have. */
#include "tests.h"

void merge_neighbours(void)
{
    NEEDS_MREMAP();
    uint8_t *at = empty_range(16 * PAGE);
    map_over(at, PAGE, ANON, -1);
    map_over(at + PAGE, PAGE, ANON, -1);
    CHECK(is_one_mapping(at, 2 * PAGE), "one behind the other");
    map_over(at + 3 * PAGE, PAGE, ANON, -1);
    CHECK(!is_one_mapping(at, 4 * PAGE), "not over a gap");
    map_over(at + 2 * PAGE, PAGE, ANON, -1);
    CHECK(is_one_mapping(at, 4 * PAGE), "what fills the gap joins both");
    CHECK(mprotect(at + PAGE, PAGE, PROT_READ) == 0 && !is_one_mapping(at, 2 * PAGE), "split");
    CHECK(is_one_mapping(at + 2 * PAGE, 2 * PAGE), "the end is still one");
    CHECK(mprotect(at + 2 * PAGE, PAGE, PROT_READ) == 0 && is_one_mapping(at + PAGE, 2 * PAGE),
          "with its neighbour");
    CHECK(mprotect(at + PAGE, 2 * PAGE, RW) == 0 && is_one_mapping(at, 4 * PAGE), "all again");
    CHECK(munmap(at + PAGE, PAGE) == 0 && !is_one_mapping(at, 4 * PAGE), "a hole");
    map_over(at + PAGE, PAGE, ANON, -1);
    CHECK(is_one_mapping(at, 4 * PAGE), "filled again");
    MUST(mmap(at + 4 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == at + 4 * PAGE, "map");
    CHECK(!is_one_mapping(at, 5 * PAGE), "not with another protection");
    map_over(at + 5 * PAGE, PAGE, ANON_SHARED, -1);
    map_over(at + 6 * PAGE, PAGE, ANON_SHARED, -1);
    CHECK(!is_one_mapping(at + 5 * PAGE, 2 * PAGE), "nor shared memories");
    check_audit();
}

void merge_files(void)
{
    NEEDS_MREMAP();
    static const int types[] = {MAP_SHARED, MAP_PRIVATE};
    int fd = make_file("merge", 8 * PAGE, 1), other = make_file("other", 8 * PAGE, 2);
    for (int i = 0; i < 2; i++) {
        int flags = types[i] | MAP_FIXED;
        uint8_t *at = empty_range(16 * PAGE);
        for (size_t page = 0; page < 4; page++)
            MUST(mmap(at + page * PAGE, PAGE, RW, flags, fd, (off_t)(page * PAGE)) != MAP_FAILED,
                 "map page %zu", page);
        CHECK(is_one_mapping(at, 4 * PAGE), "each the next page of the file");
        CHECK(holds(at, 4 * PAGE, 0, 1), "the contents");
        map_over(at + 4 * PAGE, PAGE, types[i], fd);
        CHECK(!is_one_mapping(at, 5 * PAGE), "not the first page again");
        MUST(mmap(at + 4 * PAGE, PAGE, RW, flags, other, 4 * PAGE) != MAP_FAILED, "another file");
        CHECK(!is_one_mapping(at, 5 * PAGE), "nor another file");
        CHECK(mprotect(at + PAGE, PAGE, PROT_NONE) == 0 && !is_one_mapping(at, 4 * PAGE), "split");
        CHECK(mprotect(at + PAGE, PAGE, RW) == 0 && is_one_mapping(at, 4 * PAGE), "and joined");
        CHECK(holds(at, 4 * PAGE, 0, 1), "the contents are the same");
    }
    check_audit();
}

/* --- As many as there may be --- */

#define MANY 140000 /* pages, each second of which is to become a mapping of its own */

/* Splits page by page until that is refused; returns how many pages were changed. */
static size_t protect_until_refused(uint8_t *at)
{
    for (size_t page = 1; page < MANY; page += 2)
        if (mprotect(at + page * PAGE, PAGE, PROT_READ) != 0)
            return page / 2;
    return MANY / 2;
}

void many_by_protection(void)
{
    NEEDS_MPROTECT();
    NOT_UNDER_QEMU_USER("it needs many mappings itself");
    uint8_t *at = map(MANY * PAGE, RW, ANON | MAP_NORESERVE, -1, 0);
    store(at, 1);
    size_t count = protect_until_refused(at);
    MUST(count < MANY / 2, "there is no limit");
    CHECK(errno == ENOMEM && count > 1000, "ENOMEM after %zu", count);
    uint8_t *next = at + (2 * count + 1) * PAGE;
    CHECK(mprotect(next, PAGE, PROT_NONE) == -1 && errno == ENOMEM, "once more");
    store(next, 2);
    CHECK(load(next) == 2, "what could not be split is as it was");
    uint8_t *middle = next + 10 * PAGE; /* of what is not split yet */
    CHECK(munmap(middle, PAGE) == -1 && errno == ENOMEM, "nor can it be split by munmap");
    if (madvise(middle, PAGE, MADV_RANDOM) == -1 && errno != ENOSYS)
        CHECK(errno == ENOMEM || errno == EAGAIN, "nor by advice");
    CHECK(mprotect(at + PAGE, PAGE, RW) == 0, "joining is possible");
    CHECK(mprotect(next, PAGE, PROT_READ) == 0, "and makes room");
    CHECK(mprotect(at, MANY * PAGE, RW) == 0, "all at once");
    CHECK(load(at) == 1 && load(next) == 2, "the contents");
    NEEDS_MREMAP();
    CHECK(is_one_mapping(at, MANY * PAGE), "one mapping again");
    check_audit();
}

/* What the counter of instructions says, and in *step how far it is from one to the next. */
static uint64_t instructions_now(uint64_t *step)
{
    uint64_t count = 0, next = 0;
#ifdef __riscv
    __asm__ volatile("csrr %0, instret\n csrr %1, instret" : "=r"(count), "=r"(next));
#endif
    *step = next - count;
    return count;
}

/* Emulated without counting it goes by time, and the steps differ. */
static bool counts_instructions(void)
{
    uint64_t first, step;
    instructions_now(&first);
    for (int i = 0; i < 20; i++) {
        instructions_now(&step);
        if (step != first)
            return false;
    }
    return first != 0;
}

/* What 500 changes cost that each make two mappings more. */
static uint64_t split_some(uint8_t *at, size_t first)
{
    uint64_t step, before = instructions_now(&step);
    for (size_t page = first; page < first + 1000; page += 2)
        CHECK(mprotect(at + (page + 1) * PAGE, PAGE, PROT_READ) == 0, "split page %zu", page);
    return instructions_now(&step) - before;
}

/* The 10,000th mapping costs at most twice what the first ones do. */
void many_cost_no_more(void)
{
    NEEDS_MPROTECT();
    if (!counts_instructions())
        SKIP("instructions are not counted here; with ICOUNT they are");
    uint8_t *at = map(30000 * PAGE, RW, ANON | MAP_NORESERVE, -1, 0);
    split_some(at, 0); /* so that all of it has run once */
    uint64_t first = split_some(at, 1000), last = 0;
    for (size_t page = 2000; page < 29000; page += 1000)
        last = split_some(at, page);
    CHECK(last <= 2 * first, "%lu instructions, then %lu", (unsigned long)first,
          (unsigned long)last);
}
