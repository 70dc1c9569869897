/*
 * Steps of mremap. The old range lies in what is certainly one mapping to every kernel; ranges of
 * several, which may have been merged or not, are left out.
 */
#include "fuzz.h"

#include <unistd.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

struct move {
    struct range from, to; /* to.page counts only with MREMAP_FIXED */
    int flags;
};

static uint8_t *remap(const struct move *m)
{
    return mremap(at_page(m->from.page), m->from.count * PAGE, m->to.count * PAGE, m->flags,
                  at_page(m->to.page));
}

static void say_move(const struct move *m)
{
    say("mremap +%u %u to %u pages", m->from.page, m->from.count, m->to.count);
    if (m->flags & MREMAP_FIXED)
        say(" at +%u", m->to.page);
    say("%s%s", m->flags & MREMAP_MAYMOVE ? " maymove" : "",
        m->flags & MREMAP_DONTUNMAP ? " dontunmap" : "");
}

static void believe_move(const struct move *m)
{
    struct page first = fuzz.pages[m->from.page];
    if (!(m->flags & MREMAP_DONTUNMAP))
        forget(m->from);
    else
        new_segments(m->from);
    remember(m->to, first);
}

static unsigned random_place(unsigned count)
{
    return below(PAGES - count + 1);
}

/* The kernel chose a place outside the arena: back from there, wherever that is. */
static void bring_back(struct move *m, uint8_t *at)
{
    m->to.page = random_place(m->to.count);
    size_t size = m->to.count * PAGE;
    say(" = elsewhere; to +%u", m->to.page);
    struct page first = fuzz.pages[m->from.page];
    forget(m->from);
    if (mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, at_page(m->to.page)) == MAP_FAILED) {
        say_result(-1);
        munmap(at, size);
        return;
    }
    remember(m->to, first);
    say(" = there\n");
}

static void perform(struct move *m)
{
    say_move(m);
    uint8_t *at = remap(m);
    if (at == MAP_FAILED) {
        say_result(-1);
    } else if (m->flags & MREMAP_FIXED) {
        say(" = %s\n", at == at_page(m->to.page) ? "there" : "elsewhere");
        believe_move(m);
    } else if (at == at_page(m->from.page)) {
        say(" = in place\n");
        m->to.page = m->from.page;
        believe_move(m);
    } else {
        bring_back(m, at);
    }
}

/* Pages of one segment; none (a count of 0) if there is none where it looked. */
static struct range choose_old(void)
{
    struct range range = choose_range(6);
    while (range.count > 0 && !is_one_segment(range))
        range.count--;
    return range;
}

void step_remap(void)
{
    struct move m = {.from = choose_old()};
    if (m.from.count == 0) {
        say("mremap: nothing there\n");
        return;
    }
    m.to.count = one_in(3) ? m.from.count : 1 + below(m.from.count + 4);
    unsigned kind = below(6);
    if (kind >= 2)
        m.flags = MREMAP_MAYMOVE;
    if (kind >= 4)
        m.flags |= MREMAP_FIXED;
    if (kind == 5 && !(fuzz.lacks & LACK_DONTUNMAP)) {
        m.flags |= MREMAP_DONTUNMAP;
        m.to.count = m.from.count;
    }
    if (m.to.count > PAGES - m.from.page && !(m.flags & MREMAP_FIXED))
        m.to.count = PAGES - m.from.page;
    m.to.page = random_place(m.to.count);
    perform(&m);
}

/*
 * An old size of 0 makes a second view of what is shared, and is an error for what is not. It would
 * pull the rug from under itself if the new place were its own.
 */
void step_remap_twice(void)
{
    struct range from = choose_old();
    struct move m = {.from = {from.page, 0}, .flags = MREMAP_MAYMOVE | MREMAP_FIXED};
    m.to.count = 1 + below(4);
    m.to.page = random_place(m.to.count);
    if (from.count == 0 || (m.to.page <= from.page && from.page < m.to.page + m.to.count))
        say("mremap: nothing there\n");
    else
        perform(&m);
}

/* One thing is wrong; nothing changes. */
void step_remap_wrong(void)
{
    struct range range = choose_old();
    uint8_t *from = at_page(range.page), *to = at_page(random_place(1));
    size_t size = (range.count + (range.count == 0)) * PAGE, new_size = size + PAGE;
    int flags = MREMAP_MAYMOVE;
    unsigned kind = below(6);
    switch (kind) {
    case 0: from++; break;
    case 1: new_size = 0; break;
    case 2: flags = MREMAP_FIXED; break;
    case 3: flags |= MREMAP_FIXED, to++; break;
    case 4: flags |= MREMAP_FIXED, to = from; break;
    case 5: flags = 0x40; break;
    }
    say("wrong %u: mremap +%u %zu to %zu bytes", kind, range.page, size, new_size);
    uint8_t *at = mremap(from, size, new_size, flags, to);
    say_result(at == MAP_FAILED ? -1 : 0);
}
