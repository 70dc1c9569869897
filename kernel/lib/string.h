/* The parts of <string.h> that the kernel uses, with C's meanings, and strlcpy with OpenBSD's. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *at, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *at, int byte, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *wanted);

/* Copies as much of `from` as fits into `size` bytes with its final zero; returns strlen(from). */
size_t strlcpy(char *to, const char *from, size_t size);

#endif
