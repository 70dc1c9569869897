/*
 * What reaches the disk, and when. Data is judged on Quire by what is read after all caches were
 * dropped, and work by the disk's counters: other processes may add to them, so without being
 * alone only lower bounds hold.
 */
#include "tests.h"

enum { COUNT = 64, METADATA = 16 /* blocks that a flush may write besides the data */ };

static uint64_t blocks_written(void)
{
    return disk_now().blocks_written;
}

/* A file whose pages all have blocks, with nothing left to be written. */
static int make_clean_file(const char *name)
{
    int fd = make_file(name, COUNT * PAGE, 1);
    MUST(fsync(fd) == 0, "fsync");
    CHECK(file_holds(fd, COUNT * PAGE, 0, 1), "read it: the time of that is written once, now");
    sync();
    return fd;
}

/* DEFECTS 38: neither clean pages nor private ones are written. */
void clean_pages_are_not_written(void)
{
    bool alone = is_alone(); /* what others have changed is written now */
    int fd = make_clean_file("clean");
    uint64_t before = blocks_written();
    uint8_t *shared = map(COUNT * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(holds(shared, COUNT * PAGE, 0, 1), "read all pages of one");
    fill(private, COUNT * PAGE, 0, 2);
    MUST(munmap(shared, COUNT * PAGE) == 0 && munmap(private, COUNT * PAGE) == 0, "unmap both");
    CHECK(finish(start(child_loads, map(PAGE, PROT_READ, MAP_SHARED, fd, 0))),
          "a child that reads");
    uint64_t written = blocks_written() - before;
    if (alone && is_alone())
        CHECK(written == 0, "%lu blocks written for nothing", (unsigned long)written);
    CHECK(file_holds(fd, COUNT * PAGE, 0, 1), "the file is as it was");
}

/* Dirty pages are written at munmap, once, and nothing else is. */
void dirty_pages_are_written_once(void)
{
    bool alone = is_alone(); /* what others have changed is written now */
    int fd = make_clean_file("dirty");
    for (unsigned round = 2; round < 5; round++) {
        uint64_t before = blocks_written();
        uint8_t *at = map(COUNT * PAGE, RW, MAP_SHARED, fd, 0);
        for (size_t page = 0; page < COUNT; page += 2)
            fill(at + page * PAGE, PAGE, page * PAGE, round);
        CHECK(load(at + PAGE) == pattern(PAGE, 1), "the others are read");
        MUST(munmap(at, COUNT * PAGE) == 0, "unmap");
        uint64_t written = blocks_written() - before;
        CHECK(!test_on_quire() || written >= COUNT / 2, "%lu blocks in round %u",
              (unsigned long)written, round);
        if (alone && is_alone())
            CHECK(written <= COUNT / 2 + METADATA, "%lu blocks are too many, round %u",
                  (unsigned long)written, round);
        drop_caches();
        CHECK(file_holds(fd, PAGE, 0, round) && file_holds(fd, PAGE, PAGE, 1), "round %u", round);
    }
}

struct writer {
    uint8_t *at;
    int *words, number;
};

/* Stores to its own half of the pages each time that it is told to. */
static void writer_child(void *argument)
{
    struct writer *writer = argument;
    for (int round = 1; round <= 3; round++) {
        await(&writer->words[0], round);
        for (size_t page = (size_t)writer->number; page < COUNT; page += 2)
            fill(writer->at + page * PAGE, PAGE, page * PAGE, (unsigned)round + 10);
        post(&writer->words[1]);
    }
    await(&writer->words[0], 4);
}

/*
 * DEFECTS 35, 23: fsync writes what others have stored through their mappings, and again what they
 * store to the same pages after that, though their entries are writable already.
 */
void fsync_sees_other_mappings(void)
{
    int fd = make_clean_file("fsync");
    struct writer writer = {map(COUNT * PAGE, RW, MAP_SHARED, fd, 0), shared_words(), 0};
    for (; writer.number < 2; writer.number++)
        start(writer_child, &writer);
    for (int round = 1; round <= 3; round++) {
        uint64_t before = blocks_written();
        post(&writer.words[0]);
        await(&writer.words[1], 2 * round);
        CHECK(fsync(fd) == 0, "fsync");
        uint64_t written = blocks_written() - before;
        CHECK(!test_on_quire() || written >= COUNT, "%lu blocks in round %d",
              (unsigned long)written, round);
        CHECK(file_holds(fd, COUNT * PAGE, 0, (unsigned)round + 10), "the file in round %d", round);
    }
    post(&writer.words[0]);
    CHECK(finish_all(2), "the writers");
}

/* DEFECTS 23: stores between flushes, of a page that stays mapped. */
void stores_after_flushes(void)
{
    int fd = make_clean_file("after");
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    for (unsigned round = 0; round < 6; round++) {
        fill(at, 4 * PAGE, 0, round + 20);
        if (round % 2 == 0)
            CHECK(fsync(fd) == 0, "fsync");
        else
            drop_caches();
        fill(at + PAGE, PAGE, PAGE, round + 40);
        if (round >= 4)
            CHECK(fdatasync(fd) == 0, "fdatasync");
    }
    fill(at + 2 * PAGE, PAGE, 2 * PAGE, 99);
    MUST(munmap(at, 4 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_holds(fd, PAGE, 0, 25) && file_holds(fd, PAGE, PAGE, 45), "the last of each");
    CHECK(file_holds(fd, PAGE, 2 * PAGE, 99), "the very last store");
}

struct pair {
    const char *name;
    int *words;
};

static void pair_child(void *argument)
{
    struct pair *pair = argument;
    int fd = open(pair->name, O_RDWR);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    fill(at, PAGE, 0, 2);
    load(at + PAGE);
    post(&pair->words[0]);
    await(&pair->words[1], 1);
    fill(at + 2 * PAGE, PAGE, 2 * PAGE, 3);
    store(at + 9, 0x99);
}

/* DEFECTS 35, 36: each mapping has a dirty bit of its own, and each one counts. */
void both_dirty_bits_count(void)
{
    int fd = make_clean_file("pair");
    struct pair pair = {"pair", shared_words()};
    pid_t pid = start(pair_child, &pair);
    await(&pair.words[0], 1);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    CHECK(holds(at, PAGE, 0, 2), "the child's stores; only read here");
    fill(at + PAGE, PAGE, PAGE, 4);
    MUST(munmap(at, 4 * PAGE) == 0, "unmap here, while the child's is mapped still");
    drop_caches();
    CHECK(file_holds(fd, PAGE, PAGE, 4), "the parent's page");
    post(&pair.words[1]);
    CHECK(finish(pid), "the child");
    drop_caches();
    CHECK(file_byte(fd, 9) == 0x99, "its store after the parent's flush");
    CHECK(file_holds(fd, 9, 0, 2) && file_holds(fd, PAGE, PAGE, 4), "and those before it");
    CHECK(file_holds(fd, PAGE, 2 * PAGE, 3), "of both");
}

/* DEFECTS 40: more in one go than a journal's transaction takes, data and blocks for it. */
void large_flush(void)
{
    enum { PAGES = 768 };
    int fd = make_file("large", 0, 0);
    MUST(ftruncate(fd, PAGES * (off_t)PAGE) == 0, "3 MiB of hole");
    uint8_t *at = map(PAGES * PAGE, RW, MAP_SHARED, fd, 0);
    for (size_t page = 0; page < PAGES; page++)
        fill(at + page * PAGE + page, 8, page, 1);
    MUST(munmap(at, PAGES * PAGE) == 0, "unmap");
    drop_caches();
    at = map(PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    unsigned wrong = 0;
    for (size_t page = 0; page < PAGES; page++)
        wrong += !holds(at + page * PAGE + page, 8, page, 1);
    CHECK(wrong == 0, "%u pages are wrong", wrong);
    CHECK(file_size(fd) == PAGES * (long)PAGE, "the size");
}

/* A mapping that may not be stored to flushes nothing and needs no writable descriptor. */
void readonly_mapping_of_dirty_file(void)
{
    int fd = make_file("mixed", 4 * PAGE, 1), readable = open("mixed", O_RDONLY);
    uint8_t *at = map(4 * PAGE, PROT_READ, MAP_SHARED, readable, 0);
    write_pattern(fd, 4 * PAGE, 2);
    CHECK(holds(at, 4 * PAGE, 0, 2), "it shows what was written");
    MUST(munmap(at, 4 * PAGE) == 0, "unmap");
    drop_caches();
    CHECK(file_holds(fd, 4 * PAGE, 0, 2), "which is not lost");
}
