/* mremap's errors, one cause a row. */
#include "tests.h"

#define MOVE  MREMAP_MAYMOVE
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)
#define KEEP  (MREMAP_MAYMOVE | MREMAP_DONTUNMAP)
#define FAR   (64 * PAGE) /* from the field's start: nothing is there */

struct remap_row {
    const char *what;
    uintptr_t at; /* below FIELD_SIZE: counted from the start of the field */
    size_t length, new_length;
    int flags;
    uintptr_t to; /* up to FAR: counted from there */
    int error;    /* 0: it succeeds */
};

static const struct remap_row rows[] = {
    {"nothing wrong", FIELD_ANON, PAGE, 2 * PAGE, MOVE, 0, 0},
    {"nothing wrong, fixed", FIELD_ANON, PAGE, 2 * PAGE, FIXED, FAR, 0},
    {"EINVAL: not aligned", FIELD_ANON + 1, PAGE, 2 * PAGE, MOVE, 0, EINVAL},
    {"EINVAL: an unknown flag", FIELD_ANON, PAGE, 2 * PAGE, MOVE | 8, 0, EINVAL},
    {"EINVAL: an unknown flag, alone", FIELD_ANON, PAGE, PAGE, 0x100, 0, EINVAL},
    {"EINVAL: no new length", FIELD_ANON, PAGE, 0, MOVE, 0, EINVAL},
    {"EINVAL: no lengths at all", FIELD_ANON, 0, 0, MOVE, 0, EINVAL},
    {"EINVAL: no new length where nothing is", FIELD_GAP, PAGE, 0, MOVE, 0, EINVAL},
    {"EINVAL: a new length that wraps", FIELD_ANON, PAGE, ~0UL - 100, MOVE, 0, EINVAL},
    {"EINVAL: fixed, but not movable", FIELD_ANON, PAGE, PAGE, MREMAP_FIXED, FAR, EINVAL},
    {"EINVAL: fixed, not aligned", FIELD_ANON, PAGE, PAGE, FIXED, FAR - 1, EINVAL},
    {"EINVAL: fixed in the kernel", FIELD_ANON, PAGE, PAGE, FIXED, KERNEL, EINVAL},
    {"EINVAL: fixed in the last page of all", FIELD_ANON, PAGE, PAGE, FIXED, LAST_PAGE, EINVAL},
    {"EINVAL: fixed, too long", FIELD_ANON, PAGE, 1UL << 62, FIXED, FAR, EINVAL},
    {"EINVAL: fixed onto itself", FIELD_ANON, PAGE, PAGE, FIXED, FIELD_ANON, EINVAL},
    {"EINVAL: fixed onto its end", FIELD_ANON, 2 * PAGE, 2 * PAGE, FIXED, FIELD_ANON + PAGE,
     EINVAL},
    {"EINVAL: grows onto its start", FIELD_SHARED, 2 * PAGE, 3 * PAGE, FIXED, FIELD_GAP, EINVAL},
    {"fixed right behind it", FIELD_ANON, PAGE, PAGE, FIXED, FIELD_ANON + PAGE, 0},
    {"EINVAL: kept, but not movable", FIELD_ANON, PAGE, PAGE, MREMAP_DONTUNMAP, 0, EINVAL},
    {"EINVAL: kept, and larger", FIELD_ANON, PAGE, 2 * PAGE, KEEP, 0, EINVAL},
    {"EINVAL: kept, and smaller", FIELD_ANON, 2 * PAGE, PAGE, KEEP, 0, EINVAL},
    {"EINVAL: a second mapping of private memory", FIELD_ANON, 0, PAGE, MOVE, 0, EINVAL},
    {"EINVAL: of a private file", FIELD_PRIVATE, 0, PAGE, MOVE, 0, EINVAL},
    {"a second mapping of a shared file", FIELD_SHARED, 0, PAGE, MOVE, 0, 0},
    {"ENOMEM: a second mapping in place", FIELD_SHARED, 0, PAGE, 0, 0, ENOMEM},
    {"EFAULT: not mapped", FIELD_GAP, PAGE, 2 * PAGE, MOVE, 0, EFAULT},
    {"EFAULT: not mapped, smaller", FIELD_GAP, 2 * PAGE, PAGE, MOVE, 0, EFAULT},
    {"EFAULT: not mapped, fixed", FIELD_GAP, PAGE, PAGE, FIXED, FAR, EFAULT},
    {"EFAULT: a gap in the range", FIELD_ANON, 3 * PAGE, 4 * PAGE, MOVE, 0, EFAULT},
    {"EFAULT: two mappings", FIELD_SHARED, 4 * PAGE, 5 * PAGE, MOVE, 0, EFAULT},
    {"EFAULT: two mappings, fixed", FIELD_SHARED, 4 * PAGE, 5 * PAGE, FIXED, FAR, EFAULT},
    {"EFAULT: the kernel's memory", KERNEL, PAGE, 2 * PAGE, MOVE, 0, EFAULT},
    {"EFAULT: the last page of all", LAST_PAGE, PAGE, 2 * PAGE, MOVE, 0, EFAULT},
    {"ENOMEM: no room in place", FIELD_SHARED, 2 * PAGE, 3 * PAGE, 0, 0, ENOMEM},
    {"ENOMEM: the middle in place", FIELD_SHARED, PAGE, 2 * PAGE, 0, 0, ENOMEM},
    {"a readable file grows", FIELD_READ_ONLY, 2 * PAGE, 3 * PAGE, MOVE, 0, 0},
    {"what has no access grows", FIELD_NONE, 2 * PAGE, 3 * PAGE, 0, 0, 0},
};

static void *resolve(uint8_t *field, uintptr_t at)
{
    return at <= FAR ? field + at : (uint8_t *)at;
}

static uint8_t *field;

static void child_checks_row(void *argument)
{
    const struct remap_row *row = argument;
    errno = 0;
    void *got = mremap(resolve(field, row->at), row->length, row->new_length, row->flags,
                       resolve(field, row->to));
    if (row->error == 0)
        CHECK(got != MAP_FAILED, "%s", row->what);
    else
        CHECK(got == MAP_FAILED && errno == row->error, "%s: %p, expected %s", row->what, got,
              strerror(row->error));
}

void remap_errors(void)
{
    NEEDS_MREMAP();
    NOT_UNDER_QEMU_USER("it has errors of its own");
    int fd = make_file("remap", 2 * PAGE, 1), readable = open("remap", O_RDONLY);
    field = empty_range(2 * FAR);
    field_lay_out(field, fd, readable);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        CHECK(finish(start(child_checks_row, (void *)&rows[i])), "%s", rows[i].what);
    CHECK(file_holds(fd, 2 * PAGE, 0, 1), "the file does not notice");
}

/* Nearly all addresses that a program has: no error by itself, but there is no room. */
#ifdef __riscv
#define MOST (((size_t)1 << 38) - PAGE)
#else
#define MOST (((size_t)1 << 47) - 2 * PAGE)
#endif

/* A refusal leaves all as it was. */
void remap_fails_and_keeps(void)
{
    NEEDS_MREMAP();
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    map_over(at + 4 * PAGE, 2 * PAGE, ANON_SHARED, -1);
    fill(at, 2 * PAGE, 0, 1);
    fill(at + 4 * PAGE, 2 * PAGE, 0, 2);
    CHECK(mremap(at, 2 * PAGE, MOST, MOVE) == MAP_FAILED && errno == ENOMEM, "no room anywhere");
    CHECK(mremap(at, 3 * PAGE, 4 * PAGE, MOVE, at + 4 * PAGE) == MAP_FAILED && errno == EFAULT,
          "a gap");
    CHECK(mremap(at, 2 * PAGE, 3 * PAGE, FIXED, at + PAGE) == MAP_FAILED && errno == EINVAL,
          "onto itself");
    CHECK(mremap(at + 4 * PAGE, 2 * PAGE, 3 * PAGE, FIXED | 16, at) == MAP_FAILED, "bad flags");
    CHECK(holds(at, 2 * PAGE, 0, 1) && holds(at + 4 * PAGE, 2 * PAGE, 0, 2), "all is kept");
    CHECK(!is_readable(at + 2 * PAGE) && !is_readable(at + 6 * PAGE), "and nothing is new");
}
