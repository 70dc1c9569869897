/* mremap: smaller, larger, elsewhere, over others, and twice. */
#include "tests.h"

#define MOVE  MREMAP_MAYMOVE
#define FIXED (MREMAP_MAYMOVE | MREMAP_FIXED)

static uint8_t *remap(void *at, size_t length, size_t new_length, int flags, void *to)
{
    uint8_t *got = mremap(at, length, new_length, flags, to);
    MUST(got != MAP_FAILED, "mremap %zu to %zu bytes, flags %d", length, new_length, flags);
    return got;
}

static bool is_free(uint8_t *at, size_t pages)
{
    for (size_t page = 0; page < pages; page++)
        if (is_readable(at + page * PAGE))
            return false;
    return true;
}

void remap_shrinks(void)
{
    NEEDS_MREMAP();
    NOT_UNDER_QEMU_USER("it does not round lengths up");
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at, 6 * PAGE, ANON, -1);
    fill(at, 6 * PAGE, 0, 1);
    CHECK(remap(at, 6 * PAGE, 4 * PAGE, 0, NULL) == at, "in place");
    CHECK(holds(at, 4 * PAGE, 0, 1) && is_free(at + 4 * PAGE, 2), "the end is gone");
    CHECK(remap(at, 4 * PAGE, 4 * PAGE, 0, NULL) == at, "to the same size");
    CHECK(remap(at, 4 * PAGE, 2 * PAGE + 1, MOVE, NULL) == at, "to an odd length");
    CHECK(holds(at, 3 * PAGE, 0, 1) && is_free(at + 3 * PAGE, 1), "which is rounded up");
    CHECK(remap(at, 3 * PAGE, 3 * PAGE - 5, 0, NULL) == at && is_readable(at + 3 * PAGE - 1),
          "less than a page less is nothing");
    CHECK(remap(at + PAGE, 2 * PAGE, PAGE, 0, NULL) == at + PAGE, "the end of a mapping");
    CHECK(holds(at, 2 * PAGE, 0, 1) && is_free(at + 2 * PAGE, 1), "what is left");
    CHECK(remap(at, 2 * PAGE, 1, 0, NULL) == at && holds(at, PAGE, 0, 1), "to one page");
}

void remap_grows_in_place(void)
{
    NEEDS_MREMAP();
    int fd = make_file("grows", 6 * PAGE, 2);
    uint8_t *at = empty_range(16 * PAGE), *file = empty_range(16 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    fill(at, 2 * PAGE, 0, 1);
    CHECK(remap(at, 2 * PAGE, 6 * PAGE, 0, NULL) == at, "there is room");
    CHECK(holds(at, 2 * PAGE, 0, 1) && is_zero(at + 2 * PAGE, 4 * PAGE), "with zeros");
    fill(at, 6 * PAGE, 0, 3);
    CHECK(remap(at + 5 * PAGE, PAGE, 2 * PAGE, 0, NULL) == at + 5 * PAGE, "the last page alone");
    CHECK(holds(at, 6 * PAGE, 0, 3) && is_zero(at + 6 * PAGE, PAGE), "with another page");
    map_over(file, 2 * PAGE, MAP_SHARED, fd);
    CHECK(remap(file, 2 * PAGE, 8 * PAGE, 0, NULL) == file, "a file's mapping");
    CHECK(holds(file, 6 * PAGE, 0, 2), "with the file's next pages");
    CHECK(load_signal(file + 6 * PAGE) == SIGBUS, "until it ends");
    fill(file, 6 * PAGE, 0, 4);
    CHECK(file_holds(fd, 6 * PAGE, 0, 4), "the stores are the file's");
    uint8_t *shared = empty_range(4 * PAGE);
    map_over(shared, PAGE, ANON_SHARED, -1);
    CHECK(remap(shared, PAGE, 2 * PAGE, 0, NULL) == shared, "shared memory");
    CHECK(load_signal(shared + PAGE) == SIGBUS, "has nothing behind its end");
}

/* What may not move and has no room stays as it is. */
void remap_without_room(void)
{
    NEEDS_MREMAP();
    uint8_t *at = empty_range(8 * PAGE);
    map_over(at, 2 * PAGE, ANON, -1);
    map_over(at + 4 * PAGE, PAGE, ANON_SHARED, -1);
    fill(at, 2 * PAGE, 0, 1);
    store(at + 4 * PAGE, 5);
    CHECK(remap(at, 2 * PAGE, 4 * PAGE, 0, NULL) == at, "up to its neighbour");
    CHECK(mremap(at, 4 * PAGE, 5 * PAGE, 0) == MAP_FAILED && errno == ENOMEM, "not over it");
    CHECK(mremap(at, PAGE, 2 * PAGE, 0) == MAP_FAILED && errno == ENOMEM, "nor over itself");
    CHECK(holds(at, 2 * PAGE, 0, 1) && is_zero(at + 2 * PAGE, 2 * PAGE), "it is as it was");
    uint8_t *moved = remap(at, 4 * PAGE, 5 * PAGE, MOVE, NULL);
    CHECK(moved != at && holds(moved, 2 * PAGE, 0, 1), "it may move");
    CHECK(is_zero(moved + 2 * PAGE, 3 * PAGE) && is_free(at, 4), "and leaves nothing behind");
    CHECK(load(at + 4 * PAGE) == 5, "the neighbour stays");
}

/* Pages move with what is in them, touched or not, at any size. */
void remap_moves(void)
{
    NEEDS_MREMAP();
    static const size_t sizes[] = {1, 3, 511, 512, 513, 1100};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t n = sizes[i];
        uint8_t *at = empty_range((n + 1) * PAGE), *to = empty_range((n + 5) * PAGE);
        map_over(at, n * PAGE, ANON, -1);
        for (size_t page = 0; page < n; page += 2)
            store(at + page * PAGE, (uint8_t)(page / 2 + 1));
        CHECK(remap(at, n * PAGE, (n + 4) * PAGE, FIXED, to) == to, "move %zu pages", n);
        bool same = true;
        for (size_t page = 0; page < n; page++)
            same &= load(to + page * PAGE) == (page % 2 ? 0 : (uint8_t)(page / 2 + 1));
        CHECK(same && is_zero(to + n * PAGE, 4 * PAGE), "their bytes, and four more pages");
        CHECK(!is_readable(at) && !is_readable(at + (n - 1) * PAGE), "nothing is left");
        CHECK(munmap(to, (n + 4) * PAGE) == 0, "unmap");
    }
    check_audit();
}

void remap_over_others(void)
{
    NEEDS_MREMAP();
    int fd = make_file("others", 4 * PAGE, 2);
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0), *to = empty_range(8 * PAGE);
    fill(at, 2 * PAGE, 0, 1);
    map_over(to, 4 * PAGE, MAP_SHARED, fd);
    map_over(to + 4 * PAGE, 2 * PAGE, ANON, -1);
    fill(to, 4 * PAGE, 0, 3);
    fill(to + 4 * PAGE, 2 * PAGE, 0, 4);
    CHECK(remap(at, 2 * PAGE, 3 * PAGE, FIXED, to + 2 * PAGE) == to + 2 * PAGE, "over two");
    CHECK(holds(to + 2 * PAGE, 2 * PAGE, 0, 1) && is_zero(to + 4 * PAGE, PAGE), "what moved");
    CHECK(holds(to, 2 * PAGE, 0, 3) && holds(to + 5 * PAGE, PAGE, PAGE, 4), "what was beside it");
    CHECK(file_holds(fd, 4 * PAGE, 0, 3), "the stores to what was replaced are in the file");
    CHECK(is_free(at, 2), "nothing is left");
    CHECK(remap(to, 2 * PAGE, PAGE, FIXED, at) == at, "smaller and elsewhere");
    CHECK(holds(at, PAGE, 0, 3) && is_free(to, 2) && is_free(at + PAGE, 1), "the rest is gone");
    fill(at, PAGE, 0, 5);
    CHECK(file_holds(fd, PAGE, 0, 5), "it is still the file");
    check_audit();
}

/* A page out of the middle: the mapping's two other parts stay. */
void remap_middle(void)
{
    NEEDS_MREMAP();
    int fd = make_file("middle", 8 * PAGE, 2);
    uint8_t *at = map(8 * PAGE, RW, MAP_SHARED, fd, 0), *to = empty_range(4 * PAGE);
    CHECK(holds(at, 4 * PAGE, 0, 2), "touch some");
    CHECK(remap(at + 3 * PAGE, 2 * PAGE, 2 * PAGE, FIXED, to) == to, "the middle moves");
    CHECK(holds(to, 2 * PAGE, 3 * PAGE, 2), "with its place in the file");
    CHECK(holds(at, 3 * PAGE, 0, 2) && holds(at + 5 * PAGE, 3 * PAGE, 5 * PAGE, 2), "the rest");
    CHECK(is_free(at + 3 * PAGE, 2), "and the hole");
    CHECK(remap(to, 2 * PAGE, 2 * PAGE, FIXED, at + 3 * PAGE) == at + 3 * PAGE, "and back");
    CHECK(holds(at, 8 * PAGE, 0, 2), "whole again");
    fill(at, 8 * PAGE, 0, 3);
    CHECK(file_holds(fd, 8 * PAGE, 0, 3), "all of it is the file");
    CHECK(remap(at, 8 * PAGE, 8 * PAGE, 0, NULL) == at, "the same size, in place");
    check_audit();
}

/* The protection moves along, and what it allows to ask for. */
void remap_keeps_protection(void)
{
    NEEDS_MREMAP();
    make_file("protection", 2 * PAGE, 2);
    uint8_t *at = map(2 * PAGE, RW, ANON, -1, 0), *to = empty_range(4 * PAGE);
    fill(at, 2 * PAGE, 0, 1);
    protect(at, 2 * PAGE, PROT_READ);
    remap(at, 2 * PAGE, 3 * PAGE, FIXED, to);
    CHECK(holds(to, 2 * PAGE, 0, 1) && is_zero(to + 2 * PAGE, PAGE), "read-only memory");
    CHECK(store_signal(to) == SIGSEGV && store_signal(to + 2 * PAGE) == SIGSEGV, "stays so");
    protect(to, 3 * PAGE, PROT_NONE);
    uint8_t *none = remap(to, 3 * PAGE, 3 * PAGE, FIXED, empty_range(4 * PAGE));
    CHECK(!is_readable(none), "no access stays so too");
    protect(none, 3 * PAGE, RW);
    CHECK(holds(none, 2 * PAGE, 0, 1), "with all contents");
    uint8_t *file = map(PAGE, PROT_READ, MAP_SHARED, open("protection", O_RDONLY), 0);
    file = remap(file, PAGE, 2 * PAGE, FIXED, empty_range(4 * PAGE));
    CHECK(mprotect(file, PAGE, RW) == -1 && errno == EACCES, "a readable file stays that");
    CHECK(holds(file, 2 * PAGE, 0, 2), "and grows");
}

/* --- Children --- */

struct moving {
    uint8_t *private, *shared, *to;
};

static void child_moves(void *argument)
{
    struct moving *moving = argument;
    uint8_t *private = remap(moving->private, 4 * PAGE, 4 * PAGE, FIXED, moving->to);
    uint8_t *shared = remap(moving->shared, 4 * PAGE, 4 * PAGE, FIXED, moving->to + 8 * PAGE);
    CHECK(holds(private, 4 * PAGE, 0, 1) && holds(shared, 4 * PAGE, 0, 1), "the parent's bytes");
    fill(private, 2 * PAGE, 0, 2);
    fill(shared, 4 * PAGE, 0, 2);
    CHECK(holds(private + 2 * PAGE, 2 * PAGE, 2 * PAGE, 1), "what was not stored to");
}

/* Pages shared until somebody writes are that after moving; shared memory is shared. */
void remap_over_fork(void)
{
    NEEDS_MREMAP();
    struct moving moving = {map(4 * PAGE, RW, ANON, -1, 0), map(4 * PAGE, RW, ANON_SHARED, -1, 0),
                            empty_range(16 * PAGE)};
    fill(moving.private, 4 * PAGE, 0, 1);
    fill(moving.shared, 4 * PAGE, 0, 1);
    CHECK(finish(start(child_moves, &moving)), "the child");
    CHECK(holds(moving.private, 4 * PAGE, 0, 1), "its own stores are not seen");
    CHECK(holds(moving.shared, 4 * PAGE, 0, 2), "those to shared memory are");
    CHECK(is_free(moving.to, 4), "nor has anything moved here");
    uint8_t *to = remap(moving.private, 4 * PAGE, 4 * PAGE, FIXED, moving.to);
    fill(to, 4 * PAGE, 0, 3);
    CHECK(holds(to, 4 * PAGE, 0, 3), "it may move here, too");
    check_audit();
}

/* --- Without unmapping, and with nothing to move --- */

void remap_without_unmapping(void)
{
    NEEDS_MREMAP();
    int flags = MOVE | MREMAP_DONTUNMAP, fd = make_file("both", 2 * PAGE, 2);
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    fill(at, 4 * PAGE, 0, 1);
    uint8_t *to = mremap(at, 4 * PAGE, 4 * PAGE, flags);
    if (to == MAP_FAILED && errno == EINVAL && is_under_qemu_user())
        SKIP("qemu-user does not know MREMAP_DONTUNMAP");
    MUST(to != MAP_FAILED && to != at, "mremap with DONTUNMAP");
    CHECK(holds(to, 4 * PAGE, 0, 1), "the pages have moved");
    CHECK(is_zero(at, 4 * PAGE), "where they were is new memory");
    fill(at, 4 * PAGE, 0, 3);
    CHECK(holds(to, 4 * PAGE, 0, 1) && holds(at, 4 * PAGE, 0, 3), "the two are apart");
    uint8_t *third = empty_range(4 * PAGE);
    CHECK(remap(at + PAGE, PAGE, PAGE, flags | MREMAP_FIXED, third) == third, "a part, fixed");
    CHECK(holds(third, PAGE, PAGE, 3) && is_zero(at + PAGE, PAGE), "is where it shall be");
    CHECK(holds(at, PAGE, 0, 3) && holds(at + 2 * PAGE, 2 * PAGE, 2 * PAGE, 3), "the rest stays");
    uint8_t *private = map(2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    fill(private, PAGE, 0, 4);
    uint8_t *moved = remap(private, 2 * PAGE, 2 * PAGE, flags, NULL);
    CHECK(holds(moved, PAGE, 0, 4) && holds(moved + PAGE, PAGE, PAGE, 2), "a private file's pages");
    CHECK(holds(private, 2 * PAGE, 0, 2), "behind them is the file");
    uint8_t *shared = map(2 * PAGE, RW, MAP_SHARED, fd, 0);
    store(shared, 9);
    moved = remap(shared, 2 * PAGE, 2 * PAGE, flags, NULL);
    CHECK(load(moved) == 9 && load(shared) == 9, "of a shared file both are");
    store(moved, 10);
    CHECK(load(shared) == 10 && file_byte(fd, 0) == 10, "the file");
    check_audit();
}

/* A length of 0 makes a second mapping of what is shared. */
void remap_doubles(void)
{
    NEEDS_MREMAP();
    NOT_UNDER_QEMU_USER("it does not know this");
    int fd = make_file("doubles", 4 * PAGE, 2);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *second = remap(at + PAGE, 0, 3 * PAGE, MOVE, NULL);
    CHECK(second != at && holds(second, 3 * PAGE, PAGE, 2), "the same pages again");
    CHECK(holds(at, 4 * PAGE, 0, 2), "the first mapping stays");
    store(second, 7);
    CHECK(load(at + PAGE) == 7 && file_byte(fd, PAGE) == 7, "they are one");
    uint8_t *memory = map(2 * PAGE, RW, ANON_SHARED, -1, 0), *fixed = empty_range(4 * PAGE);
    CHECK(remap(memory, 0, 2 * PAGE, FIXED, fixed) == fixed, "shared memory, fixed");
    store(fixed + PAGE, 8);
    CHECK(load(memory + PAGE) == 8, "is one too");
    munmap(memory, 2 * PAGE);
    CHECK(load(fixed + PAGE) == 8, "and outlives the first mapping");
    check_audit();
}
