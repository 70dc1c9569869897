/*
 * sscanf: reads a text by a format. White space in the format matches any, or none; all conversions
 * but %c, %[ and %n pass over white space first. Numbers are read by strtol and strtod, from a copy
 * where the format limits their width.
 */
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 512 }; /* the longest copy of a number */

struct scan {
    const char *start, *at;
    int assigned;
    va_list list;
};

struct conversion {
    bool suppressed;
    int width; /* INT_MAX: none was given */
    char length;
    char letter;
    bool set[UCHAR_MAX + 1]; /* of %[ */
};

static void skip_space(struct scan *scan)
{
    while (isspace((unsigned char)*scan->at))
        scan->at++;
}

static void store_integer(struct scan *scan, const struct conversion *conversion, long value)
{
    if (conversion->suppressed)
        return;
    void *to = va_arg(scan->list, void *);
    switch (conversion->length) {
    case 'H': *(signed char *)to = (signed char)value; break;
    case 'h': *(short *)to = (short)value; break;
    case 'l': *(long *)to = value; break;
    default: *(int *)to = (int)value;
    }
    scan->assigned += conversion->letter != 'n';
}

static void store_double(struct scan *scan, const struct conversion *conversion, const char *text)
{
    if (conversion->suppressed)
        return;
    void *to = va_arg(scan->list, void *);
    if (conversion->length == 'L')
        *(long double *)to = strtod(text, NULL);
    else if (conversion->length == 'l')
        *(double *)to = strtod(text, NULL);
    else
        *(float *)to = strtof(text, NULL);
    scan->assigned++;
}

static bool scan_integer(struct scan *scan, const struct conversion *conversion, int base)
{
    char text[NUMBER_MAX], *end;
    size_t limit = conversion->width < NUMBER_MAX ? (size_t)conversion->width + 1 : NUMBER_MAX;
    strlcpy(text, scan->at, limit);
    bool is_signed = conversion->letter == 'd' || conversion->letter == 'i';
    long value = is_signed ? strtol(text, &end, base) : (long)strtoul(text, &end, base);
    if (end == text)
        return false;
    scan->at += end - text;
    store_integer(scan, conversion, value);
    return true;
}

static bool scan_float(struct scan *scan, const struct conversion *conversion)
{
    char text[NUMBER_MAX], *end;
    size_t limit = conversion->width < NUMBER_MAX ? (size_t)conversion->width + 1 : NUMBER_MAX;
    strlcpy(text, scan->at, limit);
    strtod(text, &end);
    if (end == text)
        return false;
    scan->at += end - text;
    store_double(scan, conversion, text);
    return true;
}

/* Takes `n` characters, of which there are enough; %s and %[ add the zero. */
static void store_text(struct scan *scan, const struct conversion *conversion, size_t n)
{
    if (!conversion->suppressed) {
        char *to = va_arg(scan->list, char *);
        memcpy(to, scan->at, n);
        if (conversion->letter != 'c')
            to[n] = '\0';
        scan->assigned++;
    }
    scan->at += n;
}

static bool scan_text(struct scan *scan, const struct conversion *conversion)
{
    size_t n = 0, limit = (size_t)conversion->width;
    if (conversion->letter == 'c')
        limit = conversion->width == INT_MAX ? 1 : limit;
    for (; n < limit && scan->at[n] != '\0'; n++) {
        unsigned char c = (unsigned char)scan->at[n];
        if (conversion->letter == 's' && isspace(c))
            break;
        if (conversion->letter == '[' && !conversion->set[c])
            break;
    }
    if (n == 0 || (conversion->letter == 'c' && n < limit))
        return false;
    store_text(scan, conversion, n);
    return true;
}

static bool convert(struct scan *scan, const struct conversion *conversion)
{
    char letter = conversion->letter;
    if (strchr("c[n", letter) == NULL)
        skip_space(scan);
    switch (letter) {
    case 'd':
    case 'u': return scan_integer(scan, conversion, 10);
    case 'i': return scan_integer(scan, conversion, 0);
    case 'o': return scan_integer(scan, conversion, 8);
    case 'x':
    case 'X':
    case 'p': return scan_integer(scan, conversion, 16);
    case 'e':
    case 'f':
    case 'g': return scan_float(scan, conversion);
    case 'c':
    case 's':
    case '[': return scan_text(scan, conversion);
    case 'n': store_integer(scan, conversion, scan->at - scan->start); return true;
    case '%': return *scan->at == '%' && scan->at++;
    default: return false;
    }
}

/* From behind %[ to behind the ]; a ] that comes first, or after ^, belongs to the set. */
static const char *parse_set(const char *format, struct conversion *conversion)
{
    bool inverted = *format == '^';
    format += inverted;
    memset(conversion->set, inverted, sizeof(conversion->set));
    do {
        unsigned char first = (unsigned char)*format, last = first;
        if (first == '\0')
            return format;
        if (format[1] == '-' && format[2] != ']' && format[2] != '\0') {
            last = (unsigned char)format[2];
            format += 2;
        }
        for (unsigned c = first; c <= last; c++)
            conversion->set[c] = !inverted;
        format++;
    } while (*format != ']');
    return format + 1;
}

static const char *parse_length(const char *format, struct conversion *conversion)
{
    for (;; format++) {
        switch (*format) {
        case 'h': conversion->length = conversion->length == 'h' ? 'H' : 'h'; break;
        case 'l':
        case 'j':
        case 't':
        case 'z': conversion->length = 'l'; break;
        case 'L': conversion->length = 'L'; break;
        default: return format;
        }
    }
}

static const char *parse_conversion(const char *format, struct conversion *conversion)
{
    *conversion = (struct conversion){.width = INT_MAX};
    if (*format == '*') {
        conversion->suppressed = true;
        format++;
    }
    if (isdigit((unsigned char)*format)) {
        char *end;
        conversion->width = (int)strtol(format, &end, 10);
        format = end;
    }
    format = parse_length(format, conversion);
    conversion->letter = *format;
    if (conversion->letter == 'p')
        conversion->length = 'l';
    if (*format == '\0')
        return format;
    return *format == '[' ? parse_set(format + 1, conversion) : format + 1;
}

/* One piece of the format; NULL if the text does not match it. */
static const char *match(struct scan *scan, const char *format)
{
    if (isspace((unsigned char)*format)) {
        skip_space(scan);
        return format + 1;
    }
    if (*format != '%')
        return *scan->at == *format && scan->at++ ? format + 1 : NULL;
    struct conversion conversion;
    format = parse_conversion(format + 1, &conversion);
    return convert(scan, &conversion) ? format : NULL;
}

/* Returns how many conversions were stored, or EOF if the text ended before the first. */
int vsscanf(const char *restrict text, const char *restrict format, va_list args)
{
    struct scan scan = {.start = text, .at = text};
    va_copy(scan.list, args);
    const char *next = format;
    while (next != NULL && *next != '\0')
        next = match(&scan, next);
    va_end(scan.list);
    bool ended = next == NULL && scan.assigned == 0 && *scan.at == '\0';
    return ended ? EOF : scan.assigned;
}

int sscanf(const char *restrict text, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int assigned = vsscanf(text, format, args);
    va_end(args);
    return assigned;
}
