/* mincore: which pages are there, and its errors. */
#include "tests.h"

#define NPAGES 16

/* How many of the pages are there; -1 for an error. */
static int count_resident(void *at, size_t pages)
{
    unsigned char resident[NPAGES];
    int count = 0;
    memset(resident, 0xfe, sizeof(resident));
    if (!CHECK(mincore(at, pages * PAGE, resident) == 0, "mincore of %zu pages", pages))
        return -1;
    for (size_t page = 0; page < pages; page++)
        count += resident[page] & 1;
    CHECK(pages == NPAGES || resident[pages] == 0xfe, "no byte more than there are pages");
    return count;
}

void resident_memory(void)
{
    NEEDS_MINCORE();
    NOT_UNDER_QEMU_USER("it does not look at what has no access");
    uint8_t *at = map(NPAGES * PAGE, RW, ANON, -1, 0);
    CHECK(count_resident(at, NPAGES) == 0, "untouched");
    store(at + 3 * PAGE, 1);
    load(at + 5 * PAGE);
    CHECK(count_resident(at, NPAGES) == 2, "one is stored to, one is read");
    unsigned char resident[NPAGES] = {0};
    CHECK(mincore(at, NPAGES * PAGE, resident) == 0 && (resident[3] & 1) && (resident[5] & 1),
          "those two");
    CHECK(mprotect(at, NPAGES * PAGE, PROT_NONE) == 0, "take access away");
    CHECK(count_resident(at + 3 * PAGE, 1) == 1, "what is kept is there");
    CHECK(madvise(at, NPAGES * PAGE, MADV_DONTNEED) == 0 && count_resident(at, NPAGES) == 0,
          "what is thrown away is not");
    CHECK(mincore(at, PAGE + 1, resident) == 0, "a length is rounded up");
}

/* Of a file what is cached counts, mapped or not. */
void resident_files(void)
{
    NEEDS_MINCORE();
    int fd = make_file("resident", NPAGES * PAGE, 1);
    uint8_t *shared = map(NPAGES * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(NPAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(count_resident(shared, NPAGES) == NPAGES, "what was just written is cached");
    CHECK(count_resident(private, NPAGES) == NPAGES, "for private mappings too");
    store(private, 1);
    CHECK(count_resident(private, NPAGES) == NPAGES, "its own page is there as well");
    uint8_t *memory = map(NPAGES * PAGE, RW, ANON_SHARED, -1, 0);
    CHECK(count_resident(memory, NPAGES) == 0, "untouched shared memory");
    store(memory, 1);
    CHECK(count_resident(memory, NPAGES) == 1, "touched");
}

static void child_touches(void *at)
{
    store((uint8_t *)at + PAGE, 1);
    CHECK(count_resident(at, NPAGES) == 2, "the child's page and the parent's");
}

void resident_over_fork(void)
{
    NEEDS_MINCORE();
    uint8_t *memory = map(NPAGES * PAGE, RW, ANON, -1, 0);
    uint8_t *shared = map(NPAGES * PAGE, RW, ANON_SHARED, -1, 0);
    store(memory, 1);
    store(shared, 1);
    CHECK(finish(start(child_touches, memory)) && finish(start(child_touches, shared)), "child");
    CHECK(count_resident(memory, NPAGES) == 1, "its own memory is not ours");
    CHECK(count_resident(shared, NPAGES) == 2, "shared memory is");
}

static unsigned char vector[NPAGES + 1];

static int call(void *at, size_t length, int where)
{
    static uint8_t *readable;
    if (readable == NULL)
        readable = map(PAGE, PROT_READ, ANON, -1, 0);
    unsigned char *to = where == 0 ? vector : where == 1 ? (unsigned char *)8 : readable;
    return mincore(at, length, where == 3 ? (unsigned char *)KERNEL : to);
}

/* The argument: 0 a good vector, 1 none, 2 one that is read-only, 3 one in the kernel. */
static const struct row rows[] = {
    {"nothing wrong", FIELD_ANON, 2 * PAGE, 0, 0},
    {"all kinds", FIELD_SHARED, 8 * PAGE, 0, 0},
    {"no length", FIELD_ANON, 0, 0, 0},
    {"no length where nothing is", FIELD_GAP, 0, 0, 0},
    {"EINVAL: not aligned", FIELD_ANON + 1, PAGE, 0, EINVAL},
    {"EINVAL: not aligned, no length", FIELD_ANON + 8, 0, 0, EINVAL},
    {"EFAULT: no vector", FIELD_ANON, PAGE, 1, EFAULT},
    {"EFAULT: a read-only vector", FIELD_ANON, PAGE, 2, EFAULT},
    {"EFAULT: a vector in the kernel", FIELD_ANON, PAGE, 3, EFAULT},
    {"ENOMEM: not mapped", FIELD_GAP, PAGE, 0, ENOMEM},
    {"ENOMEM: partly mapped", FIELD_ANON, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: mapped later on", FIELD_GAP, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: a gap inside", FIELD_ANON, 6 * PAGE, 0, ENOMEM},
    {"ENOMEM: past the end", FIELD_NONE, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: the kernel's memory", KERNEL, PAGE, 0, ENOMEM},
    {"ENOMEM: a range that wraps", LAST_PAGE, 3 * PAGE, 0, ENOMEM},
    {"ENOMEM: a negative length", FIELD_ANON, -PAGE, 0, ENOMEM},
};

void resident_errors(void)
{
    NEEDS_MINCORE();
    NOT_UNDER_QEMU_USER("it looks at the vector first");
    CHECK_ROWS(rows, call);
}
