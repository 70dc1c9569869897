/* madvise: what it throws away, what it brings in, what children get, and its errors. */
#include "tests.h"

static bool advise(void *at, size_t length, int advice)
{
    return CHECK(madvise(at, length, advice) == 0, "madvise %zu bytes with %d", length, advice);
}

/* Advice on how memory will be used changes nothing that a program can see. */
void advise_harmless(void)
{
    NEEDS_MADVISE();
    static const int advice[] = {MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED};
    int fd = make_file("harmless", 4 * PAGE, 1);
    uint8_t *file = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0),
            *memory = map(4 * PAGE, RW, ANON, -1, 0);
    fill(memory, 2 * PAGE, 0, 2);
    fill(private, PAGE, 0, 3);
    for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
        advise(file + PAGE, 2 * PAGE, advice[i]);
        advise(private, 4 * PAGE, advice[i]);
        if (advice[i] != MADV_WILLNEED) /* EBADF on kernels that cannot swap */
            advise(memory, 4 * PAGE, advice[i]);
        CHECK(holds(file, 4 * PAGE, 0, 1), "the file after %d", advice[i]);
        CHECK(holds(private, PAGE, 0, 3) && holds(private + PAGE, 3 * PAGE, PAGE, 1), "private");
        CHECK(holds(memory, 2 * PAGE, 0, 2) && is_zero(memory + 2 * PAGE, 2 * PAGE), "memory");
    }
    fill(file, 4 * PAGE, 0, 4);
    CHECK(file_holds(fd, 4 * PAGE, 0, 4), "stores reach the file");
}

void advise_willneed(void)
{
    NEEDS_MADVISE();
    int fd = make_file("willneed", 16 * PAGE, 1);
    CHECK(fsync(fd) == 0, "write it");
    drop_caches();
    uint8_t *at = map(32 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    advise(at, 32 * PAGE, MADV_WILLNEED);
    if (test_on_quire() && is_alone()) /* others may drop caches */
        check_faults(at, 16, false, FAULT_CACHE_HIT, 16);
    CHECK(holds(at, 16 * PAGE, 0, 1), "the contents");
    CHECK(load_signal(at + 16 * PAGE) == SIGBUS, "what is behind the end stays there");
}

/* --- Throwing away --- */

void advise_dontneed(void)
{
    NEEDS_MADVISE();
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    fill(at, 8 * PAGE, 0, 1);
    advise(at + 2 * PAGE, 3 * PAGE, MADV_DONTNEED);
    CHECK(holds(at, 2 * PAGE, 0, 1) && holds(at + 5 * PAGE, 3 * PAGE, 5 * PAGE, 1), "the rest");
    CHECK(is_zero(at + 2 * PAGE, 3 * PAGE), "is zero again");
    fill(at + 2 * PAGE, PAGE, 0, 2);
    CHECK(holds(at + 2 * PAGE, PAGE, 0, 2) && is_zero(at + 3 * PAGE, 2 * PAGE), "and memory");
    advise(at + 5 * PAGE, 1, MADV_DONTNEED);
    CHECK(is_zero(at + 5 * PAGE, PAGE), "a length is rounded up");
    advise(at, 8 * PAGE, MADV_DONTNEED);
    advise(at, 8 * PAGE, MADV_DONTNEED);
    CHECK(is_zero(at, 8 * PAGE), "all, twice");
    fill(at, 8 * PAGE, 0, 3);
    CHECK(mprotect(at, 8 * PAGE, PROT_NONE) == 0, "take access away");
    advise(at, 4 * PAGE, MADV_DONTNEED);
    CHECK(mprotect(at, 8 * PAGE, PROT_READ) == 0, "give it back");
    CHECK(is_zero(at, 4 * PAGE) && holds(at + 4 * PAGE, 4 * PAGE, 4 * PAGE, 3), "not needed there");
    check_audit();
}

void advise_dontneed_files(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it does so for memory without files only");
    int fd = make_file("dontneed", 4 * PAGE, 1);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *memory = map(4 * PAGE, RW, ANON_SHARED, -1, 0);
    fill(private, 4 * PAGE, 0, 2);
    advise(private + PAGE, 2 * PAGE, MADV_DONTNEED);
    CHECK(holds(private, PAGE, 0, 2) && holds(private + 3 * PAGE, PAGE, 3 * PAGE, 2), "the rest");
    CHECK(holds(private + PAGE, 2 * PAGE, PAGE, 1), "a private page is the file's again");
    fill(shared, 4 * PAGE, 0, 3);
    advise(shared, 4 * PAGE, MADV_DONTNEED);
    CHECK(holds(shared, 4 * PAGE, 0, 3) && file_holds(fd, 4 * PAGE, 0, 3), "a shared one is kept");
    fill(memory, 4 * PAGE, 0, 4);
    advise(memory, 4 * PAGE, MADV_DONTNEED);
    CHECK(holds(memory, 4 * PAGE, 0, 4), "and so is shared memory");
    munmap(shared, 4 * PAGE);
    close(fd);
    drop_caches();
    fd = open("dontneed", O_RDONLY);
    CHECK(file_holds(fd, 4 * PAGE, 0, 3), "the stores before it are on the disk");
    check_audit();
}

static void child_throws_away(void *at)
{
    advise(at, 2 * PAGE, MADV_DONTNEED);
    CHECK(is_zero(at, 2 * PAGE), "zero in the child");
    CHECK(holds((uint8_t *)at + 2 * PAGE, 2 * PAGE, 2 * PAGE, 1), "the rest in the child");
}

void advise_dontneed_over_fork(void)
{
    NEEDS_MADVISE();
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    fill(at, 4 * PAGE, 0, 1);
    CHECK(finish(start(child_throws_away, at)), "the child");
    CHECK(holds(at, 4 * PAGE, 0, 1), "the parent's pages are kept");
    check_audit();
}

/* A page that is freed has its old bytes or zeros, until it is stored to. */
void advise_free(void)
{
    NEEDS_MADVISE();
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    fill(at, 8 * PAGE, 0, 1);
    advise(at, 6 * PAGE, MADV_FREE);
    CHECK(holds(at + 6 * PAGE, 2 * PAGE, 6 * PAGE, 1), "the rest");
    for (size_t page = 0; page < 4; page++)
        CHECK(is_zero(at + page * PAGE, PAGE) || holds(at + page * PAGE, PAGE, page * PAGE, 1),
              "page %zu is the old one or zero", page);
    fill(at + 2 * PAGE, 2 * PAGE, 0, 2);
    store(at + 5 * PAGE, 7);
    CHECK(holds(at + 2 * PAGE, 2 * PAGE, 0, 2) && load(at + 5 * PAGE) == 7, "stores are kept");
    advise(at, 8 * PAGE, MADV_DONTNEED);
    CHECK(is_zero(at, 8 * PAGE), "and gone after DONTNEED");
    advise(at, 8 * PAGE, MADV_FREE);
    CHECK(is_zero(at, 8 * PAGE), "freeing nothing is nothing");
    check_audit();
}

/* Over gaps it does its work everywhere, and says ENOMEM at the end. */
void advise_gaps(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it does not notice gaps");
    static const int advice[] = {MADV_DONTNEED, MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL};
    for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
        uint8_t *at = empty_range(8 * PAGE);
        map_over(at + PAGE, PAGE, ANON, -1);
        map_over(at + 3 * PAGE, 2 * PAGE, ANON, -1);
        fill(at + PAGE, PAGE, 0, 1);
        fill(at + 3 * PAGE, 2 * PAGE, 0, 1);
        CHECK(madvise(at, 8 * PAGE, advice[i]) == -1 && errno == ENOMEM, "advice %d", advice[i]);
        if (advice[i] == MADV_DONTNEED)
            CHECK(is_zero(at + PAGE, PAGE) && is_zero(at + 3 * PAGE, 2 * PAGE), "was taken");
        else
            CHECK(holds(at + PAGE, PAGE, 0, 1) && holds(at + 3 * PAGE, 2 * PAGE, 0, 1), "harmless");
    }
}

/* --- Bringing in --- */

void advise_populate(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it passes it by");
    int fd = make_file("populate", 4 * PAGE, 1);
    uint8_t *memory = map(8 * PAGE, RW, ANON, -1, 0),
            *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    if (madvise(memory, PAGE, MADV_POPULATE_WRITE) == -1 && errno == EINVAL)
        SKIP("no MADV_POPULATE_WRITE");
    advise(memory, 8 * PAGE, MADV_POPULATE_WRITE);
    advise(shared, 4 * PAGE, MADV_POPULATE_READ);
    advise(private, 2 * PAGE, MADV_POPULATE_READ);
    advise(private + 2 * PAGE, 2 * PAGE, MADV_POPULATE_WRITE);
    if (test_on_quire()) {
        check_faults(memory, 8, true, FAULT_ZERO_FILL, 0);
        check_faults(shared, 4, false, FAULT_CACHE_HIT, 0);
        check_faults(private, 4, false, FAULT_CACHE_HIT, 0);
        check_faults(private + 2 * PAGE, 2, true, FAULT_COW_COPY, 0);
        write_pattern(fd, 4 * PAGE, 1);
        memset(memory, 0, 8 * PAGE);
    }
    CHECK(is_zero(memory, 8 * PAGE) && holds(shared, 4 * PAGE, 0, 1), "memory and the file");
    write_pattern(fd, 4 * PAGE, 2);
    CHECK(holds(private, 2 * PAGE, 0, 2), "private pages that were read are the file's");
    CHECK(!holds(private + 2 * PAGE, 2 * PAGE, 2 * PAGE, 2), "those that were written are not");
    uint8_t *zeros = map(4 * PAGE, RW, ANON, -1, 0);
    advise(zeros, 4 * PAGE, MADV_POPULATE_READ);
    CHECK(is_zero(zeros, 4 * PAGE), "memory that is only read");
    fill(zeros, 4 * PAGE, 0, 3);
    CHECK(holds(zeros, 4 * PAGE, 0, 3), "can be stored to");
    check_audit();
}

void advise_populate_errors(void)
{
    NEEDS_MADVISE();
    NOT_UNDER_QEMU_USER("it passes it by");
    int fd = make_file("ends", 2 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0), *memory = map(2 * PAGE, RW, ANON, -1, 0);
    if (madvise(memory, PAGE, MADV_POPULATE_READ) == -1 && errno == EINVAL)
        SKIP("no MADV_POPULATE_READ");
    CHECK(madvise(at, 4 * PAGE, MADV_POPULATE_READ) == -1 && errno == EFAULT, "behind the end");
    CHECK(madvise(at, 4 * PAGE, MADV_POPULATE_WRITE) == -1 && errno == EFAULT, "for writing");
    CHECK(holds(at, 2 * PAGE, 0, 1), "what is there is there");
    advise(at, 2 * PAGE, MADV_POPULATE_WRITE);
    uint8_t *readable = map(PAGE, PROT_READ, ANON, -1, 0),
            *none = map(PAGE, PROT_NONE, ANON, -1, 0);
    CHECK(madvise(readable, PAGE, MADV_POPULATE_WRITE) == -1 && errno == EINVAL, "read-only");
    advise(readable, PAGE, MADV_POPULATE_READ);
    CHECK(madvise(none, PAGE, MADV_POPULATE_READ) == -1 && errno == EINVAL, "no access, to read");
    CHECK(madvise(none, PAGE, MADV_POPULATE_WRITE) == -1 && errno == EINVAL, "no access, to write");
    munmap(memory, PAGE);
    CHECK(madvise(memory, 2 * PAGE, MADV_POPULATE_READ) == -1 && errno == ENOMEM, "a gap");
}
