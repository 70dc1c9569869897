/*
 * Bytes in memory. Copying and filling go by words of eight bytes where the addresses allow it:
 * a RISC-V machine may trap, or be slow, on a word that is not aligned. Two addresses that differ
 * in their low bits never align together, and are copied by bytes.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word_t;

enum { WORD = sizeof(word_t), BLOCK = 8 * WORD };

static inline size_t bytes_to_alignment(const void *at)
{
    return -(uintptr_t)at % WORD;
}

static inline bool align_together(const void *a, const void *b)
{
    return ((uintptr_t)a ^ (uintptr_t)b) % WORD == 0;
}

/* Eight loads before eight stores: no load has to wait for a store before it. */
static inline void copy_block(word_t *to, const word_t *from)
{
    word_t a = from[0], b = from[1], c = from[2], d = from[3];
    word_t e = from[4], f = from[5], g = from[6], h = from[7];
    to[0] = a, to[1] = b, to[2] = c, to[3] = d;
    to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    char *out = to;
    const char *in = from;
    if (n >= 2 * WORD && align_together(out, in)) {
        for (size_t head = bytes_to_alignment(out); head > 0; head--, n--)
            *out++ = *in++;
        for (; n >= BLOCK; n -= BLOCK, out += BLOCK, in += BLOCK)
            copy_block((word_t *)out, (const word_t *)in);
        for (; n >= WORD; n -= WORD, out += WORD, in += WORD)
            *(word_t *)out = *(const word_t *)in;
    }
    for (; n > 0; n--)
        *out++ = *in++;
    return to;
}

void *mempcpy(void *restrict to, const void *restrict from, size_t n)
{
    return (char *)memcpy(to, from, n) + n;
}

/* From the end downwards, for a target that lies inside its source. */
static void copy_down(char *to, const char *from, size_t n)
{
    char *out = to + n;
    const char *in = from + n;
    if (n >= 2 * WORD && align_together(out, in)) {
        for (size_t tail = (uintptr_t)out % WORD; tail > 0; tail--, n--)
            *--out = *--in;
        for (; n >= WORD; n -= WORD)
            *(word_t *)(out -= WORD) = *(const word_t *)(in -= WORD);
    }
    for (; n > 0; n--)
        *--out = *--in;
}

/* memcpy may be used where the target begins first: it never reads what it has written. */
void *memmove(void *to, const void *from, size_t n)
{
    if ((uintptr_t)to - (uintptr_t)from >= n)
        return memcpy(to, from, n);
    copy_down(to, from, n);
    return to;
}

void *memset(void *at, int byte, size_t n)
{
    char *out = at;
    if (n >= 2 * WORD) {
        word_t pattern = (unsigned char)byte * (~0ULL / 0xff);
        for (size_t head = bytes_to_alignment(out); head > 0; head--, n--)
            *out++ = (char)byte;
        for (; n >= BLOCK; n -= BLOCK, out += BLOCK) {
            word_t *words = (word_t *)out;
            words[0] = pattern, words[1] = pattern, words[2] = pattern, words[3] = pattern;
            words[4] = pattern, words[5] = pattern, words[6] = pattern, words[7] = pattern;
        }
        for (; n >= WORD; n -= WORD, out += WORD)
            *(word_t *)out = pattern;
    }
    for (; n > 0; n--)
        *out++ = (char)byte;
    return at;
}

/* Equal words are passed over; the first that differ are looked at byte by byte. */
int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    if (align_together(p, q) && bytes_to_alignment(p) == 0)
        for (; n >= WORD && *(const word_t *)p == *(const word_t *)q; n -= WORD)
            p += WORD, q += WORD;
    for (; n > 0; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

void *memchr(const void *at, int byte, size_t n)
{
    for (const unsigned char *p = at; n > 0; n--, p++)
        if (*p == (unsigned char)byte)
            return (void *)p;
    return NULL;
}

void *memrchr(const void *at, int byte, size_t n)
{
    const unsigned char *bytes = at;
    while (n-- > 0)
        if (bytes[n] == (unsigned char)byte)
            return (void *)(bytes + n);
    return NULL;
}

void *memmem(const void *at, size_t n, const void *wanted, size_t length)
{
    const char *from = at;
    if (length == 0)
        return (void *)at;
    while (n >= length) {
        const char *first = memchr(from, *(const unsigned char *)wanted, n - length + 1);
        if (first == NULL)
            return NULL;
        if (memcmp(first, wanted, length) == 0)
            return (void *)first;
        n -= (size_t)(first + 1 - from);
        from = first + 1;
    }
    return NULL;
}
