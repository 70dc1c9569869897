/* lib/string against the host's C library, on memory that ends where the bytes end. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/test.h"

/* The kernel's functions under other names: see host.mk. */
void *kernel_memcpy(void *restrict to, const void *restrict from, size_t n);
void *kernel_memmove(void *to, const void *from, size_t n);
void *kernel_memset(void *at, int byte, size_t n);
int kernel_memcmp(const void *a, const void *b, size_t n);
void *kernel_memchr(const void *at, int byte, size_t n);
size_t kernel_strlen(const char *s);
size_t kernel_strnlen(const char *s, size_t limit);
int kernel_strcmp(const char *a, const char *b);
int kernel_strncmp(const char *a, const char *b, size_t n);
char *kernel_strchr(const char *s, int c);
char *kernel_strstr(const char *s, const char *wanted);
size_t strlcpy(char *to, const char *from, size_t size);

#define MAX_SIZE 160

static int sign(int n)
{
    return n < 0 ? -1 : n > 0;
}

/* Copies between all alignments and of all sizes; nothing beside the target changes. */
static void copies(void)
{
    for (size_t n = 0; n < MAX_SIZE; n++) {
        for (size_t a = 0; a < 16; a++) {
            size_t b = test_below(16);
            uint8_t *from = test_alloc(a + n), *to = test_alloc(b + n), *expected;
            test_fill(from, a + n);
            test_fill(to, b + n);
            expected = test_copy(to, b + n);
            memcpy(expected + b, from + a, n);
            EXPECT(kernel_memcpy(to + b, from + a, n) == to + b);
            EXPECT(memcmp(to, expected, b + n) == 0, "%zu bytes, %zu to %zu", n, a, b);
            free(from);
            free(to);
            free(expected);
        }
    }
}

static void moves(void)
{
    for (int i = 0; i < 20000; i++) {
        size_t n = test_below(MAX_SIZE), from = test_below(64), to = test_below(64);
        uint8_t *ours = test_alloc(64 + n), *theirs;
        test_fill(ours, 64 + n);
        theirs = test_copy(ours, 64 + n);
        EXPECT(kernel_memmove(ours + to, ours + from, n) == ours + to);
        memmove(theirs + to, theirs + from, n);
        EXPECT(memcmp(ours, theirs, 64 + n) == 0, "%zu bytes, %zu to %zu", n, from, to);
        free(ours);
        free(theirs);
    }
}

static void fills(void)
{
    for (size_t n = 0; n < MAX_SIZE; n++) {
        for (size_t at = 0; at < 16; at++) {
            uint8_t *ours = test_alloc(at + n), *theirs = test_alloc(at + n);
            int byte = (int)test_below(1000) - 500;
            EXPECT(kernel_memset(ours + at, byte, n) == ours + at);
            memset(theirs + at, byte, n);
            EXPECT(memcmp(ours, theirs, at + n) == 0, "%zu bytes at %zu", n, at);
            free(ours);
            free(theirs);
        }
    }
}

/* Bytes of which many are alike, so that comparisons get far. */
static char *poor_bytes(size_t n, bool is_string)
{
    char *bytes = test_alloc(n);
    for (size_t i = 0; i < n; i++)
        bytes[i] = "ab\200\377"[test_below(test_chance(90) ? 1 : 4)];
    if (is_string)
        bytes[n - 1] = '\0';
    return bytes;
}

static void memory_searches(void)
{
    for (int i = 0; i < 20000; i++) {
        size_t n = test_below(20);
        char *a = poor_bytes(n, false), *b = poor_bytes(n, false);
        int byte = (uint8_t) "ab\200\377"[test_below(4)] + (test_chance(50) ? 256 : 0);
        EXPECT(sign(kernel_memcmp(a, b, n)) == sign(memcmp(a, b, n)));
        EXPECT(kernel_memchr(a, byte, n) == memchr(a, byte, n));
        EXPECT(kernel_strnlen(a, n) == strnlen(a, n));
        free(a);
        free(b);
    }
}

static void strings(void)
{
    for (int i = 0; i < 20000; i++) {
        char *a = poor_bytes(1 + test_below(20), true), *b = poor_bytes(1 + test_below(20), true);
        size_t n = test_below(25);
        int c = test_chance(20) ? 0 : (uint8_t) "ab\200\377"[test_below(4)];
        EXPECT(kernel_strlen(a) == strlen(a));
        EXPECT(kernel_strnlen(a, n) == strnlen(a, n));
        EXPECT(sign(kernel_strcmp(a, b)) == sign(strcmp(a, b)));
        EXPECT(sign(kernel_strncmp(a, b, n)) == sign(strncmp(a, b, n)));
        EXPECT(kernel_strchr(a, c) == strchr(a, c));
        b[test_below(strlen(b) + 1)] = '\0';
        EXPECT(kernel_strstr(a, b) == strstr(a, b), "\"%s\" in \"%s\"", b, a);
        free(a);
        free(b);
    }
}

static void bounded_copies(void)
{
    for (size_t size = 0; size < 12; size++) {
        for (size_t length = 0; length < 12; length++) {
            char *from = test_alloc(length + 1), *to = test_alloc(size);
            memset(from, 'x', length);
            EXPECT(strlcpy(to, from, size) == length);
            if (size > 0)
                EXPECT(strlen(to) == (length < size ? length : size - 1));
            free(from);
            free(to);
        }
    }
}

int main(void)
{
    TEST(copies);
    TEST_SEEDS(moves, 2);
    TEST(fills);
    TEST_SEEDS(memory_searches, 2);
    TEST_SEEDS(strings, 2);
    TEST(bounded_copies);
    return test_end();
}
