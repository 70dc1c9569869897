/* The rarer flags of mmap, and /dev/zero. */
#include "tests.h"

#define MIB ((size_t)1 << 20)

/* --- MAP_POPULATE --- */

static bool are_resident(void *at, size_t pages)
{
    unsigned char resident[16] = {0};
    bool all = mincore(at, pages * PAGE, resident) == 0;
    for (size_t page = 0; page < pages; page++)
        all &= resident[page] & 1;
    return all;
}

void populate(void)
{
    NOT_UNDER_QEMU_USER("it brings nothing in");
    NEEDS_MINCORE();
    int fd = make_file("populate", 8 * PAGE, 1), flags = MAP_PRIVATE | MAP_POPULATE;
    uint8_t *memory = map(8 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
    CHECK(are_resident(memory, 8), "memory is there at once");
    if (test_on_quire())
        check_faults(memory, 8, true, FAULT_ZERO_FILL, 0);
    else
        CHECK(is_zero(memory, 8 * PAGE), "and is zero");
    uint8_t *shared = map(8 * PAGE, RW, MAP_SHARED | MAP_POPULATE, fd, 0);
    uint8_t *readable = map(8 * PAGE, PROT_READ, flags, fd, 0);
    uint8_t *own = map(8 * PAGE, RW, flags, fd, 0);
    if (test_on_quire()) {
        check_faults(shared, 8, false, FAULT_CACHE_HIT, 0);
        check_faults(readable, 8, false, FAULT_CACHE_HIT, 0);
        check_faults(own, 4, false, FAULT_CACHE_HIT, 0);
    }
    CHECK(holds(shared, 8 * PAGE, 0, 1) && holds(own, 8 * PAGE, 0, 1), "the file");
    write_pattern(fd, 8 * PAGE, 2);
    CHECK(holds(shared, 8 * PAGE, 0, 2) && holds(readable, 8 * PAGE, 0, 2), "is what it was");
    CHECK(!holds(map(16 * PAGE, RW, flags, fd, 0), PAGE, 0, 1), "a file that ends is no error");
    CHECK(map(4 * PAGE, PROT_NONE, ANON | MAP_POPULATE, -1, 0) != NULL, "nor is no access");
    uint8_t *late = map(8 * PAGE, RW, ANON | MAP_POPULATE | MAP_NONBLOCK, -1, 0);
    CHECK(!are_resident(late, 1), "with MAP_NONBLOCK it does nothing");
    uint8_t *fixed = mmap(memory + 2 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED | MAP_POPULATE, -1, 0);
    CHECK(fixed == memory + 2 * PAGE && are_resident(memory, 8), "in the place of another");
    check_audit();
}

/* --- MAP_FIXED_NOREPLACE, MAP_SHARED_VALIDATE --- */

void no_replacing(void)
{
    NOT_UNDER_QEMU_USER("it does not know MAP_FIXED_NOREPLACE");
    int fd = make_file("replace", 4 * PAGE, 1);
    int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE;
    uint8_t *at = empty_range(16 * PAGE);
    map_over(at + 4 * PAGE, 4 * PAGE, MAP_SHARED, fd);
    static const size_t bad[][2] = {{4, 1}, {7, 1}, {3, 2}, {7, 2}, {0, 16}, {5, 2}};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        void *got = mmap(at + bad[i][0] * PAGE, bad[i][1] * PAGE, RW, flags, fd, 0);
        CHECK(got == MAP_FAILED && errno == EEXIST, "EEXIST: page %zu", bad[i][0]);
        got = mmap(at + bad[i][0] * PAGE, bad[i][1] * PAGE, RW, flags | MAP_FIXED, fd, 0);
        CHECK(got == MAP_FAILED && errno == EEXIST, "even with MAP_FIXED");
    }
    CHECK(mmap(at + 1, PAGE, RW, flags, fd, 0) == MAP_FAILED && errno == EINVAL, "not aligned");
    CHECK(mmap((void *)KERNEL, PAGE, RW, flags, fd, 0) == MAP_FAILED && errno == ENOMEM, "kernel");
    CHECK(mmap(at, 4 * PAGE, RW, flags, fd, 0) == at, "up to the mapping");
    CHECK(mmap(at + 8 * PAGE, PAGE, RW, flags, fd, 0) == at + 8 * PAGE, "behind it");
    CHECK(holds(at + 4 * PAGE, 4 * PAGE, 0, 1), "it is as it was");
}

struct validate_row {
    const char *what;
    int prot, flags;
    int error;
};

static const struct validate_row validate_rows[] = {
    {"nothing wrong", RW, 0, 0},
    {"flags that are known", RW, MAP_POPULATE | MAP_NORESERVE | MAP_STACK, 0},
    {"more of them", RW, MAP_DENYWRITE | MAP_EXECUTABLE | MAP_NONBLOCK, 0},
    {"EOPNOTSUPP: an unknown flag", RW, 1 << 25, EOPNOTSUPP},
    {"EOPNOTSUPP: another", RW, 1 << 22, EOPNOTSUPP},
    {"EOPNOTSUPP: one among known ones", RW, MAP_POPULATE | 1 << 24, EOPNOTSUPP},
    {"EOPNOTSUPP: MAP_SYNC of a plain file", RW, MAP_SYNC, EOPNOTSUPP},
    {"EINVAL: without a file", RW, MAP_ANONYMOUS, EINVAL},
    {"EINVAL: to grow down", RW, MAP_GROWSDOWN, EINVAL},
};

void validated(void)
{
    NOT_UNDER_QEMU_USER("it does not know MAP_SHARED_VALIDATE");
    int fd = make_file("validated", PAGE, 1), readable = open("validated", O_RDONLY);
    for (size_t i = 0; i < sizeof(validate_rows) / sizeof(validate_rows[0]); i++) {
        const struct validate_row *row = &validate_rows[i];
        void *at = mmap(NULL, PAGE, row->prot, MAP_SHARED_VALIDATE | row->flags, fd, 0);
        CHECK(row->error == 0 ? at != MAP_FAILED : at == MAP_FAILED && errno == row->error,
              "%s, expected %s", row->what, strerror(row->error));
    }
    int flags = MAP_SHARED_VALIDATE;
    uint8_t *at = map(PAGE, RW, flags, fd, 0);
    store(at, 9);
    CHECK(file_byte(fd, 0) == 9, "it is MAP_SHARED");
    CHECK(mmap(NULL, PAGE, RW, flags, readable, 0) == MAP_FAILED && errno == EACCES, "EACCES");
    CHECK(mmap(NULL, PAGE, RW, flags | 1 << 25, 999, 0) == MAP_FAILED && errno == EBADF, "EBADF");
    at = mmap(NULL, PAGE, RW, MAP_SHARED | 1 << 25, fd, 0);
    CHECK(at != MAP_FAILED && load(at) == 9, "without validation an unknown flag is no error");
}

/* --- Memory that grows, or may never be used --- */

void reserve_nothing(void)
{
    size_t length = (size_t)16 << 30;
    uint8_t *at = map(length, RW, ANON | MAP_NORESERVE, -1, 0);
    store(at + length - 1, 1);
    store(at + length / 2, 2);
    CHECK(load(at + length - 1) == 1 && load(at + length / 2) == 2 && load(at) == 0, "touched");
    CHECK(munmap(at, length) == 0, "unmap");
    at = map(length, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
    CHECK(mprotect(at + length / 2, PAGE, RW) == 0, "a page of it is made usable");
    store(at + length / 2, 3);
    CHECK(load(at + length / 2) == 3 && !is_readable(at), "the rest is not");
    uint8_t *stack = map(64 * PAGE, RW, ANON | MAP_STACK, -1, 0);
    CHECK(is_zero(stack, 64 * PAGE), "MAP_STACK is plain memory");
}

void grows_down(void)
{
    NOT_UNDER_QEMU_USER("it takes no notice of what the host's kernel maps");
    uint8_t *at = empty_range(32 * MIB) + 16 * MIB;
    int flags = ANON | MAP_FIXED | MAP_GROWSDOWN, fd = make_file("down", PAGE, 1);
    MUST(mmap(at, 2 * PAGE, RW, flags, -1, 0) == at, "map two pages that grow down");
    store(at + PAGE, 1);
    store(at - 1, 2);
    CHECK(load(at - 1) == 2 && load(at - PAGE) == 0, "a page below");
    store(at - 20 * PAGE, 3);
    CHECK(is_zero(at - 19 * PAGE, 18 * PAGE) && load(at - 20 * PAGE) == 3, "many at once");
    CHECK(load(at + PAGE) == 1, "what was there");
    ssize_t n = pread(fd, at - 30 * PAGE, PAGE, 0);
    CHECK(n == (ssize_t)PAGE && holds(at - 30 * PAGE, PAGE, 0, 1), "by the kernel too: %zd", n);
    CHECK(store_signal(at + 2 * PAGE) == SIGSEGV, "it does not grow up");
#ifdef PROT_GROWSDOWN
    CHECK(mprotect(at + PAGE, PAGE, PROT_READ | PROT_GROWSDOWN) == 0, "down to where it ends now");
    CHECK(store_signal(at - 30 * PAGE) == SIGSEGV && load(at - 20 * PAGE) == 3, "may be read");
    CHECK(mprotect(at, PAGE, RW) == 0 && store_signal(at + PAGE) == SIGSEGV, "and no more");
    CHECK(mprotect(at - PAGE, PAGE, RW | PROT_GROWSDOWN) == 0, "and back");
#endif
    uint8_t *wall = at - 4 * MIB;
    map_over(wall, PAGE, ANON, -1);
    CHECK(store_signal(wall + PAGE) == SIGSEGV, "a gap is kept above what lies below");
    CHECK(store_signal(wall + 2 * MIB) == 0, "farther up it grows");
    CHECK(mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0) == MAP_FAILED &&
              errno == EINVAL,
          "EINVAL: shared memory");
    CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0) == MAP_FAILED && errno == EINVAL,
          "EINVAL: a file");
    check_audit();
}

/* --- /dev/zero --- */

static void child_fills(void *at)
{
    fill(at, 2 * PAGE, 0, 3);
}

void map_dev_zero(void)
{
    int fd = open("/dev/zero", O_RDWR), readable = open("/dev/zero", O_RDONLY);
    MUST(fd >= 0 && readable >= 0, "open /dev/zero");
    uint8_t *one = map(2 * PAGE, RW, MAP_SHARED, fd, 0),
            *two = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(2 * PAGE, RW, MAP_PRIVATE, readable, 0);
    CHECK(is_zero(one, 2 * PAGE) && is_zero(private, 2 * PAGE), "zero");
    fill(one, 2 * PAGE, 0, 1);
    fill(private, 2 * PAGE, 0, 2);
    CHECK(is_zero(two, 2 * PAGE), "each mapping is memory of its own");
    CHECK(finish(start(child_fills, one)) && finish(start(child_stores, private)), "children");
    CHECK(holds(one, 2 * PAGE, 0, 3), "share it if it is shared");
    CHECK(holds(private, 2 * PAGE, 0, 2), "and else do not");
    uint8_t far[16] = {1};
    CHECK(read(fd, far, 16) == 16 && is_zero(far, 16), "reading still gives zeros");
    CHECK(is_zero(map(PAGE, RW, MAP_PRIVATE, fd, 1000 * PAGE), PAGE), "at any offset");
    CHECK(mmap(NULL, PAGE, RW, MAP_SHARED, readable, 0) == MAP_FAILED && errno == EACCES,
          "EACCES: shared and writable of a readable one");
    close(fd);
    CHECK(holds(one, 2 * PAGE, 0, 3), "it outlives the descriptor");
    check_audit();
}
