/*
 * Floating-point numbers as decimal text, exact to any number of digits.
 *
 * A double is m * 2^e with an integer m, and so a decimal number of finitely many digits: for a
 * negative e it is m * 5^-e, with the point moved -e places to the left. All its digits are
 * computed (767 at most), and rounded as text: to the nearest, and to even in the middle.
 */
#include "bignum.h"
#include "format.h"

#include <ctype.h>
#include <string.h>

enum { MAX_DIGITS = 800, DEFAULT_PRECISION = 6 };

/* 0.d1d2d3... times ten to the power of `point`; zero has no digits, and its point is 1. */
struct decimal {
    int count;
    int point;
    char digit[MAX_DIGITS];
};

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* big = mantissa * 2^exponent for a positive exponent, else mantissa * 5^-exponent. */
static void expand(struct bignum *big, uint64_t mantissa, int exponent)
{
    enum { TWOS = 29, FIVES = 13 }; /* so many at once stay below 2^32 */
    static const uint32_t fives[FIVES + 1] = {1,       5,        25,        125,       625,
                                              3125,    15625,    78125,     390625,    1953125,
                                              9765625, 48828125, 244140625, 1220703125};
    big->count = 2;
    big->limb[0] = (uint32_t)(mantissa % BIG_BASE);
    big->limb[1] = (uint32_t)(mantissa / BIG_BASE);
    bignum_trim(big);
    for (int left = exponent; left > 0; left -= min(left, TWOS))
        bignum_multiply(big, 1U << min(left, TWOS));
    for (int left = -exponent; left > 0; left -= min(left, FIVES))
        bignum_multiply(big, fives[min(left, FIVES)]);
}

static void strip_zeros(struct decimal *decimal)
{
    while (decimal->count > 0 && decimal->digit[decimal->count - 1] == '0')
        decimal->count--;
}

/* All digits of a number that is finite and not negative. */
static void decimal_from_double(struct decimal *decimal, double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof(word));
    int biased = (int)(word >> 52);
    uint64_t fraction = word & ((1UL << 52) - 1);
    uint64_t mantissa = biased == 0 ? fraction : fraction | 1UL << 52;
    int exponent = (biased == 0 ? 1 : biased) - 1075;
    struct bignum big;
    decimal->count = 0;
    decimal->point = 1;
    if (mantissa == 0)
        return;
    expand(&big, mantissa, exponent);
    char text[MAX_DIGITS], *first = text + MAX_DIGITS;
    for (int i = 0; i < big.count; i++)
        for (int k = 0; k < BIG_DIGITS; k++, big.limb[i] /= 10)
            *--first = (char)('0' + big.limb[i] % 10);
    while (*first == '0')
        first++;
    decimal->count = (int)(text + MAX_DIGITS - first);
    decimal->point = decimal->count + min(exponent, 0);
    memcpy(decimal->digit, first, (size_t)decimal->count);
    strip_zeros(decimal);
}

/* Whether what follows the first `keep` digits rounds up. */
static bool rounds_up(const struct decimal *decimal, int keep)
{
    if (keep < 0 || decimal->digit[keep] != '5')
        return keep >= 0 && decimal->digit[keep] > '5';
    if (keep + 1 < decimal->count)
        return true;
    return keep > 0 && (decimal->digit[keep - 1] - '0') % 2 == 1;
}

/* Keeps so many digits at most; a carry out of the first one makes it a 1, one place higher. */
static void decimal_round(struct decimal *decimal, int keep)
{
    if (keep >= decimal->count)
        return;
    bool up = rounds_up(decimal, keep);
    decimal->count = keep < 0 ? 0 : keep;
    if (up) {
        int last = decimal->count - 1;
        while (last >= 0 && decimal->digit[last] == '9')
            last--;
        decimal->count = last + 1;
        if (last >= 0) {
            decimal->digit[last]++;
        } else {
            decimal->digit[0] = '1';
            decimal->count = 1;
            decimal->point++;
        }
    }
    strip_zeros(decimal);
    if (decimal->count == 0)
        decimal->point = 1;
}

/* Digits from place `from` on, `n` of them, with zeros before the first and behind the last. */
static void output_digits(struct output *out, const struct decimal *decimal, int from, int n)
{
    int leading = from < 0 ? min(-from, n) : 0;
    __output_fill(out, '0', leading);
    from += leading;
    n -= leading;
    int there = n > 0 && from < decimal->count ? min(decimal->count - from, n) : 0;
    __output_text(out, decimal->digit + from, (size_t)there);
    __output_fill(out, '0', n - there);
}

static void output_fixed(struct output *out, const struct spec *spec, const struct decimal *decimal,
                         const char *sign)
{
    int before = decimal->point > 1 ? decimal->point : 1;
    bool dot = spec->precision > 0 || spec->alternate;
    long length = (long)before + dot + spec->precision;
    __output_begin(out, spec, sign, length);
    output_digits(out, decimal, decimal->point - before, before);
    __output_text(out, ".", dot);
    output_digits(out, decimal, decimal->point, spec->precision);
    __output_end(out, spec, sign, length);
}

static void output_scientific(struct output *out, const struct spec *spec,
                              const struct decimal *decimal, const char *sign)
{
    int exponent = decimal->point - 1, size = exponent < 0 ? -exponent : exponent;
    bool dot = spec->precision > 0 || spec->alternate;
    char tail[8] = {isupper(spec->conversion) ? 'E' : 'e', exponent < 0 ? '-' : '+'};
    int n = 2;
    if (size >= 100)
        tail[n++] = (char)('0' + size / 100);
    tail[n++] = (char)('0' + size / 10 % 10);
    tail[n++] = (char)('0' + size % 10);
    long length = 1L + dot + spec->precision + n;
    __output_begin(out, spec, sign, length);
    output_digits(out, decimal, 0, 1);
    __output_text(out, ".", dot);
    output_digits(out, decimal, 1, spec->precision);
    __output_text(out, tail, (size_t)n);
    __output_end(out, spec, sign, length);
}

/* The precision counts all digits here; zeros at the end are shown only with the # flag. */
static void output_general(struct output *out, struct spec *spec, struct decimal *decimal,
                           const char *sign)
{
    int digits = spec->precision == 0 ? 1 : spec->precision;
    decimal_round(decimal, digits);
    int exponent = decimal->point - 1;
    bool fixed = exponent >= -4 && exponent < digits;
    int shown = spec->alternate ? digits : decimal->count > 0 ? decimal->count : 1;
    spec->precision = shown - 1 - (fixed ? exponent : 0);
    if (spec->precision < 0)
        spec->precision = 0;
    if (fixed)
        output_fixed(out, spec, decimal, sign);
    else
        output_scientific(out, spec, decimal, sign);
}

static void output_special(struct output *out, struct spec *spec, const char *text,
                           const char *sign)
{
    spec->zero = false;
    __output_begin(out, spec, sign, 3);
    __output_text(out, text, 3);
    __output_end(out, spec, sign, 3);
}

static void output_finite(struct output *out, struct spec *spec, double value, const char *sign)
{
    struct decimal decimal;
    decimal_from_double(&decimal, value);
    if (spec->precision < 0)
        spec->precision = DEFAULT_PRECISION;
    switch (tolower(spec->conversion)) {
    case 'f':
        decimal_round(&decimal, decimal.point + spec->precision);
        output_fixed(out, spec, &decimal, sign);
        break;
    case 'e':
        decimal_round(&decimal, 1 + spec->precision);
        output_scientific(out, spec, &decimal, sign);
        break;
    default: output_general(out, spec, &decimal, sign);
    }
}

void __format_double(struct output *out, const struct spec *spec, double value)
{
    struct spec own = *spec;
    bool upper = isupper(spec->conversion);
    const char *sign = spec->plus ? "+" : spec->space ? " " : "";
    if (__builtin_signbit(value)) {
        sign = "-";
        value = -value;
    }
    if (__builtin_isnan(value))
        output_special(out, &own, upper ? "NAN" : "nan", sign);
    else if (__builtin_isinf(value))
        output_special(out, &own, upper ? "INF" : "inf", sign);
    else
        output_finite(out, &own, value, sign);
}
