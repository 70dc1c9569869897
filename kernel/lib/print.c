/* Formatted text for the kernel: one loop over the format, one small function per conversion. */
#include "lib/print.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

struct output {
    char *at;
    size_t size;
    size_t length; /* bytes produced, whether they fit or not */
};

struct spec {
    bool left, zero, alternate, plus, space;
    int width;
    int precision; /* -1: none given */
    int size;      /* bytes of the integer argument */
    char conversion;
};

static void (*sink)(const char *text, size_t n);

static void emit(struct output *out, char c)
{
    if (out->length + 1 < out->size)
        out->at[out->length] = c;
    out->length++;
}

static void emit_many(struct output *out, char c, int n)
{
    while (n-- > 0)
        emit(out, c);
}

static void emit_padded(struct output *out, const struct spec *spec, const char *text, int n)
{
    int pad = spec->width - n;
    if (!spec->left)
        emit_many(out, ' ', pad);
    for (int i = 0; i < n; i++)
        emit(out, text[i]);
    if (spec->left)
        emit_many(out, ' ', pad);
}

static void emit_string(struct output *out, const struct spec *spec, const char *text)
{
    if (text == NULL)
        text = "(null)";
    size_t limit = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;
    emit_padded(out, spec, text, (int)strnlen(text, limit));
}

/* Writes the digits of `value` before `end`, at least `least` of them; returns the first. */
static char *digits(char *end, uint64_t value, const struct spec *spec, int least)
{
    const char *figures = spec->conversion == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    bool hex = spec->conversion == 'x' || spec->conversion == 'X' || spec->conversion == 'p';
    uint64_t base = hex ? 16 : 10;
    char *first = end;
    while (value > 0 || end - first < least) {
        *--first = figures[value % base];
        value /= base;
    }
    return first;
}

static void emit_number(struct output *out, struct spec *spec, uint64_t value, char sign)
{
    char text[80];
    char *end = text + sizeof(text);
    const char *prefix = "";
    if (spec->conversion == 'p' || (spec->alternate && spec->conversion != 'u' && value != 0))
        prefix = "0x";
    int extra = (sign != '\0') + (int)strlen(prefix);
    int least = spec->precision < 0 ? 1 : spec->precision;
    if (spec->zero && !spec->left && spec->precision < 0 && spec->width - extra > least)
        least = spec->width - extra;
    if (least > 64)
        least = 64;
    char *first = digits(end, value, spec, least);
    for (int i = (int)strlen(prefix); i > 0; i--)
        *--first = prefix[i - 1];
    if (sign != '\0')
        *--first = sign;
    emit_padded(out, spec, first, (int)(end - first));
}

static void emit_signed(struct output *out, struct spec *spec, int64_t value)
{
    char sign = value < 0 ? '-' : spec->plus ? '+' : spec->space ? ' ' : '\0';
    spec->alternate = false;
    emit_number(out, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, sign);
}

static const char *parse_flags(const char *f, struct spec *spec)
{
    for (;; f++) {
        if (*f == '-')
            spec->left = true;
        else if (*f == '0')
            spec->zero = true;
        else if (*f == '#')
            spec->alternate = true;
        else if (*f == '+')
            spec->plus = true;
        else if (*f == ' ')
            spec->space = true;
        else
            return f;
    }
}

static const char *parse_length(const char *f, struct spec *spec)
{
    spec->size = sizeof(int);
    for (;; f++) {
        if (*f == 'h')
            spec->size /= 2;
        else if (*f == 'l' || *f == 'z' || *f == 'j' || *f == 't')
            spec->size = sizeof(long);
        else
            return f;
    }
}

static int parse_count(const char **f)
{
    int n = 0;
    while (**f >= '0' && **f <= '9' && n < 10000)
        n = n * 10 + *(*f)++ - '0';
    return n;
}

/* The arguments travel in a structure, since a va_list may be an array. */
struct arguments {
    va_list list;
};

static const char *parse_spec(const char *f, struct spec *spec, struct arguments *args)
{
    *spec = (struct spec){.precision = -1};
    f = parse_flags(f, spec);
    if (*f == '*') {
        spec->width = va_arg(args->list, int);
        f++;
    } else {
        spec->width = parse_count(&f);
    }
    if (*f == '.') {
        f++;
        if (*f == '*') {
            spec->precision = va_arg(args->list, int);
            f++;
        } else {
            spec->precision = parse_count(&f);
        }
    }
    f = parse_length(f, spec);
    spec->conversion = *f;
    return *f == '\0' ? f : f + 1;
}

static uint64_t integer_argument(const struct spec *spec, struct arguments *args)
{
    if (spec->size == sizeof(long))
        return va_arg(args->list, uint64_t);
    int value = va_arg(args->list, int);
    bool is_signed = spec->conversion == 'd' || spec->conversion == 'i';
    if (spec->size == 1)
        return is_signed ? (uint64_t)(int8_t)value : (uint8_t)value;
    if (spec->size == 2)
        return is_signed ? (uint64_t)(int16_t)value : (uint16_t)value;
    return is_signed ? (uint64_t)value : (uint32_t)value;
}

static void convert(struct output *out, struct spec *spec, struct arguments *args)
{
    char c;
    switch (spec->conversion) {
    case 'd':
    case 'i': emit_signed(out, spec, (int64_t)integer_argument(spec, args)); break;
    case 'u':
    case 'x':
    case 'X': emit_number(out, spec, integer_argument(spec, args), '\0'); break;
    case 'p': emit_number(out, spec, (uintptr_t)va_arg(args->list, void *), '\0'); break;
    case 's': emit_string(out, spec, va_arg(args->list, const char *)); break;
    case 'c':
        c = (char)va_arg(args->list, int);
        emit_padded(out, spec, &c, 1);
        break;
    case '%': emit(out, '%'); break;
    default: emit(out, '%'); emit(out, spec->conversion);
    }
}

int kvsnprintf(char *to, size_t size, const char *format, va_list list)
{
    struct output out = {.at = to, .size = size};
    struct arguments args;
    va_copy(args.list, list);
    while (*format != '\0') {
        if (*format != '%') {
            emit(&out, *format++);
            continue;
        }
        struct spec spec;
        format = parse_spec(format + 1, &spec, &args);
        convert(&out, &spec, &args);
    }
    va_end(args.list);
    if (size > 0)
        to[out.length < size ? out.length : size - 1] = '\0';
    return (int)out.length;
}

int ksnprintf(char *to, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = kvsnprintf(to, size, format, args);
    va_end(args);
    return length;
}

void kvprintf(const char *format, va_list args)
{
    char text[PRINT_MAX];
    size_t length = (size_t)kvsnprintf(text, sizeof(text), format, args);
    if (length >= sizeof(text)) {
        length = sizeof(text) - 1;
        text[length - 1] = '\n';
    }
    if (sink != NULL)
        sink(text, length);
}

void kprintf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    kvprintf(format, args);
    va_end(args);
}

void print_set_sink(void (*write)(const char *text, size_t n))
{
    sink = write;
}
