/* lib/print against the host's printf, where both know the conversion. */
#include "lib/print.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/test.h"

/* The formats are made at run time. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

#define SAME(...)                                                                        \
    do {                                                                                 \
        char ours[600], theirs[600];                                                     \
        int n = ksnprintf(ours, sizeof(ours), __VA_ARGS__);                              \
        int m = snprintf(theirs, sizeof(theirs), __VA_ARGS__);                           \
        EXPECT(n == m && strcmp(ours, theirs) == 0, "\"%s\", not \"%s\"", ours, theirs); \
    } while (0)

static void plain(void)
{
    SAME("nothing to convert");
    SAME("100%% of %s", "it");
    SAME("%d %i %u %x %X", -1, INT_MIN, UINT_MAX, 0xabcdef, 0xABCDEF);
    SAME("%ld %lu %lx", LONG_MIN, ULONG_MAX, ULONG_MAX);
    SAME("%lld %llu %jd %zu %td", LLONG_MIN, ULLONG_MAX, INTMAX_MAX, SIZE_MAX, PTRDIFF_MIN);
    SAME("%hhd %hhu %hd %hu", (signed char)-7, (unsigned char)250, (short)-7,
         (unsigned short)65000);
    SAME("%c%c%c|%5c|%-5c|", 'a', 'b', 'c', 'd', 'e');
    SAME("%s|%10s|%-10s|%.2s|%10.2s|%-10.2s|%.0s|", "abc", "abc", "abc", "abc", "abc", "abc", "x");
    SAME("%p", (void *)0xffffffc080200000);
    SAME("%*d|%-*d|%.*d|%*.*d|", 6, 42, 6, 42, 4, 42, 8, 4, 42);
    SAME("%.*s|%.*s|", 3, "abcdef", -1, "abcdef");
}

/* A string without a final zero is not read beyond its precision. */
static void unterminated(void)
{
    char *three = test_copy("abc", 3), text[10];
    EXPECT(ksnprintf(text, sizeof(text), "%.3s", three) == 3 && strcmp(text, "abc") == 0);
    free(three);
}

/* One random conversion with one random number. */
static void random_number(void)
{
    char format[40] = "<%";
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
    for (const char *flag = "-0#+ "; *flag != '\0'; flag++)
        if (test_chance(25))
            strncat(format, flag, 1);
    if (test_chance(50))
        sprintf(format + strlen(format), "%d", (int)test_below(30) + 1);
    if (test_chance(30))
        sprintf(format + strlen(format), ".%d", (int)test_below(30));
    strcat(format, lengths[test_below(8)]);
    strncat(format, &"diuxx"[test_below(5)], 1);
    strcat(format, ">");
    /* Where the C standard leaves the meaning open, nothing is to be compared. */
    bool open = strchr("ux", format[strlen(format) - 2]) != NULL &&
                (strpbrk(format, "+ ") != NULL || strchr(format, 'u') != NULL) &&
                strchr(format, '#') != NULL;
    uint64_t value = test_chance(10) ? 0 : test_random() >> test_below(64);
    if (test_chance(50))
        value = -value;
    if (!open)
        SAME(format, value);
}

static void random_numbers(void)
{
    for (int i = 0; i < 20000; i++)
        random_number();
}

/* Any size of buffer: exactly so many bytes are written, and the length is that of the whole. */
static void cut_off(void)
{
    const char *whole = "value 12345, text abc";
    for (size_t size = 0; size < 30; size++) {
        char *text = test_alloc(size);
        int n = ksnprintf(text, size, "value %d, text %s", 12345, "abc");
        EXPECT(n == (int)strlen(whole), "%d", n);
        size_t fits = size == 0 ? 0 : size - 1;
        if (size > 0)
            EXPECT(strncmp(text, whole, fits) == 0 &&
                   strlen(text) == (fits < strlen(whole) ? fits : strlen(whole)));
        free(text);
    }
    EXPECT(ksnprintf(NULL, 0, "%s", whole) == (int)strlen(whole));
}

/* Formats of random bytes of the alphabet that formats are made of. */
static void random_formats(void)
{
    static const char alphabet[] = "%%%-0#+ .123456789hlzjtdiuxXcspa";
    const char *x = "x";
    for (int i = 0; i < 20000; i++) {
        char format[12] = "", text[64];
        for (unsigned j = 0; j < sizeof(format) - 1; j++)
            format[j] = alphabet[test_below(sizeof(alphabet))];
        int n = ksnprintf(text, sizeof(text), format, x, x, x, x, x, x, x, x, x, x);
        EXPECT(n >= 0);
    }
}

static char printed[2 * PRINT_MAX];
static size_t nprinted, calls;

static void sink(const char *text, size_t n)
{
    EXPECT(nprinted + n <= sizeof(printed));
    memcpy(printed + nprinted, text, n);
    nprinted += n;
    calls++;
}

/* A line that is too long is cut and still ends its line. */
static void to_console(void)
{
    kprintf("lost\n");
    print_set_sink(sink);
    kprintf("%d\n", 7);
    EXPECT(calls == 1 && nprinted == 2 && memcmp(printed, "7\n", 2) == 0);
    nprinted = 0;
    kprintf("%0300d\n", 7);
    EXPECT(calls == 2 && nprinted == PRINT_MAX - 1 && printed[nprinted - 1] == '\n', "%zu bytes",
           nprinted);
    print_set_sink(NULL);
    kprintf("lost\n");
    EXPECT(calls == 2);
}

int main(void)
{
    TEST(plain);
    TEST(unterminated);
    TEST(cut_off);
    TEST(to_console);
    TEST_SEEDS(random_numbers, 4);
    TEST_SEEDS(random_formats, 2);
    return test_end();
}
