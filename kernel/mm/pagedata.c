/*
 * Clearing and copying a page: the two loops that faults spend most of their time in. Unrolled,
 * with enough loads ahead of their stores to keep a simple pipeline busy.
 */
#include "mm/page.h"

typedef uint64_t __attribute__((may_alias)) word_t;

#define WORDS_PER_PAGE (PAGE_SIZE / sizeof(word_t))

#define REPEAT_8(m, base)                                                               \
    m((base) + 0) m((base) + 1) m((base) + 2) m((base) + 3) m((base) + 4) m((base) + 5) \
        m((base) + 6) m((base) + 7)
#define REPEAT_32(m) REPEAT_8(m, 0) REPEAT_8(m, 8) REPEAT_8(m, 16) REPEAT_8(m, 24)

void page_zero(void *data)
{
#define ZERO(i) word[i] = 0;
    for (word_t *word = data, *end = word + WORDS_PER_PAGE; word < end; word += 32) {
        REPEAT_32(ZERO)
    }
#undef ZERO
}

/* Eight words at a time: all loads, then all stores. */
void page_copy(void *to, const void *from)
{
    word_t *out = to;
    for (const word_t *in = from, *end = in + WORDS_PER_PAGE; in < end; in += 32, out += 32) {
#define COPY_8(base)                                                                           \
    {                                                                                          \
        word_t a = in[(base) + 0], b = in[(base) + 1], c = in[(base) + 2], d = in[(base) + 3]; \
        word_t e = in[(base) + 4], f = in[(base) + 5], g = in[(base) + 6], h = in[(base) + 7]; \
        out[(base) + 0] = a, out[(base) + 1] = b, out[(base) + 2] = c, out[(base) + 3] = d;    \
        out[(base) + 4] = e, out[(base) + 5] = f, out[(base) + 6] = g, out[(base) + 7] = h;    \
    }
        COPY_8(0)
        COPY_8(8)
        COPY_8(16)
        COPY_8(24)
#undef COPY_8
    }
}
