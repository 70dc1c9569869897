/* Text: printf with what xv6's knows, gathered and written in few calls; and lines of input. */
#include "shim.h"

#include "../user/user.h"

#include <stdarg.h>

struct text {
    int fd;
    int length;
    char bytes[128];
};

static void flush(struct text *text)
{
    if (text->length > 0)
        write(text->fd, text->bytes, text->length);
    text->length = 0;
}

static void put(struct text *text, char c)
{
    text->bytes[text->length++] = c;
    if (text->length == sizeof(text->bytes))
        flush(text);
}

static void put_string(struct text *text, const char *string)
{
    for (const char *c = string == NULL ? "(null)" : string; *c != '\0'; c++)
        put(text, *c);
}

static void put_number(struct text *text, uint64 number, uint base, int min_digits)
{
    char digits[20];
    int n = 0;
    do {
        digits[n++] = "0123456789ABCDEF"[number % base];
        number /= base;
    } while (number > 0 || n < min_digits);
    while (n > 0)
        put(text, digits[--n]);
}

static void put_signed(struct text *text, long number)
{
    if (number < 0)
        put(text, '-');
    put_number(text, number < 0 ? -(uint64)number : (uint64)number, 10, 1);
}

/*
 * The number that d, u or x stands for, of 64 bits or 32. An `l` alone is one too, as it was in the
 * first years: a signed one.
 */
static void put_integer(struct text *text, char kind, bool is_long, uint64 number)
{
    if (kind == 'd')
        put_signed(text, is_long ? (long)number : (int)number);
    else
        put_number(text, is_long ? number : (uint)number, kind == 'x' ? 16 : 10, 1);
}

static bool is_integer(char kind)
{
    return kind == 'd' || kind == 'u' || kind == 'x';
}

/* `at` is behind the percent sign; returns where the text goes on. */
static const char *put_conversion(struct text *text, const char *at, va_list *list)
{
    int nl = at[0] == 'l' ? 1 + (at[1] == 'l' && is_integer(at[2])) : 0;
    if (is_integer(at[nl])) {
        put_integer(text, at[nl], nl > 0, va_arg(*list, uint64));
        return at + nl + 1;
    }
    switch (*at) {
    case '\0': put(text, '%'); return at;
    case 'l': put_integer(text, 'd', true, va_arg(*list, uint64)); break;
    case 'c': put(text, (char)va_arg(*list, int)); break;
    case 's': put_string(text, va_arg(*list, const char *)); break;
    case 'p':
        put_string(text, "0x");
        put_number(text, va_arg(*list, uint64), 16, 16);
        break;
    case '%': put(text, '%'); break;
    default: put(text, '%'); put(text, *at);
    }
    return at + 1;
}

static void print(int fd, const char *format, va_list *list)
{
    struct text text = {.fd = fd};
    while (*format != '\0') {
        if (*format == '%')
            format = put_conversion(&text, format + 1, list);
        else
            put(&text, *format++);
    }
    flush(&text);
}

void printf(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print(1, format, &list);
    va_end(list);
}

void fprintf(int fd, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    print(fd, format, &list);
    va_end(list);
}

/* With the end of the line, if it fits. */
char *gets(char *line, int max)
{
    int n = 0;
    char c = 0;
    while (n + 1 < max && c != '\n' && c != '\r' && read(0, &c, 1) == 1)
        line[n++] = c;
    line[n] = '\0';
    return line;
}
