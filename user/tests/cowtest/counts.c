/* What copy-on-write costs, in faults: one for each page and no more. */
#include "tests.h"

enum { COUNT = 64 };

static void expect_stores(uint8_t *at, enum fault_kind kind)
{
    check_faults(at, COUNT, true, kind, COUNT);
    check_faults(at, COUNT, true, kind, 0);
}

struct pair {
    uint8_t *at;
    int *words;
};

static struct pair make_pair(void)
{
    struct pair pair = {map(COUNT * PAGE, RW, ANON, -1, 0), shared_words()};
    memset(pair.at, 1, COUNT * PAGE);
    return pair;
}

static void child_copies(void *argument)
{
    struct pair *pair = argument;
    expect_stores(pair->at, FAULT_COW_COPY);
    post(&pair->words[0]);
    await(&pair->words[1], 1);
    check_faults(pair->at, COUNT, true, FAULT_COW_COPY, 0);
}

/* DEFECTS 4, 5: who stores first copies, who is left keeps the page; each takes one fault a page.
 */
void copies_then_reuses(void)
{
    if (!test_on_quire())
        SKIP("only Quire counts");
    struct pair pair = make_pair();
    check_faults(pair.at, COUNT, true, FAULT_ZERO_FILL, 0);
    pid_t pid = start(child_copies, &pair);
    await(&pair.words[0], 1);
    expect_stores(pair.at, FAULT_COW_REUSE);
    post(&pair.words[1]);
    CHECK(finish(pid), "the child");
    check_faults(pair.at, COUNT, true, FAULT_COW_REUSE, 0);
}

static void child_reads(void *argument)
{
    check_faults(argument, COUNT, false, FAULT_SPURIOUS, 0);
}

/* Whoever only reads faults not at all, and its end leaves the parent the only owner. */
void readers_cost_nothing(void)
{
    if (!test_on_quire())
        SKIP("only Quire counts");
    struct pair pair = make_pair();
    CHECK(finish(start(child_reads, pair.at)), "a child that reads");
    CHECK(finish(start(child_reads, pair.at)), "another one");
    check_faults(pair.at, COUNT, false, FAULT_SPURIOUS, 0);
    expect_stores(pair.at, FAULT_COW_REUSE);
}

static void child_reuses(void *argument)
{
    struct pair *pair = argument;
    await(&pair->words[0], 1);
    expect_stores(pair->at, FAULT_COW_REUSE);
}

void parent_copies_child_reuses(void)
{
    if (!test_on_quire())
        SKIP("only Quire counts");
    struct pair pair = make_pair();
    pid_t pid = start(child_reuses, &pair);
    expect_stores(pair.at, FAULT_COW_COPY);
    post(&pair.words[0]);
    CHECK(finish(pid), "the child");
}

static void child_fills_zeros(void *argument)
{
    expect_stores(argument, FAULT_ZERO_FILL);
}

/* Memory that was only read is the zero page, before a fork and after it. */
void zero_page_is_filled(void)
{
    uint8_t *at = map(COUNT * PAGE, RW, ANON, -1, 0);
    if (!test_on_quire())
        SKIP("only Quire counts");
    check_faults(at, COUNT, false, FAULT_ZERO_READ, COUNT);
    check_faults(at, COUNT, false, FAULT_ZERO_READ, 0);
    CHECK(page_at(at).pfn == page_at(at + PAGE).pfn, "one page for all");
    CHECK(finish(start(child_fills_zeros, at)), "a child that stores");
    check_faults(at, COUNT, false, FAULT_ZERO_READ, 0);
    CHECK(is_zero(at, COUNT * PAGE), "still zero here");
    expect_stores(at, FAULT_ZERO_FILL);
    expect_stores(map(COUNT * PAGE, RW, ANON, -1, 0), FAULT_ZERO_FILL);
}

/* A private page of a file is copied though only one process maps it: the cache has it too. */
void file_pages_are_copied(void)
{
    if (!test_on_quire())
        SKIP("only Quire counts");
    int fd = make_file("file", COUNT * PAGE, 1);
    count_faults(map(COUNT * PAGE, PROT_READ, MAP_SHARED, fd, 0), COUNT, false); /* holds it */
    uint8_t *read_first = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    check_faults(read_first, COUNT, false, FAULT_CACHE_HIT, COUNT);
    expect_stores(read_first, FAULT_COW_COPY);
    uint8_t *untouched = map(COUNT * PAGE, RW, MAP_PRIVATE, fd, 0);
    expect_stores(untouched, FAULT_COW_COPY);
    CHECK(finish(start(child_reads, untouched)), "a child that reads");
    expect_stores(untouched, FAULT_COW_REUSE);
    CHECK(file_holds(fd, COUNT * PAGE, 0, 1), "the file");
}

/* DEFECTS 11: whether a child's shared pages are mapped at once or by faults is open: no copies. */
static void child_stores_shared(void *argument)
{
    static uint8_t spare[PAGE];
    count_faults(spare, 1, true);
    struct quire_faults faults = count_faults(argument, COUNT, true);
    CHECK(faults.count[FAULT_COW_COPY] == 0 && faults.count[FAULT_COW_REUSE] == 0 &&
              faults_total(&faults) <= COUNT,
          "got %s", faults_text(&faults));
}

void shared_pages_do_not_fault_as_copies(void)
{
    if (!test_on_quire())
        SKIP("only Quire counts");
    int fd = make_file("shared", COUNT * PAGE, 1);
    uint8_t *memory = map(COUNT * PAGE, RW, ANON_SHARED, -1, 0);
    uint8_t *file = map(COUNT * PAGE, RW, MAP_SHARED, fd, 0);
    memset(memory, 1, COUNT * PAGE);
    memset(file, 1, COUNT * PAGE);
    CHECK(finish(start(child_stores_shared, memory)), "shared memory");
    CHECK(finish(start(child_stores_shared, file)), "a shared file");
    check_faults(memory, COUNT, true, FAULT_COW_REUSE, 0);
    check_faults(file, COUNT, true, FAULT_COW_REUSE, 0);
}

/* --- The frames themselves --- */

struct frames {
    uint8_t *at;
    uint64_t *pfns; /* in shared memory: the child's, before and after its stores */
};

static void child_tells_frames(void *argument)
{
    struct frames *frames = argument;
    CHECK(page_at(frames->at).refs == 2 && !page_at(frames->at).writable, "shared by two");
    frames->pfns[0] = page_at(frames->at).pfn;
    store(frames->at, 2);
    frames->pfns[1] = page_at(frames->at).pfn;
    CHECK(page_at(frames->at).refs == 1 && page_at(frames->at).writable, "its own");
}

void frames_are_shared_until_stored(void)
{
    if (!test_on_quire())
        SKIP("only Quire tells");
    struct frames frames = {map(PAGE, RW, ANON, -1, 0), (uint64_t *)shared_words()};
    store(frames.at, 1);
    uint64_t pfn = page_at(frames.at).pfn;
    CHECK(finish(start(child_tells_frames, &frames)), "the child");
    CHECK(frames.pfns[0] == pfn && frames.pfns[1] != pfn, "one frame, then two");
    CHECK(page_at(frames.at).refs == 1 && !page_at(frames.at).writable, "the last owner");
    store(frames.at, 3);
    CHECK(page_at(frames.at).pfn == pfn && page_at(frames.at).writable, "keeps the frame");
}
