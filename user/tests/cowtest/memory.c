/* Forks of processes with much memory, and forks for which there is none. */
#include "tests.h"

#define MIB ((size_t)1 << 20)

enum { LARGE_PAGES = 24 * 256 };

static uint8_t *make_large(void)
{
    uint8_t *at = map(LARGE_PAGES * PAGE, RW, ANON, -1, 0);
    for (size_t page = 0; page < LARGE_PAGES; page++)
        *(size_t *)(at + page * PAGE) = page;
    return at;
}

static bool is_large(const uint8_t *at)
{
    for (size_t page = 0; page < LARGE_PAGES; page++)
        if (*(const volatile size_t *)(at + page * PAGE) != page)
            return false;
    return true;
}

static void child_changes_some(void *argument)
{
    uint8_t *at = argument;
    CHECK(is_large(at), "all of it at the start");
    for (size_t page = 0; page < 512; page++)
        *(volatile size_t *)(at + page * 12 * PAGE) = ~page;
    for (size_t page = 0; page < 512; page++)
        CHECK(*(volatile size_t *)(at + page * 12 * PAGE) == ~page, "page %zu", page * 12);
}

void fork_of_large_memory(void)
{
    uint8_t *at = make_large();
    for (int round = 0; round < 3; round++) {
        CHECK(finish(start(child_changes_some, at)), "a child that changes 2 MiB of 24");
        CHECK(is_large(at), "the parent's");
    }
    for (size_t page = 0; page < LARGE_PAGES; page++)
        *(size_t *)(at + page * PAGE) = page;
    CHECK(is_large(at), "after storing to all of it");
}

struct herd {
    uint8_t *at;
    int *words;
};

static void child_of_herd(void *argument)
{
    struct herd *herd = argument;
    CHECK(is_large(herd->at), "all of it");
    post(&herd->words[0]);
    await(&herd->words[1], 1);
    CHECK(is_large(herd->at), "and again");
}

/* Ten at once would need twice the machine if reading took memory. */
void forks_of_large_memory(void)
{
    enum { HERD = 10, EACH = 64 /* pages that a child may need for itself */ };
    struct herd herd = {make_large(), shared_words()};
    bool alone = is_alone();
    struct quire_memory before = memory_now();
    for (int i = 0; i < HERD; i++)
        start(child_of_herd, &herd);
    await(&herd.words[0], HERD);
    struct quire_memory with = memory_now();
    uint64_t more = with.pages[PAGE_ANON] - before.pages[PAGE_ANON];
    if (alone)
        CHECK(more <= HERD * EACH, "%lu pages for %d children that only read", (unsigned long)more,
              HERD);
    post(&herd.words[1]);
    CHECK(finish_all(HERD), "the children");
    CHECK(is_large(herd.at), "the parent's");
}

/* --- Out of memory --- */

enum { FORKS_MAX = 64 };

/* Page tables for much address space, and hardly a page in it: what makes a fork expensive. */
static uint8_t *make_wide(size_t tables)
{
    uint8_t *at = map(tables * 2 * MIB, PROT_READ, ANON | MAP_NORESERVE, -1, 0);
    for (size_t i = 0; i < tables; i++)
        load(at + i * 2 * MIB);
    return at;
}

static int fork_until_refused(int gate[2])
{
    for (int count = 0; count < FORKS_MAX; count++) {
        pid_t pid = fork();
        if (pid < 0)
            return count;
        if (pid == 0) {
            char byte;
            close(gate[1]);
            _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
        }
    }
    return FORKS_MAX;
}

/* A child may have been killed for want of memory; none may end in any other way but well. */
static void reap(int count)
{
    for (int i = 0; i < count; i++) {
        int status = -1;
        CHECK(wait(&status) > 0, "wait for child %d of %d", i, count);
        CHECK(status == 0 || WIFSIGNALED(status), "status %#x", (unsigned)status);
    }
}

static void exhaust(size_t tables)
{
    int gate[2];
    uint8_t *at = make_wide(tables);
    MUST(pipe(gate) == 0, "pipe");
    fflush(stdout);
    int count = fork_until_refused(gate);
    int error = errno;
    for (int i = 0; i < 5 && count < FORKS_MAX; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(0);
        CHECK(pid > 0 ? finish(pid) : errno == ENOMEM || errno == EAGAIN, "another try");
    }
    close(gate[1]);
    reap(count);
    close(gate[0]);
    CHECK(count < FORKS_MAX ? error == ENOMEM || error == EAGAIN : 1, "refused: %d", error);
    CHECK(munmap(at, tables * 2 * MIB) == 0, "unmap");
    CHECK(finish(start(child_loads, map(PAGE, RW, ANON, -1, 0))), "then forks work again");
}

/*
 * DEFECTS 6: a fork that finds no memory half-way gives back what it took. It uses up the machine's
 * memory, which nobody else should have to suffer from.
 */
void fork_out_of_memory(void)
{
    if (!is_alone())
        SKIP("not alone on Quire");
    exhaust(16); /* the first time takes memory that stays: this process's own pages */
    struct census before = take_census();
    exhaust((size_t)before.memory.pages[PAGE_FREE] / 6);
    check_census(&before);
    exhaust((size_t)before.memory.pages[PAGE_FREE] / 20);
    check_census(&before);
    check_audit();
}
