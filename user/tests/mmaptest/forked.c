/* Mappings across fork. */
#include "tests.h"

struct kept {
    uint8_t *anonymous, *shared, *file, *copy, *none;
};

static void child_looks(void *argument)
{
    struct kept *k = argument;
    CHECK(holds(k->anonymous, 4 * PAGE, 0, 1) && holds(k->shared, 4 * PAGE, 0, 2), "memory");
    CHECK(holds(k->file, 4 * PAGE, 0, 3) && holds(k->copy, PAGE, 0, 4), "files");
    CHECK(load_signal(k->none) == SIGSEGV, "what may not be touched");
    fill(k->anonymous, 4 * PAGE, 0, 11);
    fill(k->shared, 2 * PAGE, 0, 12);
    fill(k->file, 2 * PAGE, 0, 13);
    fill(k->copy, 4 * PAGE, 0, 14);
    CHECK(munmap(k->file, PAGE) == 0 && munmap(k->anonymous, 4 * PAGE) == 0, "unmap here");
    CHECK(munmap(k->shared + PAGE, PAGE) == 0 && !is_readable(k->shared + PAGE), "and here");
}

/* DEFECTS 10: every mapping is there in the child, and what it does to them is its own affair. */
void fork_keeps_mappings(void)
{
    int fd = make_file("kept", 4 * PAGE, 3);
    struct kept k = {
        .anonymous = map(4 * PAGE, RW, ANON, -1, 0),
        .shared = map(4 * PAGE, RW, ANON_SHARED, -1, 0),
        .file = map(4 * PAGE, RW, MAP_SHARED, fd, 0),
        .copy = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0),
        .none = map(PAGE, PROT_NONE, ANON, -1, 0),
    };
    fill(k.anonymous, 4 * PAGE, 0, 1);
    fill(k.shared, 4 * PAGE, 0, 2);
    fill(k.copy, PAGE, 0, 4);
    CHECK(finish(start(child_looks, &k)), "the child");
    CHECK(holds(k.anonymous, 4 * PAGE, 0, 1), "private memory is as it was");
    CHECK(holds(k.shared, 2 * PAGE, 0, 12), "shared memory has the child's stores");
    CHECK(holds(k.shared + 2 * PAGE, 2 * PAGE, 2 * PAGE, 2), "where it stored");
    CHECK(holds(k.file, 2 * PAGE, 0, 13) && file_holds(fd, 2 * PAGE, 0, 13), "so has the file");
    CHECK(holds(k.copy, PAGE, 0, 4), "private file pages are as they were");
}

static void child_stores_once(void *at)
{
    store(at, (uint8_t)(load(at) + 1));
}

/* DEFECTS 10: children that come and go drop no reference of the parent's. */
void children_drop_their_own(void)
{
    int fd = make_file("drop", 4 * PAGE, 0);
    uint8_t *at = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    MUST(close(fd) == 0 && unlink("drop") == 0, "nothing but the mapping holds the file");
    store(at, 0);
    for (unsigned round = 0; round < 20; round++) {
        CHECK(finish(start(child_stores_once, at)), "child %u", round);
        CHECK(load(at) == round + 1, "its store: %u", load(at));
    }
    drop_caches();
    CHECK(load(at) == 20 && holds(at + PAGE, 3 * PAGE, PAGE, 0), "the file is there");
    check_audit();
}

static void grandchild_stores(void *at)
{
    CHECK(finish(start(child_stores_once, at)), "the grandchild");
    CHECK(load(at) == 2, "seen by the child");
}

/* DEFECTS 12: shared memory is one memory, whoever touches it first, and in which generation. */
void shared_memory_touched_after_fork(void)
{
    uint8_t *by_child = map(4 * PAGE, RW, ANON_SHARED, -1, 0);
    CHECK(finish(start(child_stores_once, by_child + PAGE)), "a child touches it first");
    CHECK(load(by_child + PAGE) == 1 && load(by_child) == 0, "the parent sees it");
    uint8_t *by_grandchild = map(4 * PAGE, RW, ANON_SHARED, -1, 0);
    store(by_grandchild + 2 * PAGE, 1);
    CHECK(finish(start(grandchild_stores, by_grandchild + 2 * PAGE)), "a grandchild stores");
    CHECK(load(by_grandchild + 2 * PAGE) == 2, "the parent sees it");
    uint8_t *read_first = map(PAGE, RW, ANON_SHARED, -1, 0);
    CHECK(load(read_first) == 0, "only read before the fork");
    CHECK(finish(start(child_stores_once, read_first)) && load(read_first) == 1, "shared still");
}

struct talk {
    uint8_t *at;
    int *words;
};

static void talk_child(void *argument)
{
    struct talk *talk = argument;
    for (int round = 1; round <= 50; round++) {
        await(&talk->words[0], round);
        CHECK(load(talk->at) == (uint8_t)round, "the parent's store %d", round);
        store(talk->at + 2 * PAGE - 1, (uint8_t)(round * 3));
        post(&talk->words[1]);
    }
}

/* DEFECTS 11: nothing shared turns into copy-on-write, on either side, by one fork or several. */
static void check_talk(uint8_t *at, const char *what)
{
    struct talk talk = {at, shared_words()};
    store(at, 0);
    CHECK(load_signal(at) == 0, "a fork before, whose child only reads");
    pid_t pid = start(talk_child, &talk);
    for (int round = 1; round <= 50; round++) {
        store(at, (uint8_t)round);
        post(&talk.words[0]);
        await(&talk.words[1], round);
        CHECK(load(at + 2 * PAGE - 1) == (uint8_t)(round * 3), "%s: answer %d", what, round);
    }
    CHECK(finish(pid), "%s: the child", what);
}

void shared_stays_shared(void)
{
    int fd = make_file("stay", 2 * PAGE, 1);
    check_talk(map(2 * PAGE, RW, MAP_SHARED, fd, 0), "a file");
    check_talk(map(2 * PAGE, RW, ANON_SHARED, -1, 0), "memory");
    CHECK(file_byte(fd, 0) == 50 && file_byte(fd, 2 * PAGE - 1) == 150, "the file has the last");
}

/* DEFECTS 9: one process is left that maps it; still its stores are for all who come. */
void shared_by_one_is_shared(void)
{
    uint8_t *at = map(2 * PAGE, RW, ANON_SHARED, -1, 0);
    store(at, 1);
    for (uint8_t round = 0; round < 5; round++) {
        CHECK(finish(start(child_stores_once, at)), "a child stores");
        store(at, (uint8_t)(load(at) + 1));
    }
    CHECK(load(at) == 11, "every store counts: %u", load(at));
    /* Half of it is unmapped and its neighbour lives on. */
    MUST(munmap(at + PAGE, PAGE) == 0, "unmap half");
    CHECK(finish(start(child_stores_once, at)) && load(at) == 12, "the other half");
}
