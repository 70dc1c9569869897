/* Steps that change what is mapped, or only say something about it. */
#include "fuzz.h"

#include <unistd.h>

/* Sometimes a start or a length that is not of whole pages. */
static size_t slip(unsigned chance)
{
    return one_in(chance) ? 1 + below(PAGE - 1) : 0;
}

/* From low to high, up to the first page that cannot have it: what Linux documents. */
static void believe_mprotect(struct range range, int prot)
{
    for (unsigned i = 0; i < range.count; i++) {
        struct page *p = &fuzz.pages[range.page + i];
        if (!p->mapped || ((prot & PROT_WRITE) && !p->may_write))
            break;
        p->prot = prot;
    }
    new_segments(range);
}

void step_mprotect(void)
{
    static const int prots[] = {PROT_NONE,
                                PROT_READ,
                                PROT_READ,
                                PROT_READ | PROT_WRITE,
                                PROT_READ | PROT_WRITE,
                                PROT_READ | PROT_WRITE,
                                PROT_WRITE,
                                PROT_READ | PROT_EXEC};
    struct range range = choose_range(8);
    int prot = prots[below(sizeof(prots) / sizeof(prots[0]))];
    size_t start = slip(25), less = slip(5);
    if (one_in(25))
        prot |= 0x100;
    say("mprotect +%u.%zu %zu bytes, prot %#x", range.page, start, range.count * PAGE - less,
        (unsigned)prot);
    say_result(mprotect(at_page(range.page) + start, range.count * PAGE - less, prot));
    if (start == 0 && !(prot & 0x100))
        believe_mprotect(range, prot);
}

struct advice {
    int number;
    const char *name;
    unsigned lack;
};

static const struct advice advices[] = {
    {MADV_DONTNEED, "dontneed", 0},
    {MADV_DONTNEED, "dontneed", 0},
    {MADV_DONTNEED, "dontneed", 0},
    {MADV_DONTNEED, "dontneed", 0},
    {MADV_NORMAL, "normal", 0},
    {MADV_RANDOM, "random", 0},
    {MADV_SEQUENTIAL, "sequential", 0},
    {MADV_WILLNEED, "willneed", 0},
    {MADV_DONTFORK, "dontfork", LACK_DONTFORK},
    {MADV_DONTFORK, "dontfork", LACK_DONTFORK},
    {MADV_DOFORK, "dofork", LACK_DONTFORK},
    {MADV_WIPEONFORK, "wipeonfork", LACK_WIPEONFORK},
    {MADV_WIPEONFORK, "wipeonfork", LACK_WIPEONFORK},
    {MADV_KEEPONFORK, "keeponfork", LACK_WIPEONFORK},
    {MADV_POPULATE_READ, "populate read", LACK_POPULATE},
    {MADV_POPULATE_WRITE, "populate write", LACK_POPULATE},
    {1000, "unknown", 0},
};

/*
 * Without a file, and in a kernel without swap, reading ahead is an error; so only with one. And
 * whether private memory of /dev/zero is of a file, which cannot be wiped, is Linux's secret.
 */
static bool is_allowed(struct range range, const struct advice *advice)
{
    if (advice->lack & fuzz.lacks)
        return false;
    for (unsigned i = 0; i < range.count; i++) {
        const struct page *p = &fuzz.pages[range.page + i];
        if ((advice->number == MADV_WILLNEED && p->file < 0) ||
            (advice->number == MADV_WIPEONFORK && p->zero))
            return false;
    }
    return true;
}

void step_madvise(void)
{
    struct range range = choose_range(8);
    const struct advice *advice = &advices[below(sizeof(advices) / sizeof(advices[0]))];
    if (!is_allowed(range, advice))
        advice = &advices[0];
    size_t start = slip(25), less = slip(8);
    say("madvise +%u.%zu %zu bytes, %s", range.page, start, range.count * PAGE - less,
        advice->name);
    say_result(madvise(at_page(range.page) + start, range.count * PAGE - less, advice->number));
    if (start != 0)
        return;
    for (unsigned i = 0; i < range.count; i++) {
        struct page *p = &fuzz.pages[range.page + i];
        if (advice->number == MADV_DONTFORK || advice->number == MADV_DOFORK)
            p->dontfork = p->mapped && advice->number == MADV_DONTFORK;
    }
    new_segments(range);
}

void step_msync(void)
{
    static const int kinds[] = {
        MS_SYNC, MS_SYNC, MS_ASYNC, 0, MS_INVALIDATE, MS_SYNC | MS_INVALIDATE, MS_SYNC | MS_ASYNC,
        8};
    struct range range = choose_range(8);
    int flags = kinds[below(sizeof(kinds) / sizeof(kinds[0]))];
    size_t start = slip(25), less = slip(8);
    say("msync +%u.%zu %zu bytes, flags %#x", range.page, start, range.count * PAGE - less,
        (unsigned)flags);
    say_result(msync(at_page(range.page) + start, range.count * PAGE - less, flags));
}

/* What is in memory is the kernel's business; only the result is looked at. */
void step_mincore(void)
{
    unsigned char resident[PAGES];
    struct range range = choose_range(8);
    size_t start = slip(25), less = slip(8);
    say("mincore +%u.%zu %zu bytes", range.page, start, range.count * PAGE - less);
    say_result(mincore(at_page(range.page) + start, range.count * PAGE - less, resident));
}
