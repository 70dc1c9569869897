/* Shared mappings of files: they, read(2) and write(2) are one memory, in every process. */
#include "tests.h"

#include <sys/uio.h>

enum { PAGES = 8 };

struct span {
    size_t offset, length;
};

static const struct span spans[] = {
    {0, 1},
    {PAGE - 1, 2},
    {PAGE, PAGE},
    {100, 200},
    {2 * PAGE - 7, 3 * PAGE + 14},
    {PAGES * PAGE - 1, 1},
    {3 * PAGE + 1, PAGE - 2},
    {0, PAGES *PAGE},
};

#define NSPANS (sizeof(spans) / sizeof(spans[0]))

/* What write(2) changes is at once in the mapping: those bytes and no others. */
void writes_are_seen(void)
{
    static uint8_t buffer[PAGES * PAGE], expected[PAGES * PAGE];
    int fd = make_file("write", PAGES * PAGE, 1);
    uint8_t *at = map(PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    fill(expected, PAGES * PAGE, 0, 1);
    for (unsigned i = 0; i < NSPANS; i++) {
        const struct span *s = &spans[i];
        fill(buffer, s->length, s->offset, i + 10);
        memcpy(expected + s->offset, buffer, s->length);
        ssize_t n;
        if (i % 2 == 0 && lseek(fd, (off_t)s->offset, SEEK_SET) >= 0)
            n = write(fd, buffer, s->length);
        else
            n = pwrite(fd, buffer, s->length, (off_t)s->offset);
        CHECK(n == (ssize_t)s->length, "write %zu bytes at %zu", s->length, s->offset);
        CHECK(memcmp(at, expected, PAGES * PAGE) == 0, "after a write of %zu at %zu", s->length,
              s->offset);
    }
}

/* And what is stored is at once in read(2). */
void stores_are_seen(void)
{
    static uint8_t buffer[PAGES * PAGE], expected[PAGES * PAGE];
    int fd = make_file("store", PAGES * PAGE, 1), again = open("store", O_RDONLY);
    uint8_t *at = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    fill(expected, PAGES * PAGE, 0, 1);
    for (unsigned i = 0; i < NSPANS; i++) {
        const struct span *s = &spans[i];
        fill(at + s->offset, s->length, s->offset, i + 10);
        fill(expected + s->offset, s->length, s->offset, i + 10);
        struct iovec parts[2] = {{buffer, PAGE + 5}, {buffer + PAGE + 5, PAGES * PAGE - PAGE - 5}};
        ssize_t n = i % 2 == 0 ? pread(fd, buffer, PAGES * PAGE, 0)
                               : readv(again, parts, lseek(again, 0, SEEK_SET) == 0 ? 2 : 0);
        CHECK(n == PAGES * (ssize_t)PAGE && memcmp(buffer, expected, PAGES * PAGE) == 0,
              "after a store of %zu at %zu: %zd", s->length, s->offset, n);
    }
}

/* Several mappings of one file, at different offsets and with different rights, are one memory. */
void mappings_agree(void)
{
    int fd = make_file("agree", PAGES * PAGE, 1), again = open("agree", O_RDWR);
    uint8_t *all = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *part = map(3 * PAGE, RW, MAP_SHARED, again, 2 * PAGE);
    uint8_t *readable = map(PAGES * PAGE, PROT_READ, MAP_SHARED, again, 0);
    uint8_t *private = map(PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    for (unsigned round = 0; round < 3; round++) {
        fill(part, 3 * PAGE, 2 * PAGE, round + 5);
        CHECK(holds(all + 2 * PAGE, 3 * PAGE, 2 * PAGE, round + 5), "stored through the part");
        fill(all + 4 * PAGE - 10, 20, 0, round + 50);
        CHECK(holds(part + 2 * PAGE - 10, 20, 0, round + 50), "stored through the whole");
        CHECK(memcmp(all, readable, PAGES * PAGE) == 0, "the read-only one");
        CHECK(memcmp(all, private, PAGES * PAGE) == 0, "a private one that nobody stored to");
    }
    CHECK(memcmp(all, readable, PAGES * PAGE) == 0 && holds(all, 2 * PAGE, 0, 1), "the rest");
}

/* --- Several processes --- */

struct relay {
    const char *name;
    int *words;
};

/* Opens the file by itself, maps it from its third page on, and answers each store by another. */
static void relay_child(void *argument)
{
    struct relay *relay = argument;
    int fd = open(relay->name, O_RDWR);
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, 2 * PAGE);
    for (int round = 1; round <= 20; round++) {
        await(&relay->words[0], round);
        CHECK(load(at + 100) == (uint8_t)round, "the parent's store in round %d", round);
        CHECK(file_byte(fd, 3 * PAGE + 1) == (uint8_t)(2 * round), "its write in round %d", round);
        store(at + PAGE, (uint8_t)(3 * round));
        uint8_t byte = (uint8_t)(5 * round);
        CHECK(pwrite(fd, &byte, 1, 2 * PAGE + 7) == 1, "write in round %d", round);
        post(&relay->words[1]);
    }
}

void processes_agree(void)
{
    int fd = make_file("relay", PAGES * PAGE, 1);
    struct relay relay = {"relay", shared_words()};
    uint8_t *at = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    pid_t pid = start(relay_child, &relay);
    for (int round = 1; round <= 20; round++) {
        uint8_t byte = (uint8_t)(2 * round);
        store(at + 2 * PAGE + 100, (uint8_t)round);
        CHECK(pwrite(fd, &byte, 1, 3 * PAGE + 1) == 1, "write in round %d", round);
        post(&relay.words[0]);
        await(&relay.words[1], round);
        CHECK(file_byte(fd, 3 * PAGE) == (uint8_t)(3 * round), "the child's store, %d", round);
        CHECK(load(at + 2 * PAGE + 7) == (uint8_t)(5 * round), "its write, round %d", round);
    }
    CHECK(finish(pid), "the child");
}

enum { WRITERS = 4 };

struct crowd {
    int fd, number, *words;
    uint8_t *at;
};

/* Every WRITERSth byte of all pages is this process's: half of them by stores, half by writes. */
static void crowd_child(void *argument)
{
    struct crowd *crowd = argument;
    int me = crowd->number;
    post(&crowd->words[0]);
    await(&crowd->words[0], WRITERS);
    for (size_t offset = (size_t)me; offset < 4 * PAGE; offset += WRITERS) {
        uint8_t byte = pattern(offset, 77);
        if (offset / WRITERS % 16 == 0)
            CHECK(pwrite(crowd->fd, &byte, 1, (off_t)offset) == 1, "write at %zu", offset);
        else
            store(crowd->at + offset, byte);
    }
    for (int i = 0; i < 2000; i++)
        post(&crowd->words[1]);
}

/* DEFECTS 36: all dirty the same pages at the same time, and nobody's bytes are lost. */
void processes_share_pages(void)
{
    int fd = make_file("crowd", 4 * PAGE, 0);
    struct crowd crowd = {.fd = fd, .words = shared_words()};
    crowd.at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    for (crowd.number = 0; crowd.number < WRITERS; crowd.number++)
        start(crowd_child, &crowd);
    CHECK(finish_all(WRITERS), "the writers");
    CHECK(holds(crowd.at, 4 * PAGE, 0, 77), "the mapping has all bytes");
    CHECK(file_holds(fd, 4 * PAGE, 0, 77), "the file has all bytes");
    CHECK(crowd.words[1] == WRITERS * 2000, "atomic counts add up: %d", crowd.words[1]);
    MUST(munmap(crowd.at, 4 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_holds(fd, 4 * PAGE, 0, 77), "the disk has all bytes");
}

/* --- DEFECTS 18: system calls whose buffer is the very page they work on --- */

void write_from_own_page(void)
{
    int fd = make_file("own", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pwrite(fd, at, 4 * PAGE, 0) == 4 * (ssize_t)PAGE, "a file onto itself");
    CHECK(file_holds(fd, 4 * PAGE, 0, 1), "is as it was");
    CHECK(pwrite(fd, at + 2 * PAGE, PAGE, 0) == (ssize_t)PAGE, "one page onto another");
    CHECK(holds(at, PAGE, 2 * PAGE, 1), "is copied");
    CHECK(pwrite(fd, at + PAGE, 16, PAGE + 16) == 16, "bytes within one page");
    CHECK(holds(at + PAGE + 16, 16, PAGE, 1), "are copied");
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(pwrite(fd, private + 3 * PAGE, PAGE, 3 * PAGE) == (ssize_t)PAGE, "from a private page");
    CHECK(file_holds(fd, PAGE, 3 * PAGE, 1), "is as it was");
}

/* The page is not mapped yet in one and not even in memory in the other. */
void write_from_untouched_own_page(void)
{
    int fd = make_file("own2", 64 * PAGE, 1);
    uint8_t *at = map(64 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pwrite(fd, at, 16 * PAGE, 0) == 16 * (ssize_t)PAGE, "pages that were never touched");
    MUST(munmap(at, 64 * PAGE) == 0 && fsync(fd) == 0, "unmap and sync");
    drop_caches();
    at = map(64 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pwrite(fd, at + 20 * PAGE, 40 * PAGE, 20 * PAGE) == 40 * (ssize_t)PAGE, "from the disk");
    CHECK(pwrite(fd, at + 100, PAGE, 0) == (ssize_t)PAGE && holds(at, PAGE - 100, 100, 1), "moved");
    CHECK(file_holds(fd, 60 * PAGE, 4 * PAGE, 1), "the other pages are as they were");
}

void read_into_own_page(void)
{
    int fd = make_file("own3", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pread(fd, at, 4 * PAGE, 0) == 4 * (ssize_t)PAGE, "a file into itself");
    CHECK(file_holds(fd, 4 * PAGE, 0, 1), "is as it was");
    CHECK(pread(fd, at, PAGE, 3 * PAGE) == (ssize_t)PAGE, "one page into another");
    CHECK(file_byte(fd, 5) == pattern(3 * PAGE + 5, 1), "is copied");
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(pread(fd, private + PAGE, PAGE, PAGE) == (ssize_t)PAGE, "into its private copy");
    CHECK(holds(private + PAGE, PAGE, PAGE, 1), "the same bytes");
    store(private + PAGE, 0xcc);
    CHECK(file_byte(fd, PAGE) == pattern(PAGE, 1), "but no longer the file's");
}

/* The write that lengthens a file takes its bytes from the mapping of that file. */
void write_grows_from_own_page(void)
{
    int fd = make_file("own4", PAGE + 100, 1);
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pwrite(fd, at, PAGE + 100, (off_t)(2 * PAGE)) == (ssize_t)PAGE + 100, "append itself");
    CHECK(holds(at + 2 * PAGE, PAGE + 100, 0, 1), "the new pages are in the old mapping");
    CHECK(is_zero(at + PAGE + 100, PAGE - 100), "zero between");
    CHECK(file_size(fd) == 3 * (long)PAGE + 100, "the size");
}
