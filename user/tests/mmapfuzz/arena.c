/* What is believed about the pages of the arena. */
#include "fuzz.h"

#include <sys/stat.h>

size_t file_size(int file)
{
    struct stat info;
    return fstat(fuzz.fds[file], &info) == 0 ? (size_t)info.st_size : 0;
}

bool is_accessible(unsigned page, bool writes)
{
    const struct page *p = &fuzz.pages[page];
    if (!p->mapped || p->prot == PROT_NONE || (writes && !(p->prot & PROT_WRITE)))
        return false;
    if (p->file >= 0)
        return (size_t)p->index * PAGE < file_size(p->file);
    return !p->shared || p->index < p->limit;
}

bool is_one_segment(struct range range)
{
    if (!fuzz.pages[range.page].mapped)
        return false;
    for (unsigned i = 1; i < range.count; i++) {
        const struct page *p = &fuzz.pages[range.page + i];
        if (!p->mapped || p->segment != p[-1].segment)
            return false;
    }
    return true;
}

bool is_gap(struct range range)
{
    for (unsigned i = 0; i < range.count; i++)
        if (fuzz.pages[range.page + i].mapped)
            return false;
    return true;
}

/* Half of the time where the last step was, so that steps have to do with each other. */
static unsigned choose_page(void)
{
    unsigned page = fuzz.focus + below(3);
    if (one_in(2) || page >= PAGES)
        page = below(PAGES);
    for (int i = 0; i < 6 && !fuzz.pages[page].mapped; i++)
        page = below(PAGES);
    return page;
}

struct range choose_range(unsigned most)
{
    unsigned page = choose_page();
    unsigned count = 1 + below(one_in(3) ? 2 : most);
    if (count > PAGES - page)
        count = PAGES - page;
    fuzz.focus = page;
    return (struct range){page, count};
}

void forget(struct range range)
{
    for (unsigned i = 0; i < range.count; i++)
        fuzz.pages[range.page + i] = (struct page){.file = -1};
}

/* Where the kernel may have split a mapping, and perhaps joined it again. */
void new_segments(struct range range)
{
    unsigned before = 0;
    for (unsigned i = 0; i < range.count; i++) {
        struct page *p = &fuzz.pages[range.page + i];
        if (i == 0 || p->segment != before)
            fuzz.segments++;
        before = p->segment;
        p->segment = fuzz.segments;
    }
}

void remember(struct range range, struct page first)
{
    fuzz.segments++;
    for (unsigned i = 0; i < range.count; i++) {
        struct page *p = &fuzz.pages[range.page + i];
        *p = first;
        p->mapped = true;
        p->index = first.index + i;
        p->segment = fuzz.segments;
    }
}

void forget_dontfork(void)
{
    for (unsigned i = 0; i < PAGES; i++)
        if (fuzz.pages[i].dontfork)
            forget((struct range){i, 1});
}
