/* /proc/PID/pagemap, and the marks that clear_refs clears. */
#include "tests.h"

#include <stdlib.h>

void pagemap_presence(void)
{
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    store(at, 1);
    store(at + 3 * PAGE, 1);
    CHECK((pagemap_of(at) & PRESENT) && (pagemap_of(at + 3 * PAGE) & PRESENT), "two are there");
    CHECK(!(pagemap_of(at + PAGE) & PRESENT) && !(pagemap_of(at + 7 * PAGE) & PRESENT),
          "others not");
    CHECK(!(pagemap_of(at) & FILE_PAGE), "anonymous");
    MUST(munmap(at, PAGE) == 0, "munmap");
    CHECK(!(pagemap_of(at) & PRESENT), "gone");
    int fd = make_file("file", 2 * PAGE, 1);
    at = map(2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    load(at);
    CHECK((pagemap_of(at) & PRESENT) && (pagemap_of(at) & FILE_PAGE), "of a file");
    store(at, 2);
    CHECK((pagemap_of(at) & PRESENT) && !(pagemap_of(at) & FILE_PAGE), "a copy");
    at = map(PAGE, RW, ANON_SHARED, -1, 0);
    store(at, 1);
    CHECK((pagemap_of(at) & PRESENT) && (pagemap_of(at) & FILE_PAGE), "shared anonymous");
}

/* Frame numbers are for root. */
void pagemap_sharing(void)
{
    int fd = memfd_create("shared", 0), ends[2]; /* what no flusher holds for a moment */
    MUST(fd >= 0 && ftruncate(fd, PAGE) == 0, "a file of memory");
    uint8_t *one = map(PAGE, RW, MAP_SHARED, fd, 0), *two = map(PAGE, RW, MAP_SHARED, fd, 0);
    store(one, 1);
    CHECK(pagemap_of(one) & EXCLUSIVE, "mapped once");
    load(two);
    CHECK((pagemap_of(one) & FRAME) == (pagemap_of(two) & FRAME), "one page, mapped twice");
    CHECK(!(pagemap_of(one) & EXCLUSIVE) && !(pagemap_of(two) & EXCLUSIVE), "not exclusively");
    uint8_t *private = map(PAGE, RW, ANON, -1, 0);
    store(private, 1);
    CHECK(pagemap_of(private) & EXCLUSIVE, "our own");
    MUST(pipe(ends) == 0, "pipe");
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) != 0);
    }
    CHECK(!(pagemap_of(private) & EXCLUSIVE), "shared with a child");
    uint64_t before = pagemap_of(private) & FRAME;
    store(private, 2);
    CHECK(pagemap_of(private) & EXCLUSIVE, "our own again");
    CHECK(before == 0 || (pagemap_of(private) & FRAME) != before, "another page");
    close(ends[1]);
    CHECK(finish(pid), "the child ends");
}

void pagemap_offsets(void)
{
    uint64_t entries[300];
    void *volatile nowhere = (void *)1;
    char byte;
    int fd = open("/proc/self/pagemap", O_RDONLY);
    uint8_t *at = map(300 * PAGE, RW, ANON, -1, 0);
    off_t offset = (off_t)((uintptr_t)at / PAGE * 8);
    for (size_t i = 0; i < 300; i += 3)
        store(at + i * PAGE, 1);
    CHECK(pread(fd, &byte, 1, offset) < 0 && errno == EINVAL, "a part of an entry");
    CHECK(pread(fd, entries, 8, offset + 4) < 0 && errno == EINVAL, "from the middle");
    CHECK(pread(fd, entries, sizeof(entries), offset) == sizeof(entries), "many at once");
    unsigned right = 0;
    for (size_t i = 0; i < 300; i++)
        right += (entries[i] >> 63) == (i % 3 == 0);
    CHECK(right == 300, "%u of 300 entries", right);
    CHECK(pread(fd, nowhere, 8, offset) < 0 && errno == EFAULT, "a bad address");
    CHECK(pread(fd, entries, 8, 1L << 60) == 0, "behind the end");
    CHECK(pread(fd, entries, 8, 0) == 8 && !(entries[0] & PRESENT), "address 0");
    CHECK(lseek(fd, offset, SEEK_SET) == offset && read(fd, entries, 8) == 8 &&
              (entries[0] & PRESENT),
          "after a seek");
    close(fd);
}

/* --- Soft-dirty marks --- */

static bool is_soft_dirty(const void *at)
{
    return (pagemap_of(at) & SOFT_DIRTY) != 0;
}

static void clear_marks(void)
{
    MUST(write_text("/proc/self/clear_refs", "4"), "clear the marks");
}

/* Linux may be built without them: then nothing ever has one. */
static bool has_marks(void)
{
    uint8_t *at = map(PAGE, RW, ANON, -1, 0);
    store(at, 1);
    if (is_soft_dirty(at))
        return true;
    test_skip("no soft-dirty marks");
    return false;
}

#define NEEDS_MARKS()     \
    do {                  \
        if (!has_marks()) \
            return;       \
    } while (0)

void softdirty_stores(void)
{
    NEEDS_MARKS();
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    memset(at, 1, 6 * PAGE);
    CHECK(is_soft_dirty(at) && is_soft_dirty(at + 5 * PAGE), "new pages are marked");
    clear_marks();
    for (size_t i = 0; i < 6; i++)
        CHECK(!is_soft_dirty(at + i * PAGE), "page %zu is not, when cleared", i);
    CHECK(load(at + 2 * PAGE) == 1 && !is_soft_dirty(at + 2 * PAGE), "nor when it is read");
    store(at + 2 * PAGE, 2);
    CHECK(is_soft_dirty(at + 2 * PAGE), "but when it is stored to");
    CHECK(!is_soft_dirty(at + PAGE) && !is_soft_dirty(at + 3 * PAGE), "it alone");
    store(at + 7 * PAGE, 1);
    CHECK(is_soft_dirty(at + 7 * PAGE), "so is a page that is new");
    int zero = open("/dev/zero", O_RDONLY);
    CHECK(read(zero, at + 4 * PAGE, 1) == 1 && is_soft_dirty(at + 4 * PAGE), "the kernel's store");
    CHECK(holds_only(at, 2 * PAGE, 1) && load(at + 2 * PAGE) == 2, "contents stay");
    clear_marks();
    clear_marks();
    CHECK(!is_soft_dirty(at + 2 * PAGE), "cleared twice");
    CHECK(!write_text("/proc/self/clear_refs", "x"), "no number");
    CHECK(!write_text("/proc/self/clear_refs", "77"), "no such number");
}

void softdirty_shared_files(void)
{
    NEEDS_MARKS();
    int fd = make_file("file", 4 * PAGE, 1);
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    for (size_t i = 0; i < 4; i++) {
        store(shared + i * PAGE, 2);
        load(private + i * PAGE);
    }
    store(private + 3 * PAGE, 3);
    clear_marks();
    CHECK(!is_soft_dirty(shared) && !is_soft_dirty(private + 3 * PAGE), "cleared");
    store(shared + PAGE, 4);
    CHECK(is_soft_dirty(shared + PAGE) && !is_soft_dirty(shared), "a shared page");
    CHECK(file_byte(fd, PAGE) == 4, "the file has it");
    store(private, 5);
    store(private + 3 * PAGE, 6);
    CHECK(is_soft_dirty(private) && is_soft_dirty(private + 3 * PAGE), "private ones");
    CHECK(!is_soft_dirty(private + 2 * PAGE) && file_byte(fd, 0) == 2, "and no other");
    MUST(msync(shared, 4 * PAGE, MS_SYNC) == 0 && fsync(fd) == 0, "write back");
    CHECK(is_soft_dirty(shared + PAGE) && !is_soft_dirty(shared), "writing back changes nothing");
}

void softdirty_fork(void)
{
    NEEDS_MARKS();
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    memset(at, 1, 4 * PAGE);
    clear_marks();
    store(at + PAGE, 2);
    pid_t pid = fork();
    if (pid == 0) {
        bool kept = !is_soft_dirty(at) && is_soft_dirty(at + PAGE);
        store(at, 3);
        bool set = is_soft_dirty(at) && !is_soft_dirty(at + 2 * PAGE);
        clear_marks();
        _exit(!kept || !set || is_soft_dirty(at));
    }
    CHECK(finish(pid), "a child has its parent's marks, and then its own");
    CHECK(!is_soft_dirty(at) && is_soft_dirty(at + PAGE), "the parent's stay");
    store(at + 2 * PAGE, 4);
    CHECK(is_soft_dirty(at + 2 * PAGE) && load(at) == 1, "after the fork as before");
}

void softdirty_protect_and_move(void)
{
    NEEDS_MARKS();
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    memset(at, 1, 4 * PAGE);
    clear_marks();
    store(at + PAGE, 2);
    MUST(mprotect(at, 4 * PAGE, PROT_READ) == 0 && mprotect(at, 4 * PAGE, RW) == 0, "mprotect");
    CHECK(!is_soft_dirty(at) && is_soft_dirty(at + PAGE), "mprotect keeps marks");
    store(at, 3);
    CHECK(is_soft_dirty(at), "and stores set them");
    MUST(mprotect(at, 4 * PAGE, PROT_NONE) == 0 && mprotect(at, 4 * PAGE, RW) == 0, "mprotect");
    CHECK(is_soft_dirty(at) && !is_soft_dirty(at + 2 * PAGE), "also over PROT_NONE");
    uint8_t *moved = mremap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
                            empty_range(4 * PAGE));
    MUST(moved != MAP_FAILED, "mremap");
    CHECK(is_soft_dirty(moved) && is_soft_dirty(moved + PAGE), "mremap keeps marks");
    store(moved + 3 * PAGE, 4);
    CHECK(is_soft_dirty(moved + 3 * PAGE) && load(moved + 3 * PAGE) == 4, "stores set them there");
}

/* Random stores and clearings, held against a list of which pages were stored to. */
void softdirty_model(void)
{
    enum { PAGES = 200 };
    static bool stored[PAGES];
    NEEDS_MARKS();
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    memset(at, 1, PAGES * PAGE);
    srand(1);
    for (unsigned round = 0; round < 40; round++) {
        clear_marks();
        memset(stored, 0, sizeof(stored));
        for (int i = rand() % 60; i > 0; i--) {
            unsigned page = (unsigned)rand() % PAGES;
            store(at + page * PAGE + (unsigned)rand() % PAGE, (uint8_t)rand());
            stored[page] = true;
        }
        unsigned wrong = 0;
        for (unsigned page = 0; page < PAGES; page++)
            wrong += is_soft_dirty(at + page * PAGE) != stored[page];
        CHECK(wrong == 0, "round %u: %u of %d pages are wrong", round, wrong, PAGES);
    }
}

/* Linux clears them without a flush, so a hart may go on for a while without setting them again. */
void accessed_bits(void)
{
    const bool exact = test_on_quire();
    uint8_t *at = map(8 * PAGE, RW, ANON, -1, 0);
    int fd = make_file("file", 4 * PAGE, 1);
    uint8_t *file = map(4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    memset(at, 1, 8 * PAGE);
    CHECK(holds(file, 4 * PAGE, 0, 1), "read the file");
    CHECK(smaps_number(at, "Referenced") == 32 && smaps_number(file, "Referenced") == 16, "all");
    MUST(write_text("/proc/self/clear_refs", "1\n"), "clear the bits");
    CHECK(smaps_number(at, "Referenced") == 0 && smaps_number(file, "Referenced") == 0, "none");
    CHECK(smaps_number(at, "Rss") == 32, "they are still there");
    load(at + PAGE);
    store(at + 2 * PAGE, 2);
    long used = smaps_number(at, "Referenced");
    CHECK(exact ? used == 8 : used <= 8, "two were used: %ld KiB", used);
    memset(at, 1, 8 * PAGE);
    CHECK(holds(file, 4 * PAGE, 0, 1), "read again");
    used = smaps_number(file, "Referenced");
    MUST(write_text("/proc/self/clear_refs", "2"), "clear those of anonymous memory");
    CHECK(smaps_number(at, "Referenced") == 0, "they are cleared");
    CHECK(!exact || (used == 16 && smaps_number(file, "Referenced") == 16), "and no more");
    MUST(write_text("/proc/self/clear_refs", "3"), "clear those of files");
    CHECK(smaps_number(file, "Referenced") == 0, "of files");
}
