/* Files that shrink under their mappings. DEFECTS 34 throughout. */
#include "tests.h"

struct views {
    int fd;
    uint8_t *shared, *read_only, *clean, *copied; /* the last two are private */
};

/* Maps a file in four ways and touches every page of it in each. */
static struct views make_views(const char *name, size_t pages)
{
    struct views v = {.fd = make_file(name, pages * PAGE, 1)};
    v.shared = map(pages * PAGE, RW, MAP_SHARED, v.fd, 0);
    v.read_only = map(pages * PAGE, PROT_READ, MAP_SHARED, v.fd, 0);
    v.clean = map(pages * PAGE, RW, MAP_PRIVATE, v.fd, 0);
    v.copied = map(pages * PAGE, RW, MAP_PRIVATE, v.fd, 0);
    for (size_t page = 0; page < pages; page++) {
        store(v.shared + page * PAGE + 1, pattern(page * PAGE + 1, 1));
        load(v.read_only + page * PAGE);
        load(v.clean + page * PAGE);
        store(v.copied + page * PAGE, 0xcc);
    }
    return v;
}

static void check_bus_everywhere(const struct views *v, size_t offset)
{
    CHECK(load_signal(v->shared + offset) == SIGBUS, "load, shared, at %zu", offset);
    CHECK(store_signal(v->shared + offset) == SIGBUS, "store, shared, at %zu", offset);
    CHECK(load_signal(v->read_only + offset) == SIGBUS, "load, read-only, at %zu", offset);
    CHECK(load_signal(v->clean + offset) == SIGBUS, "load, private, at %zu", offset);
    CHECK(store_signal(v->clean + offset) == SIGBUS, "store, private, at %zu", offset);
    CHECK(load_signal(v->copied + offset) == SIGBUS, "load, private copy, at %zu", offset);
    CHECK(!is_readable(v->shared + offset) && !is_readable(v->clean + offset), "in this process");
}

void shrink_below_mappings(void)
{
    struct views v = make_views("shrink", 8);
    MUST(ftruncate(v.fd, 3 * (off_t)PAGE) == 0, "shrink");
    check_bus_everywhere(&v, 3 * PAGE);
    check_bus_everywhere(&v, 7 * PAGE + 100);
    CHECK(holds(v.shared, 3 * PAGE, 0, 1) && holds(v.read_only, 3 * PAGE, 0, 1), "what is left");
    CHECK(holds(v.clean, 3 * PAGE, 0, 1) && load(v.copied + 2 * PAGE) == 0xcc, "privately too");
    MUST(ftruncate(v.fd, 8 * (off_t)PAGE) == 0, "grow again");
    CHECK(is_zero(v.shared + 3 * PAGE, 5 * PAGE), "zeros where old bytes were");
    CHECK(is_zero(v.read_only + 3 * PAGE, 5 * PAGE), "read-only");
    CHECK(is_zero(v.clean + 3 * PAGE, 5 * PAGE), "private");
    CHECK(is_zero(v.copied + 3 * PAGE, 5 * PAGE), "where private copies were");
    store(v.shared + 5 * PAGE, 0x44);
    CHECK(load(v.read_only + 5 * PAGE) == 0x44 && load(v.clean + 5 * PAGE) == 0x44, "one memory");
    check_audit();
}

void shrink_inside_a_page(void)
{
    struct views v = make_views("inside", 4);
    MUST(ftruncate(v.fd, PAGE + 1000) == 0, "shrink");
    CHECK(holds(v.shared, PAGE + 1000, 0, 1), "the bytes before the end");
    CHECK(is_zero(v.shared + PAGE + 1000, PAGE - 1000), "the tail is zero at once");
    CHECK(is_zero(v.clean + PAGE + 1000, PAGE - 1000), "privately too");
    check_bus_everywhere(&v, 2 * PAGE);
    memset(v.shared + PAGE + 1000, 0xee, 96);
    MUST(ftruncate(v.fd, 4 * (off_t)PAGE) == 0, "grow");
    CHECK(is_zero(v.shared + PAGE + 1000, 3 * PAGE - 1000), "zeros after regrowth");
    CHECK(file_byte(v.fd, PAGE + 1000) == 0 && file_byte(v.fd, 4 * PAGE - 1) == 0, "in the file");
    munmap(v.shared, 4 * PAGE);
    drop_caches();
    CHECK(file_holds(v.fd, PAGE + 1000, 0, 1) && file_byte(v.fd, PAGE + 1000) == 0, "on the disk");
}

void shrink_to_nothing(void)
{
    struct views v = make_views("nothing", 4);
    int again = open("nothing", O_RDWR | O_TRUNC);
    CHECK(again >= 0 && file_size(v.fd) == 0, "O_TRUNC");
    check_bus_everywhere(&v, 0);
    check_bus_everywhere(&v, 3 * PAGE);
    CHECK(pwrite(again, "new", 3, 0) == 3, "write");
    CHECK(memcmp(v.shared, "new", 4) == 0 && memcmp(v.clean, "new", 4) == 0, "the new bytes");
    CHECK(is_zero(v.shared + 3, PAGE - 3) && is_zero(v.copied + 3, PAGE - 3), "nothing old");
}

struct watch {
    uint8_t *at;
    int *words;
};

static void watch_child(void *argument)
{
    struct watch *watch = argument;
    CHECK(holds(watch->at, 6 * PAGE, 0, 1), "all pages before");
    post(&watch->words[0]);
    await(&watch->words[1], 1);
    CHECK(!is_readable(watch->at + 2 * PAGE) && is_readable(watch->at + PAGE), "cut");
    post(&watch->words[0]);
    await(&watch->words[1], 2);
    CHECK(is_zero(watch->at + 2 * PAGE, 4 * PAGE), "regrown");
}

/* Pages that another process has mapped go there too, shared and private ones. */
static void check_shrink_for_others(int flags)
{
    int fd = make_file("others", 6 * PAGE, 1);
    struct watch watch = {map(6 * PAGE, PROT_READ, flags, fd, 0), shared_words()};
    pid_t one = start(watch_child, &watch), two = start(watch_child, &watch);
    await(&watch.words[0], 2);
    MUST(ftruncate(fd, 2 * (off_t)PAGE) == 0, "shrink");
    post(&watch.words[1]);
    await(&watch.words[0], 4);
    MUST(ftruncate(fd, 6 * (off_t)PAGE) == 0, "grow");
    post(&watch.words[1]);
    CHECK(finish(one) && finish(two), "the children, flags %d", flags);
    close(fd);
}

void shrink_is_seen_by_others(void)
{
    check_shrink_for_others(MAP_SHARED);
    check_shrink_for_others(MAP_PRIVATE);
}

/* The same file, shorter than its mapping is at another offset. */
void shrink_with_offsets(void)
{
    int fd = make_file("offsets", 12 * PAGE, 1);
    uint8_t *high = map(4 * PAGE, RW, MAP_SHARED, fd, 8 * PAGE);
    uint8_t *low = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *across = map(4 * PAGE, RW, MAP_SHARED, fd, 4 * PAGE);
    CHECK(holds(high, 4 * PAGE, 8 * PAGE, 1) && holds(low, 4 * PAGE, 0, 1), "touched");
    CHECK(holds(across, 4 * PAGE, 4 * PAGE, 1), "touched");
    MUST(ftruncate(fd, 6 * (off_t)PAGE) == 0, "shrink");
    CHECK(!is_readable(high) && !is_readable(high + 3 * PAGE), "the high mapping has no page left");
    CHECK(holds(low, 4 * PAGE, 0, 1), "the low one has all");
    CHECK(holds(across, 2 * PAGE, 4 * PAGE, 1) && !is_readable(across + 2 * PAGE), "this one half");
}

enum { RACERS = 3, RACE_ROUNDS = 60 };

struct race {
    int fd, *words, number;
    uint8_t *at;
};

/* Touches pages that come and go, by system calls, which fail where a load would kill. */
static void race_child(void *argument)
{
    struct race *race = argument;
    unsigned seed = (unsigned)race->number;
    while (__atomic_load_n(&race->words[0], __ATOMIC_SEQ_CST) == 0) {
        size_t page = (size_t)rand_r(&seed) % 16;
        is_readable(race->at + page * PAGE);
        store(race->at + (size_t)race->number, (uint8_t)seed);
        uint8_t bytes[64];
        ssize_t n = pread(race->fd, bytes, sizeof(bytes), (off_t)(page * PAGE));
        CHECK(n >= 0 && (n < 64 || is_zero(bytes, 4) || bytes[3] == 0x33), "odd bytes, page %zu",
              page);
    }
}

/* DEFECTS 17, 41: truncation against faults and copies of other processes. */
void shrink_against_faults(void)
{
    struct race race = {.fd = make_file("race", PAGE, 1), .words = shared_words()};
    static uint8_t marks[15 * PAGE];
    memset(marks, 0x33, sizeof(marks));
    race.at = map(16 * PAGE, RW, MAP_SHARED, race.fd, 0);
    memset(race.at, 0x33, PAGE);
    for (race.number = 10; race.number < 10 + RACERS; race.number++)
        start(race_child, &race);
    for (unsigned round = 0; round < RACE_ROUNDS; round++) {
        size_t pages = 1 + round * 7 % 15;
        CHECK(pwrite(race.fd, marks, pages * PAGE, PAGE) == (ssize_t)(pages * PAGE), "grow");
        sched_yield();
        CHECK(ftruncate(race.fd, (off_t)(1 + round % 5) * (off_t)PAGE) == 0, "shrink");
        CHECK(ftruncate(race.fd, 16 * (off_t)PAGE) == 0, "grow by zeros");
        sched_yield();
        MUST(ftruncate(race.fd, (off_t)PAGE) == 0, "shrink to one page");
    }
    post(&race.words[0]);
    CHECK(finish_all(RACERS), "those who touched it meanwhile");
    CHECK(load(race.at + 100) == 0x33, "the first page was there all the time");
    check_audit();
}

struct transfer {
    int ends[2];
    uint8_t *at;
};

static void transfer_child(void *argument)
{
    struct transfer *transfer = argument;
    close(transfer->ends[0]);
    ssize_t n = write(transfer->ends[1], transfer->at, 48 * PAGE);
    CHECK(n >= 0 || errno == EFAULT, "a copy whose source went away: %zd", n);
    CHECK(n < 48 * (ssize_t)PAGE, "is cut short");
}

/* DEFECTS 17: a write(2) that waits for room in a pipe while its buffer's file is truncated. */
void shrink_during_a_copy(void)
{
    struct transfer transfer;
    static uint8_t buffer[PAGE];
    int fd = make_file("copy", 48 * PAGE, 1);
    transfer.at = map(48 * PAGE, RW, MAP_SHARED, fd, 0);
    MUST(pipe(transfer.ends) == 0, "pipe");
    pid_t pid = start(transfer_child, &transfer);
    close(transfer.ends[1]);
    size_t got = 0;
    ssize_t n = read(transfer.ends[0], buffer, PAGE);
    CHECK(n > 0 && holds(buffer, (size_t)n, 0, 1), "the first bytes");
    MUST(ftruncate(fd, 0) == 0, "truncate meanwhile");
    while (n > 0) {
        got += (size_t)n;
        n = read(transfer.ends[0], buffer, PAGE);
    }
    CHECK(n == 0 && got < 48 * PAGE, "%zu bytes came through", got);
    CHECK(finish(pid), "the writer lives");
}
