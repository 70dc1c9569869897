/*
 * snapdemo: fork as a consistent snapshot of memory that goes on changing.
 *
 *     snapdemo [--short]
 *
 * The parent has a large table of accounts and moves money between two of them at a time, so that
 * their sum never changes between two transfers. Every so many transfers it forks. The child has
 * the table as it was at that moment: it sums it, waits until the parent has made many more
 * transfers, and sums again; then it ends. Nothing is copied by fork itself: the first store of the
 * parent to a page that a child still has copies that page, which is what the table counts.
 */
#include "demo.h"

enum { WORDS_IN_PAGE = PAGE / sizeof(uint64_t), SNAPSHOTS_MAX = 12, OPENING = 1000 };

/* What the long and the short form are made of. */
struct form {
    int pages, snapshots, transfers; /* transfers between two snapshots */
};

static const struct form long_form = {4096, 12, 400000}, short_form = {256, 4, 20000};

/* What a child found: before and after the parent went on. */
struct finding {
    uint64_t sum[2], print[2];
};

struct board {
    uint32_t transfers; /* made by the parent, in units of a snapshot's distance */
    struct finding findings[SNAPSHOTS_MAX];
};

/* What the parent knows of a snapshot. */
struct snapshot {
    pid_t pid;
    uint64_t print;  /* the table's checksum when it was made */
    uint64_t nanos;  /* what fork took */
    uint64_t copies; /* pages copied until the next one */
};

static struct form form;
static struct board *board;
static uint64_t *table;
static size_t accounts;

static uint64_t sum_table(uint64_t *print)
{
    uint64_t sum = 0;
    *print = 0;
    for (size_t i = 0; i < accounts; i++) {
        sum += table[i];
        *print = mix(*print, table[i]);
    }
    return sum;
}

static void make_table(void)
{
    accounts = (size_t)form.pages * WORDS_IN_PAGE;
    table = map_or_die(accounts * sizeof(*table), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    for (size_t i = 0; i < accounts; i++)
        table[i] = OPENING;
}

/* --- The child --- */

static int examine(int number)
{
    struct finding *finding = &board->findings[number];
    finding->sum[0] = sum_table(&finding->print[0]);
    await(&board->transfers, (uint32_t)number + 1);
    finding->sum[1] = sum_table(&finding->print[1]);
    return 0;
}

/* --- The parent --- */

static void make_transfers(uint64_t *seed)
{
    for (int i = 0; i < form.transfers; i++) {
        uint64_t r = random_next(seed);
        uint64_t *from = &table[r % accounts], *to = &table[(r >> 32) % accounts];
        uint64_t amount = *from == 0 ? 0 : random_next(seed) % *from;
        *from -= amount;
        *to += amount;
    }
}

/* Makes one and goes on. The child sees these transfers announced, and none of them. */
static void take_snapshot(struct snapshot *snapshot, int number, uint64_t *seed)
{
    sum_table(&snapshot->print);
    uint64_t began = nanoseconds(), before = copies_of_self();
    snapshot->pid = start(examine, number);
    snapshot->nanos = nanoseconds() - began;
    make_transfers(seed);
    snapshot->copies = copies_of_self() - before;
    announce(&board->transfers, (uint32_t)number + 1);
}

static void print_snapshots(const struct snapshot *snapshots)
{
    printf("\n%-8s %10s %18s %14s %14s\n", "snapshot", "transfers", "checksum", "fork, us",
           "pages copied");
    for (int i = 0; i < form.snapshots; i++)
        printf("%-8d %10d %#18lx %14lu %14lu\n", i + 1, i * form.transfers,
               (unsigned long)snapshots[i].print, (unsigned long)snapshots[i].nanos / 1000,
               (unsigned long)snapshots[i].copies);
    printf("\n");
}

static void check_snapshots(const struct snapshot *snapshots)
{
    uint64_t expected = (uint64_t)accounts * OPENING;
    bool constant = true, frozen = true, exact = true, few = true, different = true;
    for (int i = 0; i < form.snapshots; i++) {
        const struct finding *finding = &board->findings[i];
        constant &= finding->sum[0] == expected && finding->sum[1] == expected;
        frozen &= finding->print[0] == finding->print[1];
        exact &= finding->print[0] == snapshots[i].print;
        different &= i == 0 || snapshots[i].print != snapshots[i - 1].print;
        few &= snapshots[i].copies > 0 && snapshots[i].copies <= (uint64_t)form.pages + 16;
    }
    check(different, "the table changed between any two snapshots");
    check(constant, "every snapshot has the right sum");
    check(exact, "each is the table as it was when fork was called");
    check(frozen, "and stays so while the parent goes on");
    if (ON_QUIRE)
        check(few, "a page was copied at most once for each snapshot");
}

int main(int argc, char **argv)
{
    struct snapshot snapshots[SNAPSHOTS_MAX] = {{0}};
    uint64_t seed = 7, print;
    form = demo_is_short(argc, argv) ? short_form : long_form;
    board = map_common(sizeof(*board));
    make_table();
    printf("%lu accounts on %d pages; %d snapshots, %d transfers after each\n",
           (unsigned long)accounts, form.pages, form.snapshots, form.transfers);
    bool ended_well = true;
    for (int i = 0; i < form.snapshots; i++) {
        take_snapshot(&snapshots[i], i, &seed);
        if (i > 0)
            ended_well &= finish(snapshots[i - 1].pid);
    }
    ended_well &= finish(snapshots[form.snapshots - 1].pid);
    print_snapshots(snapshots);
    check(ended_well, "all processes ended well");
    check(sum_table(&print) == (uint64_t)accounts * OPENING, "the parent's sum is right, too");
    check_snapshots(snapshots);
    return demo_failures != 0;
}
