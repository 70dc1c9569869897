/* Many processes that share pages: in number, at the same moment, and coming and going. */
#include "tests.h"

enum { SHARERS = 300 };

struct crowd {
    uint8_t *at;
    int *words; /* ready, go, passed */
    int gate[2];
};

/* Waits without running: 300 that spin would take the machine for themselves. */
static void sharer(void *argument)
{
    struct crowd *crowd = argument;
    char byte;
    close(crowd->gate[1]);
    post(&crowd->words[0]);
    if (read(crowd->gate[0], &byte, 1) == 0 && load(crowd->at) == 42 && load(crowd->at + 99) == 43)
        post(&crowd->words[2]);
}

static int start_sharers(struct crowd *crowd)
{
    int count = 0;
    for (; count < SHARERS; count++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid < 0)
            break;
        if (pid == 0) {
            sharer(crowd);
            _exit(0);
        }
    }
    return count;
}

/* DEFECTS 2: more references than a small counter holds. */
void many_sharers(void)
{
    struct crowd crowd = {map(PAGE, RW, ANON, -1, 0), shared_words(), {-1, -1}};
    store(crowd.at, 42);
    store(crowd.at + 99, 43);
    MUST(pipe(crowd.gate) == 0, "pipe");
    int count = start_sharers(&crowd);
    CHECK(count == SHARERS || errno == EAGAIN || errno == ENOMEM, "%d children", count);
    await(&crowd.words[0], count);
    if (test_on_quire())
        CHECK(page_at(crowd.at).refs == (uint32_t)count + 1, "%u references by %d and the parent",
              page_at(crowd.at).refs, count);
    store(crowd.at, 44);
    store(crowd.at + 99, 45);
    close(crowd.gate[1]);
    CHECK(finish_all((unsigned)count), "all ended well");
    CHECK(crowd.words[2] == count, "%d of %d have seen the old values", crowd.words[2], count);
    CHECK(load(crowd.at) == 44 && load(crowd.at + 99) == 45, "the parent has the new ones");
    CHECK(count >= 100, "only %d children could be made", count);
    check_audit();
}

/* --- All at once --- */

enum { RACERS = 4, RACE_PAGES = 32, RACE_ROUNDS = 25 };

struct race {
    uint8_t *at;
    int *words, number;
};

static void racer(void *argument)
{
    struct race *race = argument;
    post(&race->words[0]);
    await(&race->words[0], RACERS + 1);
    for (size_t page = 0; page < RACE_PAGES; page++) {
        uint8_t *here = race->at + page * PAGE;
        CHECK(load(here + 1) == (uint8_t)page, "page %zu before", page);
        store(here, (uint8_t)(race->number + 1));
    }
    for (size_t page = 0; page < RACE_PAGES; page++) {
        uint8_t *here = race->at + page * PAGE;
        CHECK(load(here) == race->number + 1 && load(here + 1) == (uint8_t)page, "page %zu", page);
    }
}

/* DEFECTS 3: the sharers of a page fault on it at the same moment, the parent among them. */
void simultaneous_faults(void)
{
    struct race race = {map(RACE_PAGES * PAGE, RW, ANON, -1, 0), shared_words(), 0};
    for (size_t page = 0; page < RACE_PAGES; page++)
        store(race.at + page * PAGE + 1, (uint8_t)page);
    for (int round = 0; round < RACE_ROUNDS; round++) {
        race.words[0] = 0;
        for (race.number = 0; race.number < RACERS; race.number++)
            start(racer, &race);
        racer(&race); /* as the last one */
        MUST(finish_all(RACERS), "the racers of round %d", round);
    }
    check_audit();
}

/* --- Coming and going --- */

enum { BREEDERS = 4, BREEDS = 30 };

struct breed {
    uint8_t *at;
    unsigned seed;
};

static void newborn(void *argument)
{
    struct breed *breed = argument;
    for (size_t page = breed->seed % 4; page < RACE_PAGES; page += 4)
        store(breed->at + page * PAGE, 2);
    if (breed->seed % 8 == 3)
        munmap(breed->at + 8 * PAGE, 8 * PAGE);
    if (breed->seed % 8 == 5)
        kill(getpid(), SIGKILL);
    CHECK(load(breed->at + 31 * PAGE + 7) == 1, "an untouched byte");
}

static void breeder(void *argument)
{
    struct breed breed = *(struct breed *)argument;
    for (int i = 0; i < BREEDS; i++) {
        breed.seed++;
        int signal = signal_of(newborn, &breed);
        CHECK(signal == (breed.seed % 8 == 5 ? SIGKILL : 0), "child %d: signal %d", i, signal);
        store(breed.at + breed.seed % RACE_PAGES * PAGE, 1);
    }
    CHECK(holds_only(breed.at, RACE_PAGES * PAGE, 1), "nothing of the children's is left");
}

static void breed_all(uint8_t *at)
{
    for (unsigned i = 0; i < BREEDERS; i++) {
        struct breed breed = {at, i * 1000};
        start(breeder, &breed);
    }
    CHECK(finish_all(BREEDERS), "the breeders");
}

/* DEFECTS 1, 7: after concurrent forks, copies and ends the counts are what they were. */
void forks_and_exits(void)
{
    uint8_t *at = map(RACE_PAGES * PAGE, RW, ANON, -1, 0);
    memset(at, 1, RACE_PAGES * PAGE);
    breed_all(at); /* the first time takes memory that stays: this process's own pages */
    memset(at, 1, RACE_PAGES * PAGE);
    take_census();
    struct census before = take_census();
    breed_all(at);
    memset(at, 1, RACE_PAGES * PAGE);
    check_census(&before);
    check_audit();
}
