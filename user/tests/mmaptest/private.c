/* Private mappings of files: stores go to copies that nobody else sees. */
#include "tests.h"

/* DEFECTS 37: whether the page was read first or not, a store must not reach the file. */
void private_stores_stay(void)
{
    int fd = make_file("private", 8 * PAGE, 1);
    uint8_t *at = map(8 * PAGE, RW, MAP_PRIVATE, fd, 0);
    uint8_t *other = map(8 * PAGE, RW, MAP_PRIVATE, fd, 0);
    uint8_t *shared = map(8 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(holds(at, 4 * PAGE, 0, 1), "the first half is read before it is stored to");
    fill(at, 8 * PAGE, 0, 2);
    CHECK(holds(at, 8 * PAGE, 0, 2), "the stores are there");
    CHECK(holds(shared, 8 * PAGE, 0, 1), "not in a shared mapping");
    CHECK(holds(other, 8 * PAGE, 0, 1), "not in another private one");
    CHECK(file_holds(fd, 8 * PAGE, 0, 1), "not in the file");
    MUST(munmap(at, 8 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_holds(fd, 8 * PAGE, 0, 1), "not on the disk after munmap");
}

/* A file that may only be read may be mapped privately and stored to. */
void private_of_readonly_file(void)
{
    close(make_file("readonly", 2 * PAGE, 1));
    int fd = open("readonly", O_RDONLY);
    uint8_t *at = map(2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    store(at + 10, 0xaa);
    CHECK(load(at + 10) == 0xaa && file_holds(fd, 2 * PAGE, 0, 1), "only the copy has changed");
    CHECK(holds(at + 11, 2 * PAGE - 11, 11, 1), "and of it one byte");
}

/* A page is the file's until it is stored to; then it is a copy, whole and for good. */
void private_page_by_page(void)
{
    int fd = make_file("by-page", 4 * PAGE, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    store(at + PAGE + 5, 0xbb);
    CHECK(load(at + 2 * PAGE) == pattern(2 * PAGE, 1), "the third page was only read");
    write_pattern(fd, 4 * PAGE, 7);
    CHECK(holds(at + PAGE, 5, PAGE, 1) && load(at + PAGE + 5) == 0xbb, "the copy stays");
    CHECK(holds(at + PAGE + 6, PAGE - 6, PAGE + 6, 1), "all of it");
    CHECK(holds(at, PAGE, 0, 7) && holds(at + 2 * PAGE, 2 * PAGE, 2 * PAGE, 7),
          "pages that were not stored to show the file");
    store(at + 3 * PAGE, 0xcc);
    CHECK(holds(at + 3 * PAGE + 1, PAGE - 1, 3 * PAGE + 1, 7),
          "a copy made now is of the new file");
}

/* The kernel's own stores through a private mapping are stores like all others. */
void private_as_buffer(void)
{
    int fd = make_file("buffer", 4 * PAGE, 1), from = make_file("from", 4 * PAGE, 9);
    uint8_t *at = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(pread(from, at + PAGE + 50, 2 * PAGE, PAGE + 50) == 2 * (ssize_t)PAGE, "read into it");
    CHECK(holds(at + PAGE + 50, 2 * PAGE, PAGE + 50, 9), "what was read");
    CHECK(holds(at, PAGE + 50, 0, 1) && holds(at + 3 * PAGE + 50, PAGE - 50, 3 * PAGE + 50, 1),
          "what is around it");
    CHECK(file_holds(fd, 4 * PAGE, 0, 1), "the file");
}

static void child_fills(void *at)
{
    CHECK(holds((uint8_t *)at, PAGE, 0, 2), "the child has the parent's copy");
    CHECK(holds((uint8_t *)at + PAGE, PAGE, PAGE, 1), "and the file's page");
    fill(at, 2 * PAGE, 0, 3);
    CHECK(holds(at, 2 * PAGE, 0, 3), "its own stores");
}

void private_over_fork(void)
{
    int fd = make_file("fork", 2 * PAGE, 1);
    uint8_t *at = map(2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    fill(at, PAGE, 0, 2);
    CHECK(load(at + PAGE) == pattern(PAGE, 1), "the second page was only read");
    CHECK(finish(start(child_fills, at)), "the child");
    CHECK(holds(at, PAGE, 0, 2) && holds(at + PAGE, PAGE, PAGE, 1), "the parent sees none of it");
    CHECK(finish(start(child_fills, at)), "another child");
    CHECK(file_holds(fd, 2 * PAGE, 0, 1), "nor does the file");
}

/* Untouched tail pages of a private mapping obey the end of file as shared ones do. */
void private_and_the_end(void)
{
    int fd = make_file("end", PAGE + 10, 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(is_zero(at + PAGE + 10, PAGE - 10), "zero behind the end");
    store(at + PAGE + 20, 0xdd);
    CHECK(load(at + PAGE + 20) == 0xdd && file_size(fd) == (long)PAGE + 10, "stored behind it");
    CHECK(load_signal(at + 2 * PAGE) == SIGBUS && store_signal(at + 3 * PAGE) == SIGBUS, "bus");
    MUST(ftruncate(fd, 4 * (off_t)PAGE) == 0, "grow");
    CHECK(file_byte(fd, PAGE + 20) == 0, "the file never had it");
    CHECK(load(at + PAGE + 20) == 0xdd && is_zero(at + 2 * PAGE, 2 * PAGE), "the copy and growth");
}
