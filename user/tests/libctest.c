/*
 * The C library: formatted output and input, numbers, strings, memory, sorting. All expected values
 * are what the standards, and Linux's C library, give; so this passes there too. What of it reaches
 * into the system is in libciotest.
 */
#include "test.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Formats, and checks the text and the length that is returned. */
#define PRINTS(expected, ...)                                                          \
    do {                                                                               \
        char out[1200];                                                                \
        int length = snprintf(out, sizeof(out), __VA_ARGS__);                          \
        CHECK(strcmp(out, expected) == 0, "'%s' instead of '%s'", out, expected);      \
        CHECK(length == (int)strlen(expected), "length %d of '%s'", length, expected); \
    } while (0)

static void print_integers(void)
{
    PRINTS("0 -1 2147483647 -2147483648", "%d %i %d %d", 0, -1, INT_MAX, INT_MIN);
    PRINTS("-9223372036854775808 18446744073709551615", "%ld %lu", LONG_MIN, ULONG_MAX);
    const char *narrow = "%hhd %hhu %hd %hu"; /* no literal: a compiler would complain */
    PRINTS("-128 255 -1 65535", narrow, 128, 511, 0x1ffff, 0x1ffff);
    PRINTS("1 2 3 4", "%lld %zu %td %jd", 1LL, (size_t)2, (ptrdiff_t)3, (intmax_t)4);
    PRINTS("[   42] [42   ] [00042] [  +42] [ 42]", "[%5d] [%-5d] [%05d] [%+5d] [% d]", 42, 42, 42,
           42, 42);
    PRINTS("[  007] [007  ] [   -7] [-0007]", "[%5.3d] [%-5.3d] [%5d] [%05d]", 7, 7, -7, -7);
    PRINTS("[] [    ] [0]", "[%.0d] [%4.0d] [%.1d]", 0, 0, 0);
    PRINTS("ff FF 0xff 0XFF 0 377 0377 0", "%x %X %#x %#X %#x %o %#o %#o", 255, 255, 255, 255, 0,
           255, 255, 0);
    PRINTS("[0x00ff] [  0xff] [0xff  ]", "[%#06x] [%#6x] [%-#6x]", 255, 255, 255);
    PRINTS("[   42] [42   ] [00042]", "[%*d] [%*d] [%.*d]", 5, 42, -5, 42, 5, 42);
    PRINTS("[42] [+42]", "[%.*d] [%+d]", -1, 42, 42);
    PRINTS("4294967295 4294967254", "%u %u", UINT_MAX, (unsigned)-42);
    PRINTS("7 -7 "
           "ffffffffffffffff",
           "%" PRId8 " %" PRId64 " %" PRIx64, (int8_t)7, INT64_C(-7), UINT64_MAX);
}

static void print_text(void)
{
    void *pointer = (void *)0x1234abcd;
    PRINTS("[abc] [  abc] [abc  ] [ab]", "[%s] [%5s] [%-5s] [%.2s]", "abc", "abc", "abc", "abc");
    PRINTS("[a] [  b] [c  ]", "[%c] [%3c] [%-3c]", 'a', 'b', 'c');
    PRINTS("100%", "%d%%", 100);
    PRINTS("0x1234abcd [  0x1234abcd]", "%p [%12p]", pointer, pointer);
    PRINTS("(nil)", "%p", (void *)NULL);
    char unended[3] = {'x', 'y', 'z'};
    PRINTS("xyz", "%.3s", unended);
    char small[4];
    volatile size_t size = sizeof(small); /* volatile keeps the compiler from seeing the cut */
    CHECK(snprintf(small, size, "%s", "truncated") == 9, "length when it does not fit");
    CHECK(strcmp(small, "tru") == 0, "'%s'", small);
    CHECK(snprintf(NULL, 0, "%d", 12345) == 5, "length alone");
    char *made = NULL;
    CHECK(asprintf(&made, "%s-%d", "made", 7) == 6 && strcmp(made, "made-7") == 0, "asprintf");
    free(made);
}

static void print_doubles(void)
{
    PRINTS("0.000000 1.500000 -2.250000", "%f %f %f", 0.0, 1.5, -2.25);
    PRINTS("3.14 3 3. 4", "%.2f %.0f %#.0f %.0f", 3.14159, 3.14, 3.0, 3.5);
    PRINTS("0 2 2 4 -0", "%.0f %.0f %.0f %.0f %.0f", 0.5, 1.5, 2.5, 3.5, -0.5);
    PRINTS("0.1000000000000000055511151231257827", "%.34f", 0.1);
    PRINTS("1.000000e+00 1.5e-10 9.99e+99 1e+100", "%e %.1e %.2e %.0e", 1.0, 1.5e-10, 9.99e99,
           9.99e99);
    PRINTS("1 0.0001 1e-05 123456 1.23457e+06 100000", "%g %g %g %g %g %g", 1.0, 1e-4, 1e-5,
           123456.0, 1234567.0, 1e5);
    PRINTS("1.00000 1e+06 0.1 5", "%#g %g %g %.0g", 1.0, 1e6, 0.1, 5.1);
    PRINTS("[   1.5] [1.5   ] [0001.5] [  +1.5]", "[%6.1f] [%-6.1f] [%06.1f] [%+6.1f]", 1.5, 1.5,
           1.5, 1.5);
    PRINTS("inf -inf INF [  inf] [ -inf]", "%f %f %F [%05f] [%5g]", __builtin_inf(),
           -__builtin_inf(), __builtin_inf(), __builtin_inf(), -__builtin_inf());
    PRINTS("nan NAN", "%f %G", __builtin_nan(""), __builtin_nan(""));
    PRINTS("1.7976931348623157e+308 4.9406564584124654e-324", "%.16e %.16e", 1.7976931348623157e308,
           4.9406564584124654e-324);
    PRINTS("9.999995e+00 10.000000 1E+01", "%e %f %.0E", 9.999995, 9.9999999, 9.5);
    PRINTS("0.00 -0.00 0.01", "%.2f %.2f %.2f", 0.004, -0.004, 0.006);
    PRINTS("1.5", "%.1Lf", 1.5L);
    char out[1200];
    CHECK(snprintf(out, sizeof(out), "%.1000f", 1e-300) == 1002, "a thousand places");
    CHECK(strspn(out + 2, "0") == 299, "zeros before the first digit");
}

static void scan_text(void)
{
    int a = 0, b = 0, n = 0;
    unsigned x = 0;
    long l = 0;
    short h = 0;
    char word[16], rest[16], c = 0;
    double d = 0;
    float f = 0;
    CHECK(sscanf("12 -34", "%d %d", &a, &b) == 2 && a == 12 && b == -34, "%d %d", a, b);
    CHECK(sscanf("0x1f 077 99", "%i %i %d", &a, &b, &n) == 3 && a == 31 && b == 63, "bases");
    CHECK(sscanf("ff,12345678901", "%x,%ld", &x, &l) == 2 && x == 255 && l == 12345678901L,
          "x, ld");
    CHECK(sscanf("  hello world", "%s%n", word, &n) == 1 && n == 7, "word and position");
    CHECK(strcmp(word, "hello") == 0, "'%s'", word);
    CHECK(sscanf("abcdef", "%3s%c%2s", word, &c, rest) == 3 && c == 'd', "widths");
    CHECK(strcmp(word, "abc") == 0 && strcmp(rest, "ef") == 0, "'%s' '%s'", word, rest);
    CHECK(sscanf("key=value;", "%[a-z]=%[^;]", word, rest) == 2, "sets");
    CHECK(strcmp(word, "key") == 0 && strcmp(rest, "value") == 0, "'%s' '%s'", word, rest);
    CHECK(sscanf("1.5 -2.5e3", "%lf %f", &d, &f) == 2 && d == 1.5 && f == -2500, "%g %g", d, f);
    CHECK(sscanf("12345", "%2d%3hd", &a, &h) == 2 && a == 12 && h == 345, "%d %d", a, h);
    CHECK(sscanf("1 2 3", "%*d %d %*d", &a) == 1 && a == 2, "suppressed");
    CHECK(sscanf("", "%d", &a) == EOF && sscanf("x", "%d", &a) == 0, "nothing matched");
    CHECK(sscanf("5%", "%d%%%n", &a, &n) == 1 && n == 2, "per cent");
    CHECK(sscanf("7 x", "%d y", &a) == 1, "a literal that does not match");
}

static void check_integer(const char *text, int base, long expected, int used, int error)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, base);
    CHECK(value == expected, "strtol '%s' base %d: %ld", text, base, value);
    CHECK(end - text == used, "strtol '%s' took %d", text, (int)(end - text));
    CHECK(errno == error, "strtol '%s': errno %d", text, errno);
    errno = 0;
}

static void integers_from_text(void)
{
    check_integer("42", 10, 42, 2, 0);
    check_integer("  -42xyz", 10, -42, 5, 0);
    check_integer("+7", 0, 7, 2, 0);
    check_integer("0x1F", 0, 31, 4, 0);
    check_integer("0x", 16, 0, 1, 0);
    check_integer("0xg", 0, 0, 1, 0);
    check_integer("0755", 0, 493, 4, 0);
    check_integer("zz", 36, 1295, 2, 0);
    check_integer("12", 2, 1, 1, 0);
    check_integer("9223372036854775807", 10, LONG_MAX, 19, 0);
    check_integer("9223372036854775808", 10, LONG_MAX, 19, ERANGE);
    check_integer("-9223372036854775808", 10, LONG_MIN, 20, 0);
    check_integer("-9223372036854775809", 10, LONG_MIN, 20, ERANGE);
    check_integer("-", 10, 0, 0, 0);
    CHECK(strtoul("18446744073709551615", NULL, 10) == ULONG_MAX, "the greatest");
    CHECK(strtoul("-1", NULL, 10) == ULONG_MAX, "a negated one");
    CHECK(atoi("123abc") == 123 && atol("-5") == -5, "atoi, atol");
    CHECK(abs(-3) == 3 && div(-7, 2).quot == -3 && div(-7, 2).rem == -1, "abs, div");
}

static void doubles_from_text(void)
{
    static const struct {
        const char *text;
        double value;
        int used;
    } cases[] = {
        {"0", 0.0, 1},
        {"1.5", 1.5, 3},
        {" -2.25e2x", -225.0, 8},
        {".5", 0.5, 2},
        {"5.", 5.0, 2},
        {"1e", 1.0, 1},
        {"1e+", 1.0, 1},
        {"0x1.8p1", 3.0, 7},
        {"0x", 0.0, 1},
        {"123456789012345678901234567890", 123456789012345678901234567890.0, 30},
        {"1.7976931348623157e308", 1.7976931348623157e308, 22},
        {"2.2250738585072014e-308", 2.2250738585072014e-308, 23},
        {"9007199254740993", 9007199254740992.0, 16},
        {"9007199254740993.00000000000000000001", 9007199254740994.0, 37},
        {"infinity", __builtin_inf(), 8},
        {"x", 0.0, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *end;
        double value = strtod(cases[i].text, &end);
        CHECK(value == cases[i].value, "'%s' gives %.17g", cases[i].text, value);
        CHECK(end - cases[i].text == cases[i].used, "'%s' took %d", cases[i].text,
              (int)(end - cases[i].text));
    }
    CHECK(strtod("4.9e-324", NULL) > 0, "the smallest");
    errno = 0;
    CHECK(strtod("1e999", NULL) == __builtin_inf() && errno == ERANGE, "overflow");
    errno = 0;
    CHECK(strtod("1e-999", NULL) == 0 && errno == ERANGE, "underflow");
    errno = 0;
    CHECK(strtof("16777217.0000001", NULL) == 16777218.0f, "rounded once, not twice");
}

/* Every double that is printed with 17 digits is read back as itself. */
static void doubles_there_and_back(void)
{
    uint64_t word = 1;
    unsigned wrong = 0;
    for (int i = 0; i < 2000; i++) {
        double value, back;
        char text[64];
        word = word * 6364136223846793005u + 1442695040888963407u;
        memcpy(&value, &word, sizeof(value));
        if (value != value || value - value != 0)
            continue;
        snprintf(text, sizeof(text), "%.17g", value);
        back = strtod(text, NULL);
        wrong += memcmp(&back, &value, sizeof(value)) != 0;
    }
    CHECK(wrong == 0, "%u came back different", wrong);
    errno = 0;
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void string_basics(void)
{
    char out[32];
    CHECK(strlen("") == 0 && strlen("abc") == 3 && strnlen("abcdef", 4) == 4, "lengths");
    CHECK(sign(strcmp("a", "b")) == -1 && strcmp("x", "x") == 0, "strcmp");
    CHECK(sign(strcmp("\xff", "a")) == 1 && sign(strcmp("ab", "a")) == 1, "strcmp, unsigned");
    CHECK(strncmp("abcd", "abxy", 2) == 0 && sign(strncmp("abcd", "abxy", 3)) == -1, "strncmp");
    CHECK(strcasecmp("HeLLo", "hEllO") == 0 && strncasecmp("ABx", "aby", 2) == 0, "case");
    memset(out, '#', sizeof(out));
    strncpy(out, "ab", 5);
    CHECK(memcmp(out, "ab\0\0\0#", 6) == 0, "strncpy fills with zeros");
    CHECK(strcmp(strcat(strcpy(out, "ab"), "cd"), "abcd") == 0, "strcpy, strcat");
    volatile size_t two = 2; /* volatile keeps the compiler from seeing that this is a cut */
    CHECK(strcmp(strncat(out, "efgh", two), "abcdef") == 0, "strncat");
    CHECK(strchr("hello", 'l')[1] == 'l' && strchr("abc", 'x') == NULL, "strchr");
    CHECK(*strchr("abc", '\0') == '\0' && strrchr("hello", 'l')[1] == 'o', "strrchr");
    CHECK(strcmp(strstr("hello world", "o w"), "o world") == 0, "strstr");
    CHECK(strstr("aaab", "aab") != NULL && strstr("abc", "abcd") == NULL, "strstr again");
    CHECK(strspn("112233x", "123") == 6 && strcspn("abc,def", ",;") == 3, "spans");
    CHECK(*strpbrk("key=value", "=:") == '=' && strpbrk("abc", "x") == NULL, "strpbrk");
    char *copy = strdup("copy"), *part = strndup("partial", 4);
    CHECK(strcmp(copy, "copy") == 0 && strcmp(part, "part") == 0, "strdup, strndup");
    free(copy);
    free(part);
    CHECK(strcmp(strerror(ENOENT), "No such file or directory") == 0, "%s", strerror(ENOENT));
    CHECK(strcmp(strsignal(SIGSEGV), "Segmentation fault") == 0, "%s", strsignal(SIGSEGV));
    CHECK(strcmp(strerror(12345), "Unknown error 12345") == 0, "%s", strerror(12345));
}

static void string_tokens(void)
{
    char text[] = ",,one, two;;three", *rest = NULL;
    CHECK(strcmp(strtok_r(text, ",; ", &rest), "one") == 0, "first");
    CHECK(strcmp(strtok_r(NULL, ",; ", &rest), "two") == 0, "second");
    CHECK(strcmp(strtok_r(NULL, ",; ", &rest), "three") == 0, "third");
    CHECK(strtok_r(NULL, ",; ", &rest) == NULL, "no fourth");
    char fields[] = "a::b", *at = fields;
    CHECK(strcmp(strsep(&at, ":"), "a") == 0 && strcmp(strsep(&at, ":"), "") == 0, "strsep");
    CHECK(strcmp(strsep(&at, ":"), "b") == 0 && at == NULL, "strsep ends");
    CHECK(isalpha('a') && !isalpha('1') && isspace('\v') && ispunct('!') && !isprint(127), "ctype");
    CHECK(isxdigit('F') && !isxdigit('g') && toupper('z') == 'Z' && tolower('Z') == 'z', "ctype");
}

/* A copy between two alignments, with the bytes around it watched. */
static int copy_differs(size_t to, size_t from, size_t n)
{
    unsigned char source[96], target[96];
    for (size_t i = 0; i < sizeof(source); i++)
        source[i] = (unsigned char)(i * 7 + 1);
    memset(target, 0xee, sizeof(target));
    memcpy(target + 8 + to, source + from, n);
    return memcmp(target + 8 + to, source + from, n) != 0 || target[7 + to] != 0xee ||
           target[8 + to + n] != 0xee;
}

static void memory_copies(void)
{
    int wrong = 0;
    for (size_t n = 0; n < 72; n++)
        for (size_t to = 0; to < 8; to++)
            for (size_t from = 0; from < 8; from++)
                wrong += copy_differs(to, from, n);
    CHECK(wrong == 0, "memcpy: %d wrong", wrong);
}

/* Compares a move inside an array with one made byte by byte by way of another array. */
static int move_differs(size_t to, size_t from, size_t n)
{
    unsigned char real[64], model[64], between[64];
    for (size_t i = 0; i < sizeof(real); i++)
        real[i] = model[i] = (unsigned char)i;
    for (size_t i = 0; i < n; i++)
        between[i] = model[from + i];
    for (size_t i = 0; i < n; i++)
        model[to + i] = between[i];
    memmove(real + to, real + from, n);
    return memcmp(real, model, sizeof(real)) != 0;
}

static void memory_moves(void)
{
    int wrong = 0;
    for (size_t n = 0; n < 40; n++)
        for (size_t to = 0; to < 24; to++)
            for (size_t from = 0; from < 24; from++)
                wrong += move_differs(to, from, n);
    CHECK(wrong == 0, "memmove: %d wrong", wrong);
    CHECK(sign(memcmp("abcdefgh1", "abcdefgh2", 9)) == -1, "memcmp");
    CHECK(sign(memcmp("\x80", "\x7f", 1)) == 1, "memcmp is unsigned");
    CHECK(memchr("abc", 'c', 2) == NULL && memchr("abc", 'c', 3) != NULL, "memchr");
}

enum { SLOTS = 200, ROUNDS = 20000, LARGE = 300000 };

static size_t random_size(void)
{
    int kind = rand() % 100;
    if (kind == 0)
        return (size_t)(rand() % LARGE);
    return (size_t)(rand() % (kind < 20 ? 4000 : 200));
}

static int is_filled(const unsigned char *at, size_t size, unsigned char with)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != with)
            return 0;
    return 1;
}

/* Random allocations, each filled with its own byte, which has to be there when it is freed. */
static void malloc_stress(void)
{
    static struct {
        unsigned char *at;
        size_t size;
        unsigned char fill;
    } slots[SLOTS];
    unsigned damaged = 0, unaligned = 0;
    srand(1);
    for (int i = 0; i < ROUNDS; i++) {
        unsigned k = (unsigned)rand() % SLOTS;
        size_t size = random_size(), kept = size < slots[k].size ? size : slots[k].size;
        damaged += !is_filled(slots[k].at, slots[k].size, slots[k].fill);
        if (rand() % 3 == 0 && size > 0) {
            slots[k].at = realloc(slots[k].at, size);
            damaged += !is_filled(slots[k].at, kept, slots[k].fill);
        } else {
            free(slots[k].at);
            slots[k].at = rand() % 4 == 0 ? aligned_alloc(64, size) : malloc(size);
        }
        slots[k].size = size;
        slots[k].fill = (unsigned char)i;
        unaligned += (uintptr_t)slots[k].at % 16 != 0;
        if (size > 0)
            memset(slots[k].at, slots[k].fill, size);
    }
    for (int k = 0; k < SLOTS; k++)
        free(slots[k].at);
    CHECK(damaged == 0, "%u blocks damaged", damaged);
    CHECK(unaligned == 0, "%u blocks not aligned", unaligned);
}

static void malloc_edges(void)
{
    volatile size_t huge = SIZE_MAX / 2;
    void *memory = NULL;
    errno = 0;
    CHECK(malloc(huge) == NULL && errno == ENOMEM, "half the address space");
    CHECK(calloc(huge, 3) == NULL, "a product that overflows");
    CHECK(posix_memalign(&memory, 4096, 100) == 0 && (uintptr_t)memory % 4096 == 0, "a page");
    free(memory);
    CHECK(posix_memalign(&memory, 3, 100) == EINVAL, "an odd alignment");
    unsigned char *zeros = malloc(5000);
    memset(zeros, 1, 5000);
    free(zeros);
    zeros = calloc(50, 100);
    CHECK(is_filled(zeros, 5000, 0), "calloc clears");
    free(zeros);
    unsigned char *big = malloc(1 << 20);
    memset(big, 7, 1 << 20);
    big = realloc(big, 4 << 20);
    CHECK(is_filled(big, 1 << 20, 7), "a large block grows");
    big = realloc(big, 10);
    CHECK(is_filled(big, 10, 7), "and shrinks");
    free(big);
    free(NULL);
    errno = 0;
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sorting(void)
{
    enum { N = 3000 };
    static int values[N];
    for (int kind = 0; kind < 4; kind++) {
        long sum = 0, sorted_sum = 0;
        for (int i = 0; i < N; i++) {
            int shapes[] = {rand(), i, N - i, rand() % 5};
            values[i] = shapes[kind];
            sum += values[i];
        }
        qsort(values, N, sizeof(values[0]), compare_ints);
        unsigned wrong = 0;
        for (int i = 0; i < N; i++) {
            sorted_sum += values[i];
            wrong += i > 0 && values[i - 1] > values[i];
        }
        CHECK(wrong == 0 && sum == sorted_sum, "kind %d: %u out of order", kind, wrong);
    }
    const char *words[] = {"pear", "fig", "apple"}, *key = "fig";
    qsort(words, 3, sizeof(words[0]), compare_strings);
    CHECK(strcmp(words[0], "apple") == 0 && strcmp(words[2], "pear") == 0, "strings");
    CHECK(bsearch(&key, words, 3, sizeof(words[0]), compare_strings) == &words[1], "found");
    key = "kiwi";
    CHECK(bsearch(&key, words, 3, sizeof(words[0]), compare_strings) == NULL, "not found");
}

static const struct test tests[] = {
    {"print_integers", print_integers, 0},
    {"print_text", print_text, 0},
    {"print_doubles", print_doubles, 0},
    {"scan_text", scan_text, 0},
    {"integers_from_text", integers_from_text, 0},
    {"doubles_from_text", doubles_from_text, 0},
    {"doubles_there_and_back", doubles_there_and_back, 0},
    {"string_basics", string_basics, 0},
    {"string_tokens", string_tokens, 0},
    {"memory_copies", memory_copies, 0},
    {"memory_moves", memory_moves, 0},
    {"malloc_stress", malloc_stress, 0},
    {"malloc_edges", malloc_edges, 0},
    {"sorting", sorting, 0},
};

TEST_MAIN(tests)
