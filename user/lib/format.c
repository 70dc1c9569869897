/* Format strings of printf, and the conversion of integers, characters and strings. */
#include "format.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

/* A va_list may be an array and could then not be handed on by its address. */
struct arguments {
    va_list list;
};

void __output_text(struct output *out, const char *text, size_t n)
{
    if (n > 0)
        out->write(out, text, n);
    out->length += n;
}

void __output_fill(struct output *out, char c, long n)
{
    char run[32];
    memset(run, c, sizeof(run));
    for (; n > 0; n -= (long)sizeof(run))
        __output_text(out, run, (size_t)n < sizeof(run) ? (size_t)n : sizeof(run));
}

static long padding(const struct spec *spec, const char *prefix, long n)
{
    return spec->width - (long)strlen(prefix) - n;
}

/* Blanks go before a sign, zeros behind it. */
void __output_begin(struct output *out, const struct spec *spec, const char *prefix, long n)
{
    if (!spec->left && !spec->zero)
        __output_fill(out, ' ', padding(spec, prefix, n));
    __output_text(out, prefix, strlen(prefix));
    if (!spec->left && spec->zero)
        __output_fill(out, '0', padding(spec, prefix, n));
}

void __output_end(struct output *out, const struct spec *spec, const char *prefix, long n)
{
    if (spec->left)
        __output_fill(out, ' ', padding(spec, prefix, n));
}

static void output_padded(struct output *out, struct spec *spec, const char *text, size_t n)
{
    spec->zero = false;
    __output_begin(out, spec, "", (long)n);
    __output_text(out, text, n);
    __output_end(out, spec, "", (long)n);
}

static void format_string(struct output *out, struct spec *spec, const char *text)
{
    if (text == NULL)
        text = spec->precision < 0 || spec->precision >= 6 ? "(null)" : "";
    size_t n = spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision);
    output_padded(out, spec, text, n);
}

/* Writes digits so that they end before `end`; returns the first. Zero has none. */
static char *digits_of(uintmax_t value, char conversion, char *end)
{
    const char *figures = conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    unsigned base = 10;
    if (conversion == 'o')
        base = 8;
    else if (conversion != 'd' && conversion != 'u')
        base = 16;
    for (; value > 0; value /= base)
        *--end = figures[value % base];
    return end;
}

static void output_integer(struct output *out, struct spec *spec, uintmax_t value,
                           const char *prefix)
{
    char text[24], *end = text + sizeof(text);
    char *first = digits_of(value, spec->conversion, end);
    long digits = end - first;
    long zeros = (spec->precision < 0 ? 1 : spec->precision) - digits;
    if (zeros < 0)
        zeros = 0;
    if (spec->conversion == 'o' && spec->alternate && zeros == 0)
        zeros = 1;
    if (spec->precision >= 0)
        spec->zero = false;
    __output_begin(out, spec, prefix, zeros + digits);
    __output_fill(out, '0', zeros);
    __output_text(out, first, (size_t)digits);
    __output_end(out, spec, prefix, zeros + digits);
}

static const char *sign_of(const struct spec *spec, bool negative)
{
    if (negative)
        return "-";
    if (spec->plus)
        return "+";
    return spec->space ? " " : "";
}

static void format_signed(struct output *out, struct spec *spec, struct arguments *args)
{
    intmax_t value = spec->length == 'l' ? va_arg(args->list, long) : va_arg(args->list, int);
    if (spec->length == 'h')
        value = (short)value;
    if (spec->length == 'H')
        value = (signed char)value;
    uintmax_t magnitude = value < 0 ? -(uintmax_t)value : (uintmax_t)value;
    spec->conversion = 'd';
    output_integer(out, spec, magnitude, sign_of(spec, value < 0));
}

static void format_unsigned(struct output *out, struct spec *spec, struct arguments *args)
{
    uintmax_t value = spec->length == 'l' ? va_arg(args->list, unsigned long)
                                          : va_arg(args->list, unsigned);
    if (spec->length == 'h')
        value = (unsigned short)value;
    if (spec->length == 'H')
        value = (unsigned char)value;
    const char *prefix = "";
    if (spec->alternate && value != 0 && tolower(spec->conversion) == 'x')
        prefix = spec->conversion == 'x' ? "0x" : "0X";
    output_integer(out, spec, value, prefix);
}

static void format_pointer(struct output *out, struct spec *spec, void *pointer)
{
    if (pointer == NULL)
        output_padded(out, spec, "(nil)", 5);
    else
        output_integer(out, spec, (uintptr_t)pointer, "0x");
}

static void format_float(struct output *out, struct spec *spec, struct arguments *args)
{
    double value = spec->length == 'L' ? (double)va_arg(args->list, long double)
                                       : va_arg(args->list, double);
    __format_double(out, spec, value);
}

/* What is no conversion stands for itself, so that the mistake can be seen. */
static void convert(struct output *out, struct spec *spec, struct arguments *args)
{
    char c;
    switch (spec->conversion) {
    case 'd':
    case 'i': format_signed(out, spec, args); break;
    case 'o':
    case 'u':
    case 'x':
    case 'X': format_unsigned(out, spec, args); break;
    case 'p': format_pointer(out, spec, va_arg(args->list, void *)); break;
    case 's': format_string(out, spec, va_arg(args->list, const char *)); break;
    case 'c':
        c = (char)va_arg(args->list, int);
        output_padded(out, spec, &c, 1);
        break;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': format_float(out, spec, args); break;
    case '%': __output_text(out, "%", 1); break;
    default:
        __output_text(out, "%", 1);
        __output_text(out, &spec->conversion, spec->conversion != '\0');
    }
}

static const char *parse_flags(const char *format, struct spec *spec)
{
    for (;; format++) {
        switch (*format) {
        case '-': spec->left = true; break;
        case '+': spec->plus = true; break;
        case ' ': spec->space = true; break;
        case '#': spec->alternate = true; break;
        case '0': spec->zero = true; break;
        default: return format;
        }
    }
}

/* Digits, or a * for an argument. */
static const char *parse_count(const char *format, int *count, struct arguments *args)
{
    if (*format == '*') {
        *count = va_arg(args->list, int);
        return format + 1;
    }
    for (*count = 0; isdigit((unsigned char)*format); format++)
        if (*count < INT_MAX / 10)
            *count = *count * 10 + *format - '0';
    return format;
}

static const char *parse_length(const char *format, struct spec *spec)
{
    for (;; format++) {
        switch (*format) {
        case 'h': spec->length = spec->length == 'h' ? 'H' : 'h'; break;
        case 'l':
        case 'j':
        case 't':
        case 'z': spec->length = 'l'; break;
        case 'L': spec->length = 'L'; break;
        default: return format;
        }
    }
}

static const char *parse_spec(const char *format, struct spec *spec, struct arguments *args)
{
    *spec = (struct spec){.precision = -1};
    format = parse_flags(format, spec);
    format = parse_count(format, &spec->width, args);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = spec->width == INT_MIN ? INT_MAX : -spec->width;
    }
    if (*format == '.') {
        format = parse_count(format + 1, &spec->precision, args);
        if (spec->precision < 0)
            spec->precision = -1;
    }
    format = parse_length(format, spec);
    spec->conversion = *format;
    return *format == '\0' ? format : format + 1;
}

int __format(struct output *out, const char *format, va_list list)
{
    struct arguments args;
    va_copy(args.list, list);
    while (*format != '\0') {
        const char *percent = strchrnul(format, '%');
        __output_text(out, format, (size_t)(percent - format));
        format = percent;
        if (*format == '%') {
            struct spec spec;
            format = parse_spec(format + 1, &spec, &args);
            convert(out, &spec, &args);
        }
    }
    va_end(args.list);
    if (out->length <= INT_MAX)
        return (int)out->length;
    errno = EOVERFLOW;
    return -1;
}
