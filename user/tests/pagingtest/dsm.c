/*
 * Memory shared between machines, as Li and Hudak (1989) make it, with two processes that have
 * nothing in common but two pipes. Each has a copy of all pages. Of a page either one process may
 * store to it and the other may not touch it, or both may only load. Who traps asks the other one
 * for the page. One process works at a time; the other one serves.
 */
#include "tests.h"

enum { PAGES = 8, TURNS = 40, STEPS = 60, WORDS = 4096 / sizeof(uint64_t) };

enum kind { WANT_LOAD, WANT_STORE, YOUR_TURN, ENDED };

struct request {
    enum kind kind;
    size_t page;
};

static uint64_t (*memory)[WORDS];
static int rights[PAGES]; /* PROT_NONE, PROT_READ or RW */
static int to_other, from_other;

static bool read_all(void *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = read(from_other, (char *)to + done, n - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static void send(enum kind kind, size_t page)
{
    struct request request = {kind, page};
    if (write(to_other, &request, sizeof(request)) != sizeof(request))
        _exit(6);
}

static void allow(size_t page, int protection)
{
    protect(memory[page], 1, protection);
    rights[page] = protection;
}

/* A page that may not be touched is asked for to load from it; if that is not enough it traps
 * again. */
static void fetch(int number, siginfo_t *info, void *context)
{
    size_t page = (size_t)(page_start(info->si_addr) - (uint8_t *)memory) / PAGE;
    if (page >= PAGES || rights[page] == RW)
        _exit(7);
    bool stores = rights[page] == PROT_READ;
    note_trap(info);
    send(stores ? WANT_STORE : WANT_LOAD, page);
    allow(page, RW);
    if (!read_all(memory[page], PAGE))
        _exit(8);
    if (!stores)
        allow(page, PROT_READ);
}

/* Serves until it is this one's turn; false: the other one has ended. */
static bool serve(void)
{
    struct request request;
    while (read_all(&request, sizeof(request))) {
        if (request.kind == YOUR_TURN || request.kind == ENDED)
            return request.kind == YOUR_TURN;
        if (write(to_other, memory[request.page], PAGE) != (ssize_t)PAGE)
            return false;
        allow(request.page, request.kind == WANT_STORE ? PROT_NONE : PROT_READ);
    }
    return false;
}

/* --- Two processes --- */

/* What each does in its turn. */
typedef void (*turn_function)(unsigned self, unsigned turn);

static void take_turns(unsigned self, unsigned turns, turn_function work)
{
    for (unsigned turn = 0; turn < turns; turn++) {
        if (turn % 2 == self) {
            work(self, turn);
            send(YOUR_TURN, 0);
        } else {
            CHECK(serve(), "serve in turn %u", turn);
        }
    }
}

/* Starts the second process; the first one has all pages at first. */
static void run_both(unsigned turns, turn_function work)
{
    int there[2], back[2];
    MUST(pipe(there) == 0 && pipe(back) == 0, "two pipes");
    memory = (void *)map(PAGES * PAGE, PROT_NONE, ANON, -1, 0);
    fflush(stdout);
    pid_t pid = fork();
    MUST(pid >= 0, "fork");
    unsigned self = pid == 0;
    to_other = self == 0 ? there[1] : back[1];
    from_other = self == 0 ? back[0] : there[0];
    close(self == 0 ? there[0] : there[1]);
    close(self == 0 ? back[1] : back[0]);
    for (size_t page = 0; page < PAGES; page++)
        allow(page, self == 0 ? RW : PROT_NONE);
    test_counts.failed = self == 0 ? test_counts.failed : 0;
    take_turns(self, turns, work);
    if (self == 1) {
        while (serve()) {
        }
        fflush(stdout);
        _exit(test_counts.failed != 0);
    }
    work(self, turns);
    send(ENDED, 0);
    CHECK(finish(pid), "the second process");
}

static uint64_t sum_words(void)
{
    uint64_t sum = 0;
    for (size_t page = 0; page < PAGES; page++)
        for (size_t i = 0; i < WORDS; i++)
            sum += memory[page][i];
    return sum;
}

/* Word 0 of page 0 counts all steps; each step counts in some other word too. */
static void count_steps(unsigned self, unsigned turn)
{
    uint64_t before = (uint64_t)turn * STEPS;
    CHECK(memory[0][0] == before, "turn %u begins where the last one ended", turn);
    if (turn == TURNS)
        CHECK(sum_words() == 2 * before, "all steps of both are in the pages");
    for (unsigned step = 0; turn < TURNS && step < STEPS; step++) {
        unsigned random = (turn * STEPS + step) * 2654435761u;
        memory[random >> 8 & (PAGES - 1)][1 + (random >> 16) % (WORDS - 1)]++;
        memory[0][0]++;
    }
    CHECK(traps.count > 0 || turn == 0, "pages moved");
}

void dsm(void)
{
    NEED_TRAPS(fetch, SA_NODEFER);
    run_both(TURNS, count_steps);
}

/* The first turn fills the pages; then both load in turns, and only the first time they trap. */
static void load_all(unsigned self, unsigned turn)
{
    unsigned before = traps.count;
    for (size_t page = 0; page < PAGES; page++) {
        if (turn == 0)
            memory[page][5] = page + 100;
        CHECK(memory[page][5] == page + 100, "page %zu in turn %u", page, turn);
    }
    unsigned expected = turn == 1 ? PAGES : 0;
    CHECK(traps.count - before == expected, "%u traps in turn %u", traps.count - before, turn);
}

void dsm_readers(void)
{
    NEED_TRAPS(fetch, SA_NODEFER);
    run_both(8, load_all);
}
