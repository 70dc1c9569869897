/* Where mappings go: MAP_FIXED, hints, and what the kernel chooses. */
#include "tests.h"

void fixed_over_nothing(void)
{
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at + 2 * PAGE, 3 * PAGE, ANON, -1);
    fill(at + 2 * PAGE, 3 * PAGE, 0, 1);
    CHECK(!is_readable(at + 2 * PAGE - 1) && !is_readable(at + 5 * PAGE), "nothing beside it");
    CHECK(holds(at + 2 * PAGE, 3 * PAGE, 0, 1), "what is there");
}

void fixed_over_part(void)
{
    int fd = make_file("part", 4 * PAGE, 9);
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    fill(at, 8 * PAGE, 0, 1);
    map_over(at + 3 * PAGE, 2 * PAGE, MAP_PRIVATE, fd);
    CHECK(holds(at, 3 * PAGE, 0, 1), "below");
    CHECK(holds(at + 3 * PAGE, 2 * PAGE, 0, 9), "the new mapping");
    CHECK(holds(at + 5 * PAGE, 3 * PAGE, 5 * PAGE, 1), "above");
    map_over(at, PAGE, ANON, -1);
    map_over(at + 7 * PAGE, PAGE, ANON, -1);
    CHECK(is_zero(at, PAGE) && is_zero(at + 7 * PAGE, PAGE), "over the first and the last page");
    CHECK(holds(at + PAGE, 2 * PAGE, PAGE, 1) && holds(at + 5 * PAGE, 2 * PAGE, 5 * PAGE, 1),
          "what is left of the old one");
    CHECK(file_holds(fd, 4 * PAGE, 0, 9), "the file is as it was");
}

/* DEFECTS 43: parts of the first and last mapping stay, all between goes, gaps and all. */
void fixed_over_several(void)
{
    int one = make_file("one", 4 * PAGE, 1), two = make_file("two", 4 * PAGE, 2);
    uint8_t *at = empty_range(16 * PAGE);
    map_over(at, 4 * PAGE, MAP_SHARED, one);
    map_over(at + 4 * PAGE, 2 * PAGE, ANON, -1);
    map_over(at + 8 * PAGE, PAGE, ANON_SHARED, -1);
    map_over(at + 12 * PAGE, 4 * PAGE, MAP_PRIVATE, two);
    fill(at, 4 * PAGE, 0, 5);
    fill(at + 4 * PAGE, 2 * PAGE, 0, 6);
    fill(at + 12 * PAGE, 4 * PAGE, 0, 7);
    map_over(at + 2 * PAGE, 12 * PAGE, ANON, -1);
    CHECK(is_zero(at + 2 * PAGE, 12 * PAGE), "the new mapping is all zero");
    CHECK(holds(at, 2 * PAGE, 0, 5), "the front of the first one");
    CHECK(holds(at + 14 * PAGE, 2 * PAGE, 2 * PAGE, 7), "the end of the last one");
    CHECK(file_holds(one, 4 * PAGE, 0, 5), "the replaced shared pages reached the file");
    CHECK(file_holds(two, 4 * PAGE, 0, 2), "the private ones did not");
    fill(at + 2 * PAGE, 12 * PAGE, 0, 8);
    fill(at, 2 * PAGE, 0, 10);
    CHECK(file_holds(one, 2 * PAGE, 0, 10) && file_holds(one, 2 * PAGE, 2 * PAGE, 5),
          "only the front is still the file");
}

struct refusal {
    const char *what;
    size_t offset, length; /* of the request, in the mapping */
    int prot, flags, fd, error;
};

/* DEFECTS 43: a request that fails leaves what was there. */
void fixed_fails_and_keeps(void)
{
    int fd = make_file("keep", 8 * PAGE, 1), readable = open("keep", O_RDONLY);
    int writable = open("keep", O_WRONLY), ends[2], folder = open(".", O_RDONLY);
    CHECK(pipe(ends) == 0 && folder >= 0, "pipe and folder");
    const struct refusal refusals[] = {
        {"no such descriptor", 0, PAGE, RW, MAP_SHARED, 999, EBADF},
        {"no descriptor", PAGE, PAGE, RW, MAP_PRIVATE, -1, EBADF},
        {"not aligned", 1, PAGE, RW, ANON, -1, EINVAL},
        {"no length", PAGE, 0, RW, ANON, -1, EINVAL},
        {"neither shared nor private", PAGE, PAGE, RW, 0, fd, EINVAL},
        {"a file that cannot be written", PAGE, 2 * PAGE, RW, MAP_SHARED, readable, EACCES},
        {"a file that cannot be read", PAGE, PAGE, PROT_READ, MAP_SHARED, writable, EACCES},
        {"a pipe", 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE, ends[0], ENODEV},
        {"a folder", 2 * PAGE, PAGE, PROT_READ, MAP_PRIVATE, folder, ENODEV},
        {"too long", 0, ~(size_t)0 - 16 * PAGE, RW, ANON, -1, ENOMEM},
        {"longer than user space", 0, (size_t)1 << 62, RW, ANON, -1, ENOMEM},
    };
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    fill(at, 4 * PAGE, 0, 2);
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        const struct refusal *r = &refusals[i];
        void *got = mmap(at + r->offset, r->length, r->prot, r->flags | MAP_FIXED, r->fd, 0);
        CHECK(got == MAP_FAILED && errno == r->error, "%s: %p", r->what, got);
        CHECK(holds(at, 4 * PAGE, 0, 2) && holds(at + 4 * PAGE, 4 * PAGE, 4 * PAGE, 1),
              "%s: what was there stays", r->what);
        fill(at, 4 * PAGE, 0, 2);
    }
    CHECK(file_holds(fd, 4 * PAGE, 0, 2), "and it is still the file");
}

void fixed_without_replacing(void)
{
    int flags = ANON | MAP_FIXED_NOREPLACE;
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at + 2 * PAGE, 2 * PAGE, ANON, -1);
    fill(at + 2 * PAGE, 2 * PAGE, 0, 1);
    for (int first = 1; first < 4; first++) {
        void *got = mmap(at + (size_t)first * PAGE, 2 * PAGE, RW, flags, -1, 0);
        CHECK(got == MAP_FAILED && errno == EEXIST, "over page %d: %p", first, got);
    }
    CHECK(holds(at + 2 * PAGE, 2 * PAGE, 0, 1), "what was there stays");
    CHECK(mmap(at, 2 * PAGE, RW, flags, -1, 0) == at, "right below");
    CHECK(mmap(at + 4 * PAGE, PAGE, RW, flags, -1, 0) == at + 4 * PAGE, "right above");
}

void hints(void)
{
    uint8_t *at = empty_range(16 * PAGE), *got;
    got = mmap(at, PAGE, RW, ANON, -1, 0);
    CHECK(got == at, "a free place is taken: %p for %p", got, at);
    got = mmap(at + 4 * PAGE + 123, PAGE, RW, ANON, -1, 0);
    CHECK(got == at + 4 * PAGE, "after rounding it down: %p", got);
    store(at, 1);
    got = mmap(at, 2 * PAGE, RW, ANON, -1, 0);
    CHECK(got != MAP_FAILED && got != at && load(at) == 1, "a taken place stays: %p", got);
    CHECK((uintptr_t)got % PAGE == 0 && is_zero(got, 2 * PAGE), "another one is found");
    got = mmap((void *)(uintptr_t)0xffffffc080200000, PAGE, RW, ANON, -1, 0);
    CHECK(got != MAP_FAILED && is_zero(got, PAGE), "a wish for the kernel's memory is passed over");
    got = mmap((void *)~(uintptr_t)0, PAGE, RW, ANON, -1, 0);
    CHECK(got != MAP_FAILED && is_zero(got, PAGE), "and one for the last byte");
}

struct range {
    uint8_t *start;
    size_t length;
};

static bool overlap(const struct range *a, const struct range *b)
{
    return a->length != 0 && b->length != 0 && a->start < b->start + b->length &&
           b->start < a->start + a->length;
}

/* What the kernel chooses is nobody else's: not another mapping, the heap, the stack, the program.
 */
void chosen_places_are_apart(void)
{
    enum { COUNT = 64 };
    static uint8_t bss[PAGE];
    uint8_t local;
    uint8_t *heap = malloc(100);
    struct range ranges[COUNT + 4] = {
        {&local, 1}, {heap, 100}, {bss, PAGE}, {(uint8_t *)(uintptr_t)chosen_places_are_apart, 1}};
    for (unsigned i = 4; i < COUNT + 4; i++) {
        ranges[i].length = (i * 7 % 13 + 1) * PAGE;
        ranges[i].start = map(ranges[i].length, RW, ANON, -1, 0);
        memset(ranges[i].start, (int)i, ranges[i].length);
        for (unsigned j = 0; j < i; j++)
            CHECK(!overlap(&ranges[i], &ranges[j]), "mapping %u and range %u", i, j);
        if (i % 5 == 4 && i > 4 && munmap(ranges[i - 2].start, ranges[i - 2].length) == 0)
            ranges[i - 2].length = 0;
    }
    for (unsigned i = 4; i < COUNT + 4; i++)
        CHECK(holds_only(ranges[i].start, ranges[i].length, (uint8_t)i), "contents of %u", i);
    free(heap);
}
