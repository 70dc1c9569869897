/*
 * gcdemo: a garbage collector that does its work while the program runs, by page protection.
 *
 *     gcdemo [--short]
 *
 * The same program, with trees and lists that it makes, changes and checks all the time, runs with
 * two collectors. One stops it until all that lives is copied. The other one, which heap.h
 * describes, protects the copies and scans a page when the program touches it. What the program
 * finds is the same; what differs is how long it has to wait at a time.
 *
 * What Appel and Li (1991) call TRAP, PROTN, UNPROT and MAP2 is all here: the handler of SIGSEGV,
 * mprotect of a whole space and of a page, and one memory mapped twice.
 */
#include "../demo.h"
#include "heap.h"
#include "work.h"

struct form {
    size_t pages; /* of a space */
    unsigned levels, rounds;
};

static const struct form long_form = {2048, 15, 4000}, short_form = {384, 12, 400};

struct run {
    struct heap_stats stats;
    uint64_t checksum;
};

enum { STOPPING, INCREMENTAL, RUNS };

static struct form form;
static struct run *runs;

static int run(int kind)
{
    heap_make(form.pages, kind == INCREMENTAL, &runs[kind].stats);
    runs[kind].checksum = work(form.levels, form.rounds);
    return runs[kind].checksum == 0;
}

static struct pauses all_pauses(const struct heap_stats *stats)
{
    const struct pauses *kinds[] = {&stats->flips, &stats->traps, &stats->steps};
    struct pauses all = {0, 0, 0, 0};
    for (int i = 0; i < 3; i++) {
        all.count += kinds[i]->count;
        all.total += kinds[i]->total;
        all.longest = kinds[i]->longest > all.longest ? kinds[i]->longest : all.longest;
        all.most_words = kinds[i]->most_words > all.most_words ? kinds[i]->most_words
                                                               : all.most_words;
    }
    return all;
}

static void print_line(const char *what, uint64_t stopping, uint64_t in_parts)
{
    printf("%-40s %15lu %15lu\n", what, (unsigned long)stopping, (unsigned long)in_parts);
}

static void print_runs(void)
{
    const struct heap_stats *a = &runs[STOPPING].stats, *b = &runs[INCREMENTAL].stats;
    struct pauses all_a = all_pauses(a), all_b = all_pauses(b);
    printf("\n%-40s %15s %15s\n", "", "stop the world", "incremental");
    print_line("collections", a->collections, b->collections);
    print_line("words copied", a->copied_words, b->copied_words);
    print_line("pauses", all_a.count, all_b.count);
    print_line("  when the spaces change places", a->flips.count, b->flips.count);
    print_line("  when the program ran into a page", a->traps.count, b->traps.count);
    print_line("  when it made new objects", a->steps.count, b->steps.count);
    print_line("the longest pause, in " TICKS, all_a.longest, all_b.longest);
    print_line("the mean pause", all_a.total / (all_a.count + 1), all_b.total / (all_b.count + 1));
    print_line("all pauses", all_a.total, all_b.total);
    print_line("most words scanned or copied in a pause", all_a.most_words, all_b.most_words);
    printf("\n");
}

static void check_runs(void)
{
    const struct heap_stats *a = &runs[STOPPING].stats, *b = &runs[INCREMENTAL].stats;
    check(a->collections > 1 && b->collections > 1, "both collected more than once");
    check(runs[STOPPING].checksum == runs[INCREMENTAL].checksum,
          "the program found the same with both");
    check(b->traps.count > 0, "it ran into pages that were not scanned yet");
    check(b->unprotected >= b->traps.count, "and each was scanned and then opened");
    check(all_pauses(b).most_words * 4 < all_pauses(a).most_words,
          "no pause had a quarter of the work that stopping the world has at once");
}

int main(int argc, char **argv)
{
    form = demo_is_short(argc, argv) ? short_form : long_form;
    if (!has_handlers()) {
        printf("gcdemo: this kernel has no handlers for signals\n");
        return 2;
    }
    runs = map_common(RUNS * sizeof(*runs));
    printf("a heap of two spaces of %lu pages, a tree of %u nodes, %u rounds of changes\n",
           (unsigned long)form.pages, (1u << form.levels) - 1, form.rounds);
    bool ended_well = finish(start(run, STOPPING));
    ended_well &= finish(start(run, INCREMENTAL));
    print_runs();
    check(ended_well, "trees and lists were always as they should be");
    check_runs();
    return demo_failures != 0;
}
