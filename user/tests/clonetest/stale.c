/*
 * Translations that other harts still have (DEFECTS 20 to 23). A thread stores all the time while
 * another one takes the pages away from it, in each way there is. When the call has returned no
 * store may reach what was there; and what a freed page is used for next must never be hit.
 *
 * Each store writes the next number, so a page tells how far its writer came.
 */
#include "tests.h"

enum { ROUNDS = 40, PAGES = 16 };

/* [atomic] all of it; in shared memory where a child looks too. */
struct writer {
    struct thread thread;
    volatile uint64_t *at; /* stores go to the same place in each of these pages */
    size_t pages;
    volatile int begun, stop;
    volatile int again; /* what a fault does: 0 ends the thread, 1 tries again */
    volatile int faults;
};

static struct writer writer;

static int stores(void *unused)
{
    size_t page = 0;
    for (uint64_t number = 1; get(&writer.stop) == 0; number++) {
        writer.at[page * 512] = number;
        page = page + 1 < writer.pages ? page + 1 : 0;
        if (number == 100)
            put(&writer.begun, 1);
    }
    return 0;
}

/* In the writer, at its store. */
static void faulted(int number)
{
    __atomic_fetch_add(&writer.faults, 1, __ATOMIC_SEQ_CST);
    if (get(&writer.again) == 0 || get(&writer.stop) != 0)
        RAW(SYS_exit, 0);
    raw_yield();
}

static void start_writer(void *at, size_t pages)
{
    writer.at = at;
    writer.pages = pages;
    writer.begun = writer.stop = writer.faults = 0;
    thread_start(&writer.thread, stores, NULL);
    spin_until(&writer.begun, 1);
}

static void stop_writer(void)
{
    put(&writer.stop, 1);
    thread_join(&writer.thread);
}

#define NEEDS_WRITER()                     \
    do {                                   \
        NEEDS_THREADS();                   \
        NEEDS_HANDLERS();                  \
        catch_signal(SIGSEGV, faulted, 0); \
        catch_signal(SIGBUS, faulted, 0);  \
    } while (0)

static volatile uint64_t *words_of(void *at)
{
    return at;
}

/* Reads each page, gives the writer time, and reads again. */
static void check_still(void *at, size_t pages, const char *what)
{
    uint64_t before[PAGES];
    for (size_t page = 0; page < pages; page++)
        before[page] = words_of(at)[page * 512];
    for (int i = 0; i < 20; i++)
        raw_yield();
    for (volatile int i = 0; i < 20000; i++)
        continue;
    for (size_t page = 0; page < pages; page++) {
        uint64_t now = words_of(at)[page * 512];
        CHECK(now == before[page], "%s: page %zu went from %lu to %lu", what, page,
              (unsigned long)before[page], (unsigned long)now);
    }
}

/* --- mprotect --- */

void protect_stops_stores(void)
{
    static const int prots[] = {PROT_READ, PROT_NONE};
    NEEDS_WRITER();
    int fd = make_file("file", PAGES * PAGE, 0);
    for (int round = 0; round < ROUNDS; round++) {
        bool file = round % 2 == 0;
        uint8_t *at = map(PAGES * PAGE, RW, file ? MAP_SHARED : ANON, file ? fd : -1, 0);
        int prot = prots[round / 2 % 2];
        start_writer(at, PAGES);
        CHECK(mprotect(at, PAGES * PAGE, prot) == 0, "mprotect");
        if (prot == PROT_NONE && file)
            check_still(map(PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0), PAGES, "PROT_NONE");
        else if (prot == PROT_READ)
            check_still(at, PAGES, "PROT_READ");
        thread_join(&writer.thread);
        CHECK(writer.faults == 1, "the writer faults: %d", writer.faults);
        CHECK(munmap(at, PAGES * PAGE) == 0, "unmap");
    }
}

/* There and back: the writer goes on where it was, and none of its stores is lost. */
void protect_and_back(void)
{
    NEEDS_WRITER();
    uint8_t *at = map(PAGE, RW, ANON, -1, 0);
    writer.again = 1;
    start_writer(at, 1);
    for (int round = 0; round < 5 * ROUNDS; round++) {
        CHECK(mprotect(at, PAGE, PROT_READ) == 0, "away");
        uint64_t before = *words_of(at);
        raw_yield();
        CHECK(*words_of(at) == before, "it stands still");
        CHECK(mprotect(at, PAGE, RW) == 0, "and back");
        while (*words_of(at) == before)
            raw_yield();
        CHECK(*words_of(at) > before, "it goes on");
    }
    stop_writer();
}

/* --- munmap --- */

/* The file's pages can be seen elsewhere when the writer's mapping has gone. */
void unmap_stops_stores(void)
{
    NEEDS_WRITER();
    int fd = make_file("file", PAGES * PAGE, 0);
    uint8_t *seen = map(PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *at = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
        start_writer(at, PAGES);
        if (round % 2 == 0) {
            CHECK(munmap(at, PAGES * PAGE) == 0, "unmap");
        } else {
            map_over(at, PAGES * PAGE, ANON, -1);
        }
        check_still(seen, PAGES, round % 2 == 0 ? "munmap" : "another mapping in its place");
        stop_writer();
        munmap(at, PAGES * PAGE);
    }
}

/* Fills memory and looks whether it stays so, again and again. */
static void fills_and_looks(void *argument)
{
    int *words = argument;
    pid_t parent = getppid();
    while (get(&words[0]) == 0) {
        uint8_t *at = map(4 * PAGES * PAGE, RW, ANON, -1, 0);
        fill(at, 4 * PAGES * PAGE, 0, 5);
        yield_to(parent);
        CHECK(holds(at, 4 * PAGES * PAGE, 0, 5), "another process stored here");
        munmap(at, 4 * PAGES * PAGE);
        post(&words[1]);
    }
}

/* Pages that the writer just had are what others get next. */
void unmap_frees_safely(void)
{
    NEEDS_WRITER();
    int *words = shared_words();
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    pid_t pids[2] = {start(fills_and_looks, words), start(fills_and_looks, words)};
    writer.again = 1;
    start_writer(at, PAGES);
    for (int round = 0; round < 5 * ROUNDS; round++) {
        int faults = get(&writer.faults);
        if (round % 3 == 0)
            CHECK(munmap(at, PAGES * PAGE) == 0, "unmap");
        else if (round % 3 == 1)
            CHECK(madvise(at, PAGES * PAGE, MADV_DONTNEED) == 0, "discard");
        else
            CHECK(mprotect(at, PAGES * PAGE, PROT_NONE) == 0, "forbid");
        while (round % 3 != 1 && get(&writer.faults) == faults)
            raw_yield();
        map_over(at, PAGES * PAGE, ANON, -1);
        while (words_of(at)[0] == 0)
            raw_yield();
    }
    stop_writer();
    await(&words[1], 10);
    put(&words[0], 1);
    CHECK(finish(pids[0]) && finish(pids[1]), "nobody else's memory was stored to");
    check_audit();
}

/* --- The rest --- */

void remap_stops_stores(void)
{
    NEEDS_WRITER();
    uint8_t *to = empty_range(PAGES * PAGE);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *at = map(PAGES * PAGE, RW, round % 2 ? ANON : ANON_SHARED, -1, 0);
        start_writer(at, PAGES);
        CHECK(mremap(at, PAGES * PAGE, PAGES * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to,
              "move");
        check_still(to, PAGES, "mremap");
        thread_join(&writer.thread);
        CHECK(words_of(to)[0] != 0, "the pages moved along");
        CHECK(munmap(to, PAGES * PAGE) == 0, "unmap");
    }
}

/* What is stored after the pages were thrown away goes to new ones, which begin with zeros. */
void discard_while_storing(void)
{
    NEEDS_WRITER();
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    for (size_t page = 0; page < PAGES; page++)
        words_of(at)[page * 512 + 100] = 9;
    start_writer(at, PAGES);
    for (int round = 0; round < 5 * ROUNDS; round++) {
        CHECK(madvise(at, PAGES * PAGE, MADV_DONTNEED) == 0, "discard");
        for (size_t page = 0; page < PAGES; page++)
            CHECK(words_of(at)[page * 512 + 100] == 0, "page %zu is a new one", page);
        for (size_t page = 0; page < PAGES; page++)
            words_of(at)[page * 512 + 100] = 9;
    }
    while (words_of(at)[0] == 0)
        raw_yield();
    stop_writer();
    CHECK(writer.faults == 0, "the writer notices nothing");
    check_audit();
}

static void sees_nothing_move(void *argument)
{
    for (int i = 0; i < 5; i++)
        check_still(argument, PAGES, "in a child");
}

/* A child has the memory of one moment, whatever the parent's threads store then. */
void fork_while_storing(void)
{
    NEEDS_WRITER();
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    start_writer(at, PAGES);
    for (int round = 0; round < ROUNDS; round++)
        CHECK(finish(start(sees_nothing_move, at)), "round %d", round);
    stop_writer();
    CHECK(writer.faults == 0, "and the writer notices nothing");
    uint64_t highest = 0;
    for (size_t page = 0; page < PAGES; page++)
        highest = words_of(at)[page * 512] > highest ? words_of(at)[page * 512] : highest;
    for (size_t page = 0; page < PAGES; page++)
        CHECK(highest - words_of(at)[page * 512] < PAGES, "no store to page %zu is lost", page);
    check_audit();
}

/* --- The kernel's own copies --- */

static int takes_away(void *at)
{
    while (get(&writer.stop) == 0) {
        RAW(SYS_munmap, (long)at, PAGES * PAGE);
        raw_yield();
        RAW(SYS_mmap, (long)at, PAGES * PAGE, RW, ANON | MAP_FIXED, -1);
        raw_yield();
    }
    return 0;
}

/* read and write with memory that comes and goes: part of it, EFAULT, and nothing worse. */
void copies_into_unmapped(void)
{
    NEEDS_THREADS();
    static uint8_t buffer[PAGES * PAGE];
    int fd = make_file("file", PAGES * PAGE, 1), to = make_file("copy", 0, 0);
    uint8_t *at = map(PAGES * PAGE, RW, ANON, -1, 0);
    writer.stop = 0;
    thread_start(&writer.thread, takes_away, at);
    for (int round = 0; round < 20 * ROUNDS; round++) {
        ssize_t n = pread(fd, at, PAGES * PAGE, 0);
        CHECK((n > 0 && n <= (ssize_t)(PAGES * PAGE)) || (n == -1 && errno == EFAULT), "read: %zd",
              n);
        n = pwrite(to, at, PAGES * PAGE, 0);
        CHECK((n > 0 && n <= (ssize_t)(PAGES * PAGE)) || (n == -1 && errno == EFAULT), "write: %zd",
              n);
    }
    put(&writer.stop, 1);
    thread_join(&writer.thread);
    CHECK(pread(fd, buffer, sizeof(buffer), 0) == sizeof(buffer) && holds(buffer, PAGE, 0, 1),
          "the file is as it was");
    check_audit();
}

/* What is cut off a file is gone for all who map it, though they store at that moment. */
void truncate_while_storing(void)
{
    NEEDS_WRITER();
    int fd = make_file("file", PAGES * PAGE, 0);
    uint8_t *at = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    writer.again = 1;
    start_writer(at, PAGES);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t word = 1;
        CHECK(ftruncate(fd, PAGE) == 0, "cut");
        CHECK(file_size(fd) == PAGE, "to a page");
        CHECK(ftruncate(fd, PAGES * PAGE) == 0, "and grow");
        CHECK(pread(fd, &word, 8, 3 * PAGE + 800) == 8 && word == 0, "with zeros");
        uint64_t before = words_of(at)[0];
        while (words_of(at)[0] == before)
            raw_yield();
    }
    stop_writer();
    check_audit();
}
