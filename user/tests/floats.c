/*
 * Prints floating-point numbers in all formats, and reads texts back, so that the output of two C
 * libraries can be compared byte by byte: random bit patterns, numbers of ordinary size, and those
 * that lie at or beside the middle between two results.
 *
 *   floats [rounds]
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 88172645463325252u;

static uint64_t next_word(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double from_bits(uint64_t word)
{
    double value;
    memcpy(&value, &word, sizeof(value));
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof(word));
    return word;
}

/*
 * The compiler must not see the format: it would complain about flags that have no effect. There is
 * no # with %.3g: glibc prints 999.96 as 1.e+03 then, and not as 1.00e+03.
 */
static void print(double value)
{
    static const char *const formats[] = {
        "%f",      "%.0f", "%.1f",  "%.3f",  "%.20f", "%e",    "%.0e",  "%.1e",  "%.17e", "%.40e",
        "%g",      "%.0g", "%.1g",  "%.3g",  "%.17g", "%#g",   "%G",    "%+.2f", "% .2f", "%030.5f",
        "%-30.5e", "%30g", "%#.0f", "%#.0e", "%E",    "%.15g", "%.16g", "%.9g",  "%+g",   "%012g",
    };
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        const char *format = formats[i];
        printf(format, value);
        putchar('\n');
    }
}

static void read_back(const char *text)
{
    char *end;
    double d = strtod(text, &end);
    long used = end - text;
    float f = strtof(text, &end);
    printf("%s: %016llx %ld %016llx\n", text, (unsigned long long)bits_of(d), used,
           (unsigned long long)bits_of(f));
}

/* A random decimal text: up to 40 digits, a point somewhere, mostly a small exponent. */
static void read_random(void)
{
    char text[80];
    size_t n = 0, digits = 1 + next_word() % 40, point = next_word() % 50;
    for (size_t i = 0; i < digits; i++) {
        if (i == point)
            text[n++] = '.';
        text[n++] = (char)('0' + next_word() % 10);
    }
    long range = next_word() % 4 == 0 ? 400 : 30;
    snprintf(text + n, sizeof(text) - n, "e%ld", (long)(next_word() % (2 * range)) - range);
    read_back(text);
}

/* The exact middle between a double and the next, and texts that lie just beside it. */
static void read_middle(void)
{
    char text[1200];
    uint64_t word = next_word() % 2 ? next_word() >> 1 : 0x3fe0000000000000u + next_word() % 1000;
    double low = from_bits(word), high = from_bits(word + 1);
    if (high - high != 0 || low > 1e15 || low < 1e-15)
        return;
    snprintf(text, sizeof(text), "%.1000f", low);
    read_back(text);
    long double middle = ((long double)low + (long double)high) / 2;
    snprintf(text, sizeof(text), "%.30f", (double)middle);
    read_back(text);
}

static void print_random(void)
{
    print(from_bits(next_word()));
    print((double)(int64_t)(next_word() % 2000001 - 1000000) / 1000);
    print((double)(next_word() % 100000) / 8);
    print((double)(next_word() % 1000) + 0.5);
    print((double)next_word() * 1e-9);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 2000;
    static const char *const texts[] = {
        "0",
        "-0",
        "1e23",
        "8.5e-324",
        "2.47e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "3.4028235677973366e38",
        "3.4028235677973365e38",
        "1.401298464324817e-45",
        "7.006492321624085e-46",
        "7.006492321624086e-46",
        "9007199254740993",
        "9007199254740995",
        "16777217",
        "16777219",
        "0x1.fffffffffffff8p0",
        "0x1.00000000000008p-1022",
        "0x.0000000000001p-1022",
        "0x1p-1075",
        "0x1.8p-1075",
        "0x1p1024",
        "1e400",
        "1e-400",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        read_back(texts[i]);
    for (int i = 0; i < rounds; i++) {
        print_random();
        read_random();
        read_middle();
    }
    return 0;
}
