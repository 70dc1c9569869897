/*
 * kvdemo: a key-value store in a mapped file, used by several processes, some of which are killed.
 *
 *     kvdemo [--short]
 *
 * Workers put, get and delete, each with keys of its own, of which it knows what they must be, and
 * add to a few numbers that all of them use. Meanwhile the parent starts other processes that do
 * the same, and kills them with SIGKILL: every second one in the middle of a change, with a lock in
 * its hands, the others at any moment. Who comes next to that bucket has to put it in order. After
 * each the parent writes a checkpoint with msync. At the end a new process opens the file and
 * compares.
 */
#include "../demo.h"
#include "lock.h"
#include "store.h"

enum { WORKERS = 4, VICTIMS_MAX = 20, LAST = WORKERS + VICTIMS_MAX + 1, PEOPLE };
enum { KEYS = 400, NUMBERS = 4, BEFORE_DEATH = 200 };

struct form {
    unsigned operations, victims;
};

static const struct form long_form = {400000, 20}, short_form = {20000, 6};

/* What one process has done. */
struct record {
    uint32_t operations;
    uint64_t added;    /* to all numbers together */
    uint64_t contents; /* checksum of its keys at the end */
};

struct board {
    struct store_repairs repairs;
    uint32_t stop;
    uint32_t failed; /* the store did not do as it should */
    uint32_t inside; /* victims that are in the middle of a change */
    struct record records[PEOPLE];
};

static char name[64];
static struct form form;
static struct board *board;

/* --- Who uses the store --- */

static struct {
    bool is_there;
    unsigned number;
} model[KEYS];

static void name_key(char key[KEY_SIZE], int person, unsigned i)
{
    snprintf(key, KEY_SIZE, "%d/key%u", person, i);
}

static void name_number(char key[KEY_SIZE], unsigned i)
{
    snprintf(key, KEY_SIZE, "number%u", i);
}

static bool get_is_right(const char *key, unsigned i)
{
    char value[VALUE_SIZE], expected[VALUE_SIZE];
    snprintf(expected, sizeof(expected), "value %u", model[i].number);
    if (!store_get(key, value))
        return !model[i].is_there;
    return model[i].is_there && strcmp(value, expected) == 0;
}

static bool put_key(const char *key, unsigned i, unsigned number)
{
    char value[VALUE_SIZE];
    model[i].is_there = true;
    model[i].number = number;
    snprintf(value, sizeof(value), "value %u", number);
    return store_put(key, value);
}

static bool delete_key(const char *key, unsigned i)
{
    bool was_there = model[i].is_there;
    model[i].is_there = false;
    return store_delete(key) == was_there;
}

/* Counted when it is done: one that is killed in between has added once more than it counted. */
static bool add_to_number(struct record *record, unsigned i)
{
    char key[KEY_SIZE];
    name_number(key, i % NUMBERS);
    bool done = store_add(key, 1);
    record->added++;
    return done;
}

/* One operation, whichever comes; whether the store did as it should. */
static bool operate(int person, uint64_t *seed)
{
    char key[KEY_SIZE];
    uint64_t r = random_next(seed) >> 8;
    unsigned i = (unsigned)(r >> 8) % KEYS;
    name_key(key, person, i);
    board->records[person].operations++;
    switch (r % 8) {
    case 0: return delete_key(key, i);
    case 1:
    case 2: return put_key(key, i, (unsigned)(r >> 20));
    case 3: return add_to_number(&board->records[person], (unsigned)(r >> 8));
    default: return get_is_right(key, i);
    }
}

static uint64_t sum_contents(int person)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        char key[KEY_SIZE], value[VALUE_SIZE] = "";
        name_key(key, person, i);
        sum = mix(sum, store_get(key, value) ? strtoul(value + 5, NULL, 10) + 1 : 0);
    }
    return sum;
}

static int work(int person)
{
    uint64_t seed = 1000 + (uint64_t)person;
    bool right = true;
    store_join(name, &board->repairs);
    for (unsigned i = 0; right && (i < form.operations || look(&board->stop) == 0); i++)
        right = operate(person, &seed);
    for (unsigned i = 0; right && i < KEYS; i++) {
        char key[KEY_SIZE];
        name_key(key, person, i);
        right = get_is_right(key, i);
    }
    board->records[person].contents = sum_contents(person);
    if (!right)
        board->failed = 1;
    return !right;
}

/* --- Who is killed --- */

static void stay_inside(void)
{
    __atomic_fetch_add(&board->inside, 1, __ATOMIC_SEQ_CST);
    for (;;)
        sched_yield();
}

/* Goes on until it is killed; with an odd number it waits for that in the middle of a change. */
static int be_killed(int person)
{
    uint64_t seed = 1000 + (uint64_t)person;
    bool right = true;
    store_join(name, &board->repairs);
    for (unsigned i = 0; right && (person % 2 == 0 || i < BEFORE_DEATH); i++)
        right = operate(person, &seed);
    if (right && person % 2 != 0) {
        store_interrupt = stay_inside;
        store_add("number0", 1);
    }
    board->failed = 1;
    return 1;
}

/* Waits until a word has at least this value; gives up if something has failed. */
static bool watch(const uint32_t *word, uint32_t value)
{
    while (look(word) < value && look(&board->failed) == 0)
        sched_yield();
    return look(word) >= value;
}

/* Starts a victim and kills it when it has come far enough. */
static bool kill_one(int person)
{
    int status = 0;
    uint32_t inside = look(&board->inside);
    const uint32_t *done = &board->records[person].operations;
    pid_t pid = start(be_killed, person);
    bool far = person % 2 != 0 ? watch(&board->inside, inside + 1) : watch(done, BEFORE_DEATH);
    bool killed = kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid;
    return far && killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Returns whether all died so, and workers took over the locks that they had. */
static bool kill_while_others_work(void)
{
    bool good = true;
    for (int person = WORKERS; good && person < WORKERS + (int)form.victims; person++) {
        uint32_t locks = look(&board->repairs.locks);
        good = kill_one(person);
        if (person % 2 != 0)
            good &= watch(&board->repairs.locks, locks + 1);
        good &= store_sync();
    }
    return good;
}

/* --- Afterwards --- */

/* In a new process: what the file holds is what the workers left there. */
static int reopen(int unused)
{
    struct store_repairs repairs = {0, 0};
    uint64_t added = 0, found = 0;
    store_open(name, &repairs);
    printf("opened again: %ld entries, %u put back\n", store_check(), repairs.entries);
    bool same = store_check() >= 0;
    for (int person = 0; person < WORKERS; person++)
        same &= sum_contents(person) == board->records[person].contents;
    check(repairs.entries == 1, "what the last one left half done was put back");
    check(same, "the new process finds what each worker left there");
    for (int person = 0; person < PEOPLE; person++)
        added += board->records[person].added;
    for (unsigned i = 0; i < NUMBERS; i++) {
        char key[KEY_SIZE], value[VALUE_SIZE] = "0";
        name_number(key, i);
        store_get(key, value);
        found += strtoul(value, NULL, 10);
    }
    printf("added %lu times, found %lu\n", (unsigned long)added, (unsigned long)found);
    uint64_t not_counted = form.victims - form.victims / 2;
    check(found >= added && found <= added + not_counted, "and no addition is lost");
    return demo_failures != 0;
}

static uint64_t count_operations(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < PEOPLE; i++)
        sum += board->records[i].operations;
    return sum;
}

int main(int argc, char **argv)
{
    form = demo_is_short(argc, argv) ? short_form : long_form;
    board = map_common(sizeof(*board));
    snprintf(name, sizeof(name), "/tmp/kvdemo.%d", (int)getpid());
    const char *kind = lock_choose() ? "robust mutexes" : "process numbers";
    store_open(name, &board->repairs);
    printf("%d processes on %d buckets of %s; locks are %s\n", WORKERS, BUCKETS, name, kind);

    pid_t pids[WORKERS];
    uint64_t began = nanoseconds();
    for (int i = 0; i < WORKERS; i++)
        pids[i] = start(work, i);
    bool killed = kill_while_others_work();
    __atomic_store_n(&board->stop, 1, __ATOMIC_SEQ_CST);
    bool ended_well = finish_all(pids, WORKERS);
    uint64_t taken = nanoseconds() - began, operations = count_operations();

    printf("%lu operations, %lu per second; %u processes killed, %u locks taken over, %u entries "
           "put back\n",
           (unsigned long)operations, (unsigned long)(operations * 1000000 / (taken / 1000 + 1)),
           form.victims, board->repairs.locks, board->repairs.entries);
    check(ended_well, "each worker always found what it had put there");
    check(killed, "locks of killed ones were taken over; msync wrote checkpoints");
    check(board->repairs.entries >= form.victims / 2, "changes that were half done were put back");
    check(store_check() >= 0, "all entries are sound");
    check(kill_one(LAST), "one more is killed in the middle of a change");
    store_close();
    drop_caches();
    check(finish(start(reopen, 0)), "all of it is in the file");
    unlink(name);
    return demo_failures != 0;
}
