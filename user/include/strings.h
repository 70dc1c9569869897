/* Strings without regard to case, and the oldest names. */
#ifndef STRINGS_H
#define STRINGS_H

#include <stddef.h>

int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
int ffs(int word);
void bzero(void *at, size_t n);

#endif
