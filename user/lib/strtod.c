/*
 * Floating-point numbers from text, rounded correctly: to the nearest, and to even in the middle.
 *
 * A decimal number is laid out in decimal limbs (bignum.h) with its point between two of them, and
 * doubled or halved until its integer part has about 58 bits. That part is the mantissa; whether
 * anything is left behind it decides what the middle is ("sticky"). The exponent is how often it
 * was halved.
 */
#include "bignum.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* mantissa * 2^exponent, and a little more if sticky. The sign is kept apart. */
struct binary {
    uint64_t mantissa;
    int exponent;
    bool sticky;
};

/* A format: how many bits a mantissa has, and the exponents of its lowest bit. */
struct format {
    int bits, least, greatest;
};

static const struct format format_double = {53, -1074, 971};
static const struct format format_float = {24, -149, 104};

enum {
    MAX_DIGITS = 800, /* no number in the middle of two doubles has more than 767 */
    BIG_STEP = 29,    /* bits that are shifted at once */
    MIN_BITS = 58,    /* of the integer part, in the end; two limbs hold 59 */
    MAX_EXPONENT = 100000,
};

/* Halves of the last place are rounded to even. */
static void round_to(struct binary *number, const struct format *format)
{
    if (number->mantissa == 0)
        return;
    int bits = 64 - __builtin_clzl(number->mantissa);
    int shift = bits - format->bits;
    if (number->exponent + shift < format->least)
        shift = format->least - number->exponent;
    if (shift <= 0)
        return;
    if (shift > 63) {
        *number = (struct binary){.sticky = true, .exponent = format->least};
        return;
    }
    uint64_t half = 1UL << (shift - 1), rest = number->mantissa & (2 * half - 1);
    number->mantissa >>= shift;
    number->exponent += shift;
    bool odd = number->mantissa & 1;
    if (rest > half || (rest == half && (number->sticky || odd)))
        number->mantissa++;
    if (number->mantissa >> format->bits != 0) {
        number->mantissa >>= 1;
        number->exponent++;
    }
    number->sticky |= rest != 0;
}

/* Puts a number that round_to has rounded together; it fits exactly or is too great. */
static double assemble(const struct binary *number, const struct format *format)
{
    union {
        uint64_t word;
        double value;
    } result = {.value = 0};
    if (number->mantissa == 0) {
        if (number->sticky)
            errno = ERANGE;
        return 0;
    }
    int bits = 64 - __builtin_clzl(number->mantissa);
    if (number->exponent + bits > format->greatest + format->bits) {
        errno = ERANGE;
        return __builtin_inf();
    }
    if (number->sticky && number->exponent + bits < format->least + format->bits)
        errno = ERANGE;
    int shift = format_double.bits - bits, exponent = number->exponent - shift;
    if (exponent < format_double.least)
        exponent = format_double.least, shift = number->exponent - exponent;
    /* The mantissa's upper bit, if it has 53, adds the 1 by which normal exponents are greater. */
    result.word = ((uint64_t)(exponent - format_double.least) << 52) + (number->mantissa << shift);
    return result.value;
}

/* Decimal digits d1 d2 d3..., which stand for 0.d1d2d3... times ten to the power of `point`. */
struct digits {
    int count;
    long point;
    char digit[MAX_DIGITS + 1];
};

/* Behind the digits that are kept, a 1 stands for all others that are not zero. */
static void add_digit(struct digits *digits, char c)
{
    if (digits->count < MAX_DIGITS)
        digits->digit[digits->count++] = (char)(c - '0');
    else if (c != '0')
        digits->digit[MAX_DIGITS] = 1;
}

/* The power after e or p; without digits it is no exponent, and the number ends before it. */
static const char *parse_exponent(const char *text, int letter, long *exponent)
{
    if (tolower((unsigned char)*text) != letter)
        return text;
    const char *at = text + 1;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    if (!isdigit((unsigned char)*at))
        return text;
    long value = 0;
    for (; isdigit((unsigned char)*at); at++)
        if (value < MAX_EXPONENT)
            value = value * 10 + *at - '0';
    *exponent += negative ? -value : value;
    return at;
}

/* Returns the text behind the number, or NULL if it begins with none. */
static const char *parse_digits(const char *text, struct digits *digits)
{
    bool any = false, fraction = false;
    for (;; text++) {
        if (*text == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!isdigit((unsigned char)*text))
            break;
        any = true;
        if (*text != '0' || digits->count > 0) {
            add_digit(digits, *text);
            digits->point += !fraction;
        } else {
            digits->point -= fraction;
        }
    }
    digits->count += digits->digit[MAX_DIGITS];
    return any ? parse_exponent(text, 'e', &digits->point) : NULL;
}

/* Lays the digits out with `point` limbs behind the decimal point. */
static void lay_out(struct bignum *big, const struct digits *digits, int point)
{
    static const uint32_t powers[BIG_DIGITS] = {1,      10,      100,      1000,     10000,
                                                100000, 1000000, 10000000, 100000000};
    memset(big, 0, sizeof(*big));
    for (int i = 0; i < digits->count; i++) {
        int power = (int)digits->point - 1 - i + point * BIG_DIGITS;
        big->limb[power / BIG_DIGITS] += (uint32_t)digits->digit[i] * powers[power % BIG_DIGITS];
    }
    big->count = BIG_LIMBS;
    bignum_trim(big);
}

/* The integer part, if at most two limbs stand before the point. */
static uint64_t integer_part(const struct bignum *big, int point)
{
    uint64_t value = 0;
    for (int i = big->count - 1; i >= point; i--)
        value = value * BIG_BASE + big->limb[i];
    return value;
}

static void decimal_to_binary(const struct digits *digits, struct binary *number)
{
    struct bignum big;
    long behind = digits->count - digits->point;
    int point = behind > 0 ? (int)(behind + BIG_DIGITS - 1) / BIG_DIGITS : 0;
    lay_out(&big, digits, point);
    while (big.count - point > 2) {
        int step = big.count - point > 3 ? BIG_STEP : 1;
        number->sticky |= bignum_divide(&big, 1U << step) != 0;
        number->exponent += step;
    }
    for (;;) {
        number->mantissa = integer_part(&big, point);
        if (number->mantissa >> MIN_BITS != 0)
            break;
        int step = number->mantissa >> (MIN_BITS - BIG_STEP) != 0 ? 1 : BIG_STEP;
        bignum_multiply(&big, 1U << step);
        number->exponent -= step;
    }
    for (int i = 0; i < point; i++)
        number->sticky |= big.limb[i] != 0;
}

static const char *parse_decimal(const char *text, struct binary *number)
{
    struct digits digits = {0};
    const char *end = parse_digits(text, &digits);
    if (end == NULL || digits.count == 0)
        return end;
    if (digits.point > 310)
        *number = (struct binary){.mantissa = 1, .exponent = MAX_EXPONENT};
    else if (digits.point < -330)
        number->sticky = true;
    else
        decimal_to_binary(&digits, number);
    return end;
}

static void add_hex_digit(struct binary *number, int c)
{
    unsigned value = isdigit(c) ? (unsigned)c - '0' : ((unsigned)c | 0x20) - 'a' + 10;
    if (number->mantissa >> 60 == 0) {
        number->mantissa = number->mantissa * 16 + value;
    } else {
        number->sticky |= value != 0;
        number->exponent += 4;
    }
}

/* Behind 0x: the exponent, of two, is in decimal. */
static const char *parse_hex(const char *text, struct binary *number)
{
    bool any = false, fraction = false;
    for (;; text++) {
        if (*text == '.' && !fraction) {
            fraction = true;
        } else if (isxdigit((unsigned char)*text)) {
            any = true;
            add_hex_digit(number, (unsigned char)*text);
            number->exponent -= 4 * fraction;
        } else {
            break;
        }
    }
    long exponent = number->exponent;
    const char *end = any ? parse_exponent(text, 'p', &exponent) : NULL;
    exponent = exponent > MAX_EXPONENT ? MAX_EXPONENT : exponent;
    number->exponent = (int)(exponent < -MAX_EXPONENT ? -MAX_EXPONENT : exponent);
    return end;
}

static const char *parse_number(const char *text, const struct format *format, double *value)
{
    struct binary number = {0};
    const char *end = NULL;
    if (text[0] == '0' && (text[1] | 0x20) == 'x')
        end = parse_hex(text + 2, &number);
    if (end == NULL) {
        number = (struct binary){0};
        end = parse_decimal(text, &number);
    }
    if (end == NULL)
        return NULL;
    round_to(&number, format);
    *value = assemble(&number, format);
    return end;
}

static double parse(const char *text, char **end, const struct format *format)
{
    double value = 0;
    const char *at = text;
    while (isspace((unsigned char)*at))
        at++;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    if (strncasecmp(at, "inf", 3) == 0) {
        value = __builtin_inf();
        at += strncasecmp(at, "infinity", 8) == 0 ? 8 : 3;
    } else if (strncasecmp(at, "nan", 3) == 0) {
        value = __builtin_nan("");
        at += 3;
    } else {
        at = parse_number(at, format, &value);
    }
    if (end != NULL)
        *end = (char *)(at == NULL ? text : at);
    return negative ? -value : value;
}

double strtod(const char *restrict text, char **restrict end)
{
    return parse(text, end, &format_double);
}

/* Rounded to a float at once: by way of a double it would be rounded twice. */
float strtof(const char *restrict text, char **restrict end)
{
    return (float)parse(text, end, &format_float);
}

double atof(const char *text)
{
    return strtod(text, NULL);
}
