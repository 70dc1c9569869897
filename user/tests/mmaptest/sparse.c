/* Holes: pages of a file that have no block yet. */
#include "tests.h"

static long file_blocks(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? (long)status.st_blocks : -1;
}

/* Reading a hole gives zeros and takes no block; storing to it takes one, and stays. */
void holes_through_mappings(void)
{
    int fd = make_file("holes", 0, 0);
    MUST(ftruncate(fd, 64 * (off_t)PAGE) == 0, "a file that is one hole");
    uint8_t *at = map(64 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(64 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(is_zero(at, 64 * PAGE) && is_zero(private, 64 * PAGE), "zeros");
    CHECK(file_blocks(fd) == 0, "%ld blocks for nothing", file_blocks(fd));
    store(private + 3 * PAGE, 1);
    CHECK(file_blocks(fd) == 0 && file_byte(fd, 3 * PAGE) == 0, "a private store takes none");
    for (size_t page = 0; page < 64; page += 8)
        fill(at + page * PAGE, PAGE, page * PAGE, 6);
    CHECK(load(private + 8 * PAGE) == pattern(8 * PAGE, 6), "the private mapping sees stores");
    MUST(munmap(at, 64 * PAGE) == 0 && fsync(fd) == 0, "unmap");
    CHECK(file_blocks(fd) >= 8 * 8, "%ld half-KiB blocks for 8 pages", file_blocks(fd));
    CHECK(file_blocks(fd) <= 32 * 8, "%ld half-KiB blocks are too many", file_blocks(fd));
    drop_caches();
    for (size_t page = 0; page < 64; page++)
        CHECK(page % 8 == 0 ? file_holds(fd, PAGE, page * PAGE, 6)
                            : file_byte(fd, page * PAGE + 9) == 0,
              "page %zu on the disk", page);
}

/* A hole that was read, and so mapped, before it is stored to. */
void holes_read_then_stored(void)
{
    int fd = make_file("read-hole", 0, 0);
    MUST(ftruncate(fd, 16 * (off_t)PAGE) == 0, "grow");
    uint8_t *one = map(16 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *two = map(16 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(is_zero(one, 16 * PAGE) && is_zero(two, 16 * PAGE), "read in both");
    for (size_t page = 0; page < 16; page++)
        store(one + page * PAGE + page, (uint8_t)(page + 1));
    for (size_t page = 0; page < 16; page++)
        CHECK(load(two + page * PAGE + page) == page + 1, "page %zu in the other", page);
    munmap(one, 16 * PAGE);
    munmap(two, 16 * PAGE);
    drop_caches();
    for (size_t page = 0; page < 16; page++)
        CHECK(file_byte(fd, page * PAGE + page) == (int)page + 1, "page %zu on the disk", page);
}

/* Holes filled from both sides, by write(2) and by stores, in parts of pages. */
void holes_filled_by_both(void)
{
    int fd = make_file("both", 0, 0);
    MUST(ftruncate(fd, 8 * (off_t)PAGE) == 0, "grow");
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(pwrite(fd, "abc", 3, 2 * PAGE + 10) == 3, "write into a hole");
    CHECK(memcmp(at + 2 * PAGE + 10, "abc", 4) == 0 && is_zero(at + 2 * PAGE, 10), "seen");
    store(at + 2 * PAGE + 20, 'd');
    store(at + 5 * PAGE, 'e');
    CHECK(pwrite(fd, "fgh", 3, 5 * PAGE + 1) == 3, "write behind a store");
    CHECK(file_byte(fd, 2 * PAGE + 20) == 'd' && memcmp(at + 5 * PAGE, "efgh", 5) == 0, "both");
    munmap(at, 8 * PAGE);
    drop_caches();
    CHECK(file_byte(fd, 5 * PAGE) == 'e' && file_byte(fd, 2 * PAGE + 12) == 'c', "on the disk");
    CHECK(file_byte(fd, 2 * PAGE + 20) == 'd' && file_byte(fd, PAGE) == 0, "on the disk");
}

static void check_far(int fd, size_t offset)
{
    uint8_t *at = map(2 * PAGE, RW, MAP_SHARED, fd, offset);
    CHECK(is_zero(at, 2 * PAGE), "a hole at %zu", offset);
    fill(at, 2 * PAGE, offset, 3);
    CHECK(file_holds(fd, 2 * PAGE, offset, 3), "what was stored at %zu", offset);
    MUST(munmap(at, 2 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_holds(fd, 2 * PAGE, offset, 3), "and is on the disk");
}

/* Offsets whose blocks are found directly, through one block of numbers, and through two. */
void holes_far_away(void)
{
    static const size_t pages[] = {0, 6, 9, 1000, 1022, 1030, 5000, 262144, 700000};
    int fd = make_file("far", 0, 0);
    size_t length = (size_t)700002 * PAGE;
    MUST(ftruncate(fd, (off_t)length) == 0, "a file of 2.6 GiB");
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        check_far(fd, pages[i] * PAGE);
    CHECK(file_size(fd) == (long)length, "the size");
    uint8_t *all = map(length, PROT_READ, MAP_SHARED, fd, 0);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        CHECK(load(all + pages[i] * PAGE + 5) == pattern(pages[i] * PAGE + 5, 3), "page %zu",
              pages[i]);
    CHECK(load(all + length / 2) == 0, "a hole in the middle");
    MUST(ftruncate(fd, 0) == 0, "give it all back");
    CHECK(!is_readable(all) && file_blocks(fd) == 0, "nothing is left");
}
