/*
 * A full disk. Everybody on the machine would suffer from it, so this is done only where nobody
 * else is, and where the disk is small enough to be filled.
 */
#include "tests.h"

#define MIB ((size_t)1 << 20)

enum { LIMIT = 160 /* MiB: larger disks are not filled */ };

/* Writes until the disk is full; returns how many bytes went in, or 0 if it is too large. */
static size_t fill_disk(int fd)
{
    static uint8_t buffer[64 * 1024];
    size_t total = 0;
    memset(buffer, 7, sizeof(buffer));
    while (total < LIMIT * MIB) {
        ssize_t n = write(fd, buffer, sizeof(buffer));
        if (n < 0) {
            CHECK(errno == ENOSPC, "the write that fails");
            return total;
        }
        total += (size_t)n;
    }
    return 0;
}

/* Fills what is left, down to the last block. */
static void fill_rest(int fd)
{
    static uint8_t block[4096];
    while (write(fd, block, sizeof(block)) > 0)
        continue;
    CHECK(errno == ENOSPC, "full");
}

/* The bytes that fit now; the file is removed again. */
static size_t capacity(void)
{
    int fd = open("filler", O_RDWR | O_CREAT | O_EXCL, 0644);
    size_t total = fill_disk(fd);
    CHECK(file_size(fd) >= (long)total, "as long as what went in");
    CHECK(close(fd) == 0 && unlink("filler") == 0, "remove it");
    return total;
}

static void check_when_full(int witness)
{
    int fd = open("filler", O_RDWR | O_CREAT | O_EXCL, 0644);
    fill_disk(fd);
    fill_rest(fd);
    CHECK(file_holds(witness, 20000, 0, 1), "a file that was there before");
    CHECK(pwrite(witness, "x", 1, 5) == 1, "writing over what has its block");
    FAILS(pwrite(witness, "x", 1, 1 << 22), ENOSPC);
    CHECK(file_size(witness) == 20000, "a failed write does not lengthen a file");
    CHECK(mkdir("folder", 0755) == 0 || errno == ENOSPC, "a folder perhaps");
    CHECK(unlink("filler") == 0 && close(fd) == 0, "remove it");
    CHECK(pwrite(witness, "x", 1, 1 << 22) == 1, "and there is room again");
}

void full_disk(void)
{
    if (!is_alone())
        SKIP("not alone on Quire");
    int witness = make_file("witness", 20000, 1);
    size_t first = capacity();
    if (first == 0)
        SKIP("the disk is too large");
    check_when_full(witness);
    CHECK(ftruncate(witness, 20000) == 0, "make it short again");
    size_t second = capacity();
    CHECK(second + 64 * 1024 >= first, "%zu bytes at first, %zu later", first, second);
    drop_caches();
    CHECK(file_byte(witness, 5) == 'x' && file_byte(witness, 6) == pattern(6, 1), "the witness");
}

static void child_stores_to_hole(void *argument)
{
    for (size_t page = 0; page < 64; page++)
        store((uint8_t *)argument + page * PAGE, 1);
}

/* A store to a hole for which there is no block is a SIGBUS then, not data that is lost later. */
void full_disk_through_mappings(void)
{
    if (!is_alone())
        SKIP("not alone on Quire");
    int hole = make_file("hole", 0, 0), fd = open("filler", O_RDWR | O_CREAT | O_EXCL, 0644);
    MUST(ftruncate(hole, 64 * (off_t)PAGE) == 0 && fsync(hole) == 0, "make a hole");
    uint8_t *at = map(64 * PAGE, RW, MAP_SHARED, hole, 0);
    size_t total = fill_disk(fd);
    if (total != 0) {
        fill_rest(fd);
        CHECK(load(at) == 0, "a hole can be read");
        CHECK(signal_of(child_stores_to_hole, at) == SIGBUS, "but not all of it be stored to");
    }
    CHECK(close(fd) == 0 && unlink("filler") == 0, "make room");
    if (total == 0)
        SKIP("the disk is too large");
    CHECK(signal_of(child_stores_to_hole, at) == 0 && load(at + 63 * PAGE) == 1, "now it can");
    check_audit();
}
