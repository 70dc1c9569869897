/* Strings and bytes, with xv6's arguments: lengths are 32 bits, and those of memmove signed. */
#include "shim.h"

#include "../user/user.h"

char *strcpy(char *to, const char *from)
{
    char *start = to;
    while ((*to++ = *from++) != '\0')
        ;
    return start;
}

char *strchr(const char *text, char c)
{
    for (; *text != '\0'; text++)
        if (*text == c)
            return (char *)text;
    return NULL;
}

int strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (uchar)*a - (uchar)*b;
}

uint strlen(const char *text)
{
    uint n = 0;
    while (text[n] != '\0')
        n++;
    return n;
}

int atoi(const char *text)
{
    int n = 0;
    while (*text >= '0' && *text <= '9')
        n = n * 10 + (*text++ - '0');
    return n;
}

/* Words where both ends allow it. */
void *memset(void *at, int c, uint n)
{
    uchar *to = at;
    for (; n > 0 && (uint64)to % 8 != 0; n--)
        *to++ = (uchar)c;
    for (; n >= 8; n -= 8, to += 8)
        *(uint64 *)to = (uchar)c * 0x0101010101010101UL;
    for (; n > 0; n--)
        *to++ = (uchar)c;
    return at;
}

static void copy_up(uchar *to, const uchar *from, uint n)
{
    if (((uint64)to | (uint64)from) % 8 == 0)
        for (; n >= 8; n -= 8, to += 8, from += 8)
            *(uint64 *)to = *(const uint64 *)from;
    for (; n > 0; n--)
        *to++ = *from++;
}

void *memmove(void *to, const void *from, int n)
{
    if (n <= 0)
        return to;
    if ((uint64)to - (uint64)from >= (uint64)n) {
        copy_up(to, from, (uint)n);
        return to;
    }
    while (n-- > 0)
        ((uchar *)to)[n] = ((const uchar *)from)[n];
    return to;
}

void *memcpy(void *to, const void *from, uint n)
{
    return memmove(to, from, (int)n);
}

int memcmp(const void *a, const void *b, uint n)
{
    const uchar *x = a, *y = b;
    for (uint i = 0; i < n; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}
