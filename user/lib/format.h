/*
 * What the parts of printf share: where the text goes, and one conversion's specification.
 * format.c reads format strings and converts integers and strings, formatfloat.c the rest;
 * print.c has the functions of <stdio.h>.
 */
#ifndef LIB_FORMAT_H
#define LIB_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct output {
    void (*write)(struct output *out, const char *text, size_t n);
    size_t length; /* bytes put out so far */
};

struct spec {
    bool left, plus, space, alternate, zero; /* the flags - + space # 0 */
    int width;
    int precision; /* -1: none was given */
    char length;   /* h, l, or H for hh; 0: int */
    char conversion;
};

/* Puts all the text out; returns its length, or -1 with EOVERFLOW if no int can say it. */
int __format(struct output *out, const char *format, va_list list);

void __format_double(struct output *out, const struct spec *spec, double value);

/* Puts out n times the same character; none if n is not positive. */
void __output_fill(struct output *out, char c, long n);
void __output_text(struct output *out, const char *text, size_t n);

/* Sign or prefix and `n` more bytes that the caller puts out between these two. */
void __output_begin(struct output *out, const struct spec *spec, const char *prefix, long n);
void __output_end(struct output *out, const struct spec *spec, const char *prefix, long n);

#endif
