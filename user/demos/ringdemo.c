/*
 * ringdemo: a ring buffer in shared memory between one producer and several consumers.
 *
 *     ringdemo [--short]
 *
 * The ring is one shared mapping. Each of its slots carries a turn, which says who may use it next:
 *
 *     turn == t        slot t % SLOTS is free, for item t
 *     turn == t + 1    it holds item t; whoever takes it makes the turn t + SLOTS
 *
 * The producer puts items in order; a consumer draws the number of an item from a common counter
 * and waits for that one. So no lock is needed and each item is taken once. Who finds that it is
 * not its turn looks again a few times and then sleeps by futex(2) on the turn itself, or yields
 * where there is no futex. A putter makes a system call only if somebody sleeps there.
 */
#include "demo.h"

enum { CONSUMERS = 4, SLOTS = 1024, LOOKS = 50, LONG = 2000000, SHORT = 100000 };

struct slot {
    uint32_t turn;
    uint32_t sleepers;
    uint64_t value;
};

/* What a consumer has done. */
struct tally {
    uint64_t items, sum, squares, sleeps;
    uint64_t out_of_order;
};

struct ring {
    uint32_t next;                       /* the number of the next item to be taken */
    struct tally tallies[CONSUMERS + 1]; /* the last one is the producer's */
    struct slot slots[SLOTS];
};

static struct ring *ring;
static uint32_t items;

/* --- Slots --- */

/* Returns how many times it slept. */
static unsigned wait_for_turn(struct slot *slot, uint32_t turn)
{
    for (int i = 0; i < LOOKS; i++)
        if (look(&slot->turn) == turn)
            return 0;
    unsigned sleeps = 0;
    __atomic_fetch_add(&slot->sleepers, 1, __ATOMIC_SEQ_CST);
    for (uint32_t seen = look(&slot->turn); seen != turn; seen = look(&slot->turn)) {
        futex_wait(&slot->turn, seen);
        sleeps++;
    }
    __atomic_fetch_sub(&slot->sleepers, 1, __ATOMIC_SEQ_CST);
    return sleeps;
}

/* Sleepers are counted before they look again, so one that is not seen here sees the new turn. */
static void pass_turn(struct slot *slot, uint32_t turn)
{
    __atomic_store_n(&slot->turn, turn, __ATOMIC_SEQ_CST);
    if (look(&slot->sleepers) != 0)
        futex_wake_all(&slot->turn);
}

static unsigned put(uint32_t number, uint64_t value)
{
    struct slot *slot = &ring->slots[number % SLOTS];
    unsigned sleeps = wait_for_turn(slot, number);
    slot->value = value;
    pass_turn(slot, number + 1);
    return sleeps;
}

static uint64_t take(struct tally *tally)
{
    uint32_t number = __atomic_fetch_add(&ring->next, 1, __ATOMIC_SEQ_CST);
    struct slot *slot = &ring->slots[number % SLOTS];
    tally->sleeps += wait_for_turn(slot, number + 1);
    uint64_t value = slot->value;
    pass_turn(slot, number + SLOTS);
    return value;
}

/* --- Processes --- */

/* Items are numbers from 1 on; 0 says that there are no more. */
static int consume(int number)
{
    struct tally tally = {0};
    uint64_t before = 0;
    for (uint64_t value = take(&tally); value != 0; value = take(&tally)) {
        tally.items++;
        tally.sum += value;
        tally.squares += value * value;
        tally.out_of_order += value <= before;
        before = value;
    }
    ring->tallies[number] = tally;
    return 0;
}

static int produce(int number)
{
    struct tally tally = {0};
    for (uint32_t i = 0; i < items; i++) {
        tally.sleeps += put(i, i + 1);
        tally.items++;
        tally.sum += i + 1;
        tally.squares += (uint64_t)(i + 1) * (i + 1);
    }
    for (uint32_t i = 0; i < CONSUMERS; i++)
        tally.sleeps += put(items + i, 0);
    ring->tallies[number] = tally;
    return 0;
}

static void print_tallies(void)
{
    printf("\n%-12s %10s %20s %8s\n", "process", "items", "sum", "sleeps");
    for (int i = 0; i <= CONSUMERS; i++) {
        const struct tally *tally = &ring->tallies[i];
        char who[16] = "producer";
        if (i < CONSUMERS)
            snprintf(who, sizeof(who), "consumer %d", i + 1);
        printf("%-12s %10lu %20lu %8lu\n", who, (unsigned long)tally->items,
               (unsigned long)tally->sum, (unsigned long)tally->sleeps);
    }
    printf("\n");
}

static void check_tallies(void)
{
    const struct tally *produced = &ring->tallies[CONSUMERS];
    struct tally all = {0};
    for (int i = 0; i < CONSUMERS; i++) {
        all.items += ring->tallies[i].items;
        all.sum += ring->tallies[i].sum;
        all.squares += ring->tallies[i].squares;
        all.out_of_order += ring->tallies[i].out_of_order;
    }
    check(all.items == items && produced->items == items, "as many items were taken as put");
    check(all.sum == produced->sum && all.squares == produced->squares,
          "and they are the same: sums and sums of squares agree");
    check(all.out_of_order == 0, "each consumer got its items in the order they were put");
}

int main(int argc, char **argv)
{
    items = demo_is_short(argc, argv) ? SHORT : LONG;
    ring = map_common(sizeof(*ring));
    for (uint32_t i = 0; i < SLOTS; i++)
        ring->slots[i].turn = i;
    printf("one producer, %d consumers, %u items through %d slots on %d shared pages\n", CONSUMERS,
           items, SLOTS, (int)((sizeof(*ring) + PAGE - 1) / PAGE));
    printf("who must wait %s\n", has_futex() ? "sleeps by futex" : "yields: there is no futex");

    pid_t pids[CONSUMERS + 1];
    uint64_t began = nanoseconds();
    for (int i = 0; i < CONSUMERS; i++)
        pids[i] = start(consume, i);
    pids[CONSUMERS] = start(produce, CONSUMERS);
    bool ended_well = finish_all(pids, CONSUMERS + 1);
    uint64_t taken = nanoseconds() - began;
    uint64_t faults = faults_of(RUSAGE_CHILDREN);

    print_tallies();
    check(ended_well, "all processes ended well");
    check_tallies();
    printf("%lu items per second; %lu page faults in all, so %lu items for each\n",
           (unsigned long)(items * 1000000000ul / (taken + 1)), (unsigned long)faults,
           (unsigned long)(items / (faults + 1)));
    return demo_failures != 0;
}
