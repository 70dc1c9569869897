/*
 * ckptdemo: checkpoints of a running computation that write only the pages that have changed.
 *
 *     ckptdemo [--short]
 *
 * The computation has all its state in one range of pages and changes a few of them in each step.
 * Every so many steps the pages that changed are appended to a file (log.h). How these are found:
 * by protection, as in Appel and Li (1991), and by the kernel's soft-dirty bits, where it has them
 * (dirty.h). In each way the computation is killed half-way, the last record of its file is cut
 * short, as by a crash, and a new process restores the state from the file and goes on. At the end
 * its state is the one of a computation that nothing happened to.
 */
#include <fcntl.h>

#include "../demo.h"
#include "dirty.h"
#include "log.h"

enum { CHECKPOINTS_MAX = 16, CHANGES = 2000, WINDOW = 6, WORDS = PAGE / sizeof(uint64_t) };

struct form {
    size_t pages;
    unsigned checkpoints, steps; /* between two checkpoints */
};

static const struct form long_form = {2048, 12, 40}, short_form = {256, 6, 10};

/* The first page of the state. */
struct state {
    uint64_t seed;
    uint64_t step;
};

/* One checkpoint, as it was made. */
struct mark {
    uint64_t step, pages, traps, nanos;
};

struct board {
    uint64_t expected, result; /* checksums of the final state */
    uint64_t restored;         /* records that were found whole */
    uint64_t restored_step;
    bool has_way;
    struct mark marks[CHECKPOINTS_MAX];
};

static const char *const way_names[WAYS] = {"page protection", "soft-dirty bits"};
static const char *const missing[WAYS] = {"handlers for signals", "soft-dirty bits"};

static struct form form;
static struct board *board;
static struct state *state;
static char name[64];

/* --- The computation --- */

static void make_state(void)
{
    state = map_or_die(form.pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

/* Changes words in a window of pages, which moves on a little with each step. */
static void compute_step(void)
{
    uint64_t *words = (uint64_t *)state + WORDS;
    uint64_t window = state->step / 8 * 2 % (form.pages - 1 - WINDOW) * WORDS;
    for (int i = 0; i < CHANGES; i++) {
        uint64_t r = random_next(&state->seed);
        uint64_t *word = &words[window + r % (WINDOW * WORDS)];
        *word = mix(*word, r);
    }
    state->step++;
}

static uint64_t sum_state(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < form.pages * WORDS; i++)
        sum = mix(sum, ((const uint64_t *)state)[i]);
    return sum;
}

static int compute_undisturbed(int unused)
{
    make_state();
    state->seed = 9;
    for (unsigned i = 0; i < form.checkpoints * form.steps; i++)
        compute_step();
    board->expected = sum_state();
    return 0;
}

/* --- Checkpoints --- */

static bool dirty[PAGES_MAX];

static void make_checkpoint(int fd, struct mark *mark)
{
    static unsigned long traps_before;
    uint64_t began = nanoseconds();
    mark->pages = dirty_take(dirty);
    if (!log_append(fd, (const char *)state, form.pages, dirty))
        die(name);
    mark->step = state->step;
    mark->nanos = nanoseconds() - began;
    mark->traps = dirty_traps() - traps_before;
    traps_before = dirty_traps();
}

/* Computes on from checkpoint to checkpoint until so many have been made since the beginning. */
static void compute_until(int fd, unsigned checkpoints)
{
    while (state->step < checkpoints * form.steps) {
        for (unsigned i = 0; i < form.steps; i++)
            compute_step();
        make_checkpoint(fd, &board->marks[state->step / form.steps - 1]);
    }
}

static int open_log(int flags)
{
    int fd = open(name, O_RDWR | flags, 0600);
    if (fd < 0)
        die(name);
    return fd;
}

/* Kills itself when half is done. The first record has all pages. */
static int compute_and_die(int way)
{
    int fd = open_log(O_CREAT | O_EXCL);
    make_state();
    state->seed = 9;
    memset(dirty, true, sizeof(dirty));
    if (!log_append(fd, (const char *)state, form.pages, dirty))
        die(name);
    board->has_way = dirty_watch((enum way)way, (char *)state, form.pages);
    if (!board->has_way)
        return 0;
    compute_until(fd, form.checkpoints / 2);
    return kill(getpid(), SIGKILL);
}

/* In a new process, with nothing but the file. */
static int restore_and_compute(int way)
{
    int fd = open_log(0);
    make_state();
    board->restored = log_restore(fd, (char *)state, form.pages);
    board->restored_step = state->step;
    if (!dirty_watch((enum way)way, (char *)state, form.pages))
        return 1;
    compute_until(fd, form.checkpoints);
    board->result = sum_state();
    return 0;
}

/* The file of all that, in a third process. */
static int restore_only(int unused)
{
    int fd = open_log(0);
    make_state();
    unsigned records = log_restore(fd, (char *)state, form.pages);
    return records == form.checkpoints + 1 && sum_state() == board->expected ? 0 : 1;
}

/* --- The parent --- */

static void print_marks(void)
{
    printf("\n%-12s %8s %14s %8s %10s\n", "checkpoint", "step", "pages written", "traps", "us");
    for (unsigned i = 0; i < form.checkpoints; i++) {
        const struct mark *mark = &board->marks[i];
        printf("%-12u %8lu %14lu %8lu %10lu\n", i + 1, (unsigned long)mark->step,
               (unsigned long)mark->pages, (unsigned long)mark->traps,
               (unsigned long)mark->nanos / 1000);
    }
    printf("\n");
}

static void check_marks(enum way way)
{
    bool few = true, some = true, by_traps = true;
    for (unsigned i = 0; i < form.checkpoints; i++) {
        const struct mark *mark = &board->marks[i];
        some &= mark->pages > 0;
        few &= mark->pages <= form.pages / 4;
        by_traps &= mark->traps == (way == BY_PROTECTION ? mark->pages : 0);
    }
    check(some && few, "each checkpoint wrote some pages, and less than a quarter");
    check(by_traps, way == BY_PROTECTION ? "each page was found by one trap" : "without a trap");
}

/* Whether the way is there. */
static bool show(enum way way)
{
    unsigned half = form.checkpoints / 2;
    int status = 0;
    printf("\n-- dirty pages by %s --\n", way_names[way]);
    pid_t pid = start(compute_and_die, way);
    bool killed = waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
    if (!board->has_way) {
        unlink(name);
        printf("left out: this kernel has no %s\n", missing[way]);
        return false;
    }
    int fd = open_log(0);
    bool cut = ftruncate(fd, lseek(fd, 0, SEEK_END) - 100) == 0;
    bool restored = finish(start(restore_and_compute, way));
    bool log_is_good = finish(start(restore_only, 0));
    close(fd);
    unlink(name);
    print_marks();
    check(killed && cut, "the computation was killed, and its last record cut short");
    check(restored && board->restored == half, "a new process found all other records whole");
    check(board->restored_step == (half - 1) * form.steps, "and with them the state at that step");
    check(board->result == board->expected, "it ended with the state of an undisturbed one");
    check(log_is_good, "and the file now holds that state, too");
    check_marks(way);
    return true;
}

int main(int argc, char **argv)
{
    form = demo_is_short(argc, argv) ? short_form : long_form;
    board = map_common(sizeof(*board));
    snprintf(name, sizeof(name), "/tmp/ckptdemo.%d", (int)getpid());
    printf("a computation on %lu pages, %u steps, a checkpoint after each %u of them\n",
           (unsigned long)form.pages, form.checkpoints * form.steps, form.steps);
    check(finish(start(compute_undisturbed, 0)), "once without any disturbance");
    bool any = show(BY_PROTECTION);
    any |= show(BY_SOFT_DIRTY);
    if (!any)
        return 2;
    return demo_failures != 0;
}
