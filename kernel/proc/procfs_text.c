/* Text in the making: see procfs_text.h. */
#include "proc/procfs_text.h"

#include "lib/print.h"
#include "lib/string.h"
#include "lib/util.h"

void text_put(struct text *t, const char *bytes, size_t n)
{
    while (n > 0 && t->err == 0) {
        struct page *page;
        size_t at = t->length % PAGE_SIZE, part = min_u64(n, PAGE_SIZE - at);
        t->err = object_make_page(&t->ip->object, t->length / PAGE_SIZE, &page);
        if (t->err != 0)
            return;
        object_mark_backed(&t->ip->object, page);
        memcpy((char *)page_data(page) + at, bytes, part);
        page_unpin(page);
        t->length += part;
        bytes += part;
        n -= part;
    }
}

void text_print(struct text *t, const char *format, ...)
{
    char line[TEXT_MAX + 1];
    va_list args;
    va_start(args, format);
    int length = kvsnprintf(line, sizeof(line), format, args);
    va_end(args);
    text_put(t, line, min_u64((uint64_t)length, TEXT_MAX));
}

void text_pad(struct text *t, uint64_t length, uint64_t width)
{
    static const char blanks[] = "                ";
    while (length < width && t->err == 0) {
        size_t n = min_u64(width - length, sizeof(blanks) - 1);
        text_put(t, blanks, n);
        length += n;
    }
}
