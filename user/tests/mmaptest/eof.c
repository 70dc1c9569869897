/* The end of a file, seen through its mappings. */
#include "tests.h"

/* Behind the end, in the last page: zeros, that may be stored to and never become the file's. */
void tail_is_zero(void)
{
    static const size_t sizes[] = {1, 100, PAGE - 1, PAGE + 1, 3 * PAGE - 50};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t size = sizes[i], end = (size + PAGE - 1) / PAGE * PAGE;
        int fd = make_file("tail", size, 1);
        uint8_t *at = map(end, RW, MAP_SHARED, fd, 0);
        CHECK(holds(at, size, 0, 1), "the file of %zu bytes", size);
        CHECK(is_zero(at + size, end - size), "zero behind %zu bytes", size);
        MUST(munmap(at, end) == 0 && close(fd) == 0, "unmap");
    }
}

/* DEFECTS 30, 31: neither the size nor the file's later bytes know of stores behind the end. */
void tail_is_never_written(void)
{
    int fd = make_file("tail", PAGE + 100, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    memset(at + PAGE + 100, 0xee, PAGE - 100);
    CHECK(file_size(fd) == (long)PAGE + 100, "the size after the stores");
    CHECK(file_byte(fd, PAGE + 100) == -1, "nothing to read there");
    MUST(munmap(at, 2 * PAGE) == 0, "unmap");
    CHECK(file_size(fd) == (long)PAGE + 100, "the size after munmap");
    drop_caches();
    MUST(ftruncate(fd, 2 * (off_t)PAGE) == 0, "grow");
    for (size_t offset = PAGE + 100; offset < 2 * PAGE; offset += 7)
        CHECK(file_byte(fd, offset) == 0, "byte %zu after growth", offset);
    CHECK(file_holds(fd, PAGE + 100, 0, 1), "what was the file before");
}

/* DEFECTS 31: also when it grows while the stores are only in memory, by each way of growing. */
static void check_growth(const char *how, void (*grow)(int fd))
{
    int fd = make_file("growth", PAGE + 100, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    memset(at + PAGE + 100, 0xee, 500);
    grow(fd);
    CHECK(file_holds(fd, PAGE + 100, 0, 1), "%s: the old bytes", how);
    static uint8_t bytes[500];
    CHECK(pread(fd, bytes, 500, PAGE + 100) == 500 && is_zero(bytes, 500), "%s: read", how);
    CHECK(is_zero(at + PAGE + 100, 500), "%s: the mapping", how);
    munmap(at, 4 * PAGE);
    close(fd);
}

static void grow_by_truncate(int fd)
{
    CHECK(ftruncate(fd, 3 * (off_t)PAGE) == 0, "ftruncate");
}

static void grow_by_write(int fd)
{
    CHECK(pwrite(fd, "x", 1, 2 * PAGE - 1) == 1, "write in the same page");
}

static void grow_by_far_write(int fd)
{
    CHECK(pwrite(fd, "x", 1, 3 * PAGE + 5) == 1, "write some pages further");
}

void tail_after_growth(void)
{
    check_growth("ftruncate", grow_by_truncate);
    check_growth("write", grow_by_write);
    check_growth("far write", grow_by_far_write);
}

/* DEFECTS 32: wholly behind the end is SIGBUS, for loads and stores, the kernel's too. */
static void check_bus(size_t size, int flags)
{
    const char *kind = flags == MAP_SHARED ? "shared" : "private";
    size_t first = (size + PAGE - 1) / PAGE;
    int fd = make_file("bus", size, 1), ends[2];
    uint8_t *at = map((first + 3) * PAGE, RW, flags, fd, 0);
    for (size_t page = first; page < first + 3; page++) {
        CHECK(load_signal(at + page * PAGE) == SIGBUS, "load of page %zu, %s", page, kind);
        CHECK(store_signal(at + page * PAGE + 9) == SIGBUS, "store to page %zu, %s", page, kind);
    }
    MUST(pipe(ends) == 0, "pipe");
    CHECK(write(ends[1], at + first * PAGE, 10) == -1 && errno == EFAULT, "as a source, %s", kind);
    CHECK(write(ends[1], "0123456789", 10) == 10, "fill the pipe");
    CHECK(read(ends[0], at + first * PAGE, 10) == -1 && errno == EFAULT, "as a goal, %s", kind);
    close(ends[0]);
    close(ends[1]);
    CHECK(file_size(fd) == (long)size, "the file has not grown");
    CHECK(size == 0 || holds(at, size, 0, 1), "the file's bytes, %s", kind);
    munmap(at, (first + 3) * PAGE);
    close(fd);
}

void behind_the_end_is_bus(void)
{
    static const size_t sizes[] = {0, 1, PAGE, PAGE + 1, 3 * PAGE};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        check_bus(sizes[i], MAP_SHARED);
        check_bus(sizes[i], MAP_PRIVATE);
    }
}

/* A mapping that begins behind the end can be made, and used once the file reaches there. */
void mapping_behind_the_end(void)
{
    int fd = make_file("behind", 10, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 4 * PAGE);
    CHECK(load_signal(at) == SIGBUS, "nothing there yet");
    MUST(ftruncate(fd, 5 * (off_t)PAGE) == 0, "grow");
    store(at, 0x55);
    CHECK(file_byte(fd, 4 * PAGE) == 0x55 && load_signal(at + PAGE) == SIGBUS, "one page there");
}

/* DEFECTS 33: an existing mapping sees growth, by ftruncate and by write, also where it failed. */
void growth_is_seen(void)
{
    int fd = make_file("grow", PAGE, 1);
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(load_signal(shared + PAGE) == SIGBUS && load_signal(private + PAGE) == SIGBUS, "before");
    CHECK(!is_readable(shared + PAGE) && !is_readable(private + PAGE), "in this process too");
    MUST(ftruncate(fd, 2 * (off_t)PAGE) == 0, "ftruncate");
    CHECK(is_zero(shared + PAGE, PAGE) && is_zero(private + PAGE, PAGE), "a page of zeros");
    store(shared + PAGE, 0x11);
    CHECK(load(private + PAGE) == 0x11 && file_byte(fd, PAGE) == 0x11, "a store to it");
    write_pattern(fd, 3 * PAGE + 5, 4);
    CHECK(holds(shared, 3 * PAGE + 5, 0, 4) && holds(private, 3 * PAGE + 5, 0, 4), "a write");
    CHECK(is_zero(shared + 3 * PAGE + 5, PAGE - 5), "and zeros behind the new end");
    store(shared + 3 * PAGE, 0x22);
    CHECK(file_byte(fd, 3 * PAGE) == 0x22, "stored to the page that was written");
}

struct growth {
    int fd, *words;
    uint8_t *at;
};

static void growth_child(void *argument)
{
    struct growth *growth = argument;
    CHECK(!is_readable(growth->at + 2 * PAGE), "not there before");
    post(&growth->words[0]);
    await(&growth->words[1], 1);
    CHECK(load(growth->at + 2 * PAGE + 7) == 'x', "there after another process has written it");
    store(growth->at + 2 * PAGE + 8, 'y');
}

void growth_is_seen_by_others(void)
{
    struct growth growth = {make_file("others", PAGE, 1), shared_words(), NULL};
    growth.at = map(4 * PAGE, RW, MAP_SHARED, growth.fd, 0);
    pid_t pid = start(growth_child, &growth);
    await(&growth.words[0], 1);
    CHECK(pwrite(growth.fd, "x", 1, 2 * PAGE + 7) == 1, "write behind the end");
    CHECK(is_zero(growth.at + PAGE, PAGE), "the page between is a hole");
    post(&growth.words[1]);
    CHECK(finish(pid), "the child");
    CHECK(file_size(growth.fd) == 2 * (long)PAGE + 8, "its store behind the end changes no size");
    CHECK(load(growth.at + 2 * PAGE + 7) == 'x', "and the byte before it stays");
}
