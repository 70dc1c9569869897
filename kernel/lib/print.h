/*
 * Formatted text for the kernel: a subset of C's printf. Conversions d i u x X c s p %, lengths
 * hh h l ll z j t, flags - 0 # + and space, width and precision as numbers or *.
 */
#ifndef LIB_PRINT_H
#define LIB_PRINT_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/assert.h"

/* As C's: at most `size` bytes with the final zero; returns the length it would have had. */
int kvsnprintf(char *to, size_t size, const char *format, va_list args);
int ksnprintf(char *to, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

/*
 * Prints a line or a part of one to the console, in one piece as far as PRINT_MAX bytes go (more is
 * cut off). Never sleeps; may be called anywhere, with any lock but the sink's own.
 */
#define PRINT_MAX 256
void kprintf(const char *format, ...) PRINTF_LIKE(1, 2);
void kvprintf(const char *format, va_list args);

/* Says where kprintf's text goes; until then it goes nowhere. */
void print_set_sink(void (*write)(const char *text, size_t n));

#endif
