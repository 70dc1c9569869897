/*
 * Memory and strings. The memory functions go word by word where both ends are aligned alike, since
 * RISC-V machines may trap on unaligned words; whole pages have faster routines in mm/page.h.
 */
#include "lib/string.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)

static bool same_alignment(const void *a, const void *b)
{
    return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1)) == 0;
}

static bool is_aligned(const void *p)
{
    return ((uintptr_t)p & (WORD - 1)) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if (n >= WORD && same_alignment(t, f)) {
        for (; !is_aligned(t); n--)
            *t++ = *f++;
        for (; n >= 4 * WORD; n -= 4 * WORD, t += 4 * WORD, f += 4 * WORD) {
            const word_t *in = (const word_t *)f;
            word_t a = in[0], b = in[1], c = in[2], d = in[3];
            word_t *out = (word_t *)t;
            out[0] = a, out[1] = b, out[2] = c, out[3] = d;
        }
        for (; n >= WORD; n -= WORD, t += WORD, f += WORD)
            *(word_t *)t = *(const word_t *)f;
    }
    while (n-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    if ((uintptr_t)t - (uintptr_t)f >= n)
        return memcpy(to, from, n);
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

void *memset(void *at, int byte, size_t n)
{
    unsigned char *t = at;
    for (; n > 0 && !is_aligned(t); n--)
        *t++ = (unsigned char)byte;
    word_t pattern = (unsigned char)byte * 0x0101010101010101ULL;
    for (; n >= 4 * WORD; n -= 4 * WORD, t += 4 * WORD) {
        word_t *out = (word_t *)t;
        out[0] = pattern, out[1] = pattern, out[2] = pattern, out[3] = pattern;
    }
    for (; n >= WORD; n -= WORD, t += WORD)
        *(word_t *)t = pattern;
    while (n-- > 0)
        *t++ = (unsigned char)byte;
    return at;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void *memchr(const void *at, int byte, size_t n)
{
    const unsigned char *p = at;
    for (size_t i = 0; i < n; i++)
        if (p[i] == (unsigned char)byte)
            return (void *)(p + i);
    return NULL;
}

size_t strnlen(const char *s, size_t limit)
{
    size_t n = 0;
    while (n < limit && s[n] != '\0')
        n++;
    return n;
}

size_t strlen(const char *s)
{
    return strnlen(s, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
        if (x != y)
            return x < y ? -1 : 1;
        if (x == '\0')
            break;
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
    size_t length = strlen(s);
    return memchr(s, c, length + 1);
}

char *strstr(const char *s, const char *wanted)
{
    size_t length = strlen(wanted);
    for (; *s != '\0' || length == 0; s++)
        if (strncmp(s, wanted, length) == 0)
            return (char *)s;
    return NULL;
}

size_t strlcpy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);
    if (size > 0) {
        size_t fits = length < size ? length : size - 1;
        memcpy(to, from, fits);
        to[fits] = '\0';
    }
    return length;
}
