/* Integers from text, in any base from 2 to 36; base 0 takes it from the prefix. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct number {
    unsigned long magnitude;
    bool negative;
    bool overflow;
    const char *end; /* behind the last digit; NULL if there was none */
};

static int digit_value(int c)
{
    if (isdigit(c))
        return c - '0';
    return isalpha(c) ? tolower(c) - 'a' + 10 : INT_MAX;
}

/* Passes over 0x, but only if a hexadecimal digit follows: else the 0 is the number. */
static const char *skip_prefix(const char *text, int *base)
{
    bool hex = text[0] == '0' && (text[1] | 0x20) == 'x' && isxdigit((unsigned char)text[2]);
    if (hex && (*base == 0 || *base == 16)) {
        *base = 16;
        return text + 2;
    }
    if (*base == 0)
        *base = text[0] == '0' ? 8 : 10;
    return text;
}

static struct number parse(const char *text, int base)
{
    struct number number = {0};
    if (base < 0 || base == 1 || base > 36) {
        errno = EINVAL;
        return number;
    }
    while (isspace((unsigned char)*text))
        text++;
    if (*text == '-' || *text == '+')
        number.negative = *text++ == '-';
    text = skip_prefix(text, &base);
    for (int digit; (digit = digit_value((unsigned char)*text)) < base; number.end = ++text) {
        unsigned long base_ul = (unsigned long)base, digit_ul = (unsigned long)digit;
        number.overflow |= __builtin_mul_overflow(number.magnitude, base_ul, &number.magnitude);
        number.overflow |= __builtin_add_overflow(number.magnitude, digit_ul, &number.magnitude);
    }
    return number;
}

static void store_end(const char *text, const struct number *number, char **end)
{
    if (end != NULL)
        *end = (char *)(number->end == NULL ? text : number->end);
}

long strtol(const char *restrict text, char **restrict end, int base)
{
    struct number number = parse(text, base);
    store_end(text, &number, end);
    unsigned long limit = number.negative ? -(unsigned long)LONG_MIN : LONG_MAX;
    if (number.overflow || number.magnitude > limit) {
        errno = ERANGE;
        return number.negative ? LONG_MIN : LONG_MAX;
    }
    return (long)(number.negative ? -number.magnitude : number.magnitude);
}

/* A minus sign is allowed and negates in the unsigned type. */
unsigned long strtoul(const char *restrict text, char **restrict end, int base)
{
    struct number number = parse(text, base);
    store_end(text, &number, end);
    if (number.overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}

long long strtoll(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

unsigned long long strtoull(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

intmax_t strtoimax(const char *restrict text, char **restrict end, int base)
{
    return strtol(text, end, base);
}

uintmax_t strtoumax(const char *restrict text, char **restrict end, int base)
{
    return strtoul(text, end, base);
}

int atoi(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

long atol(const char *text)
{
    return strtol(text, NULL, 10);
}

long long atoll(const char *text)
{
    return strtol(text, NULL, 10);
}
