/* <strings.h>: comparing without regard to case, and old names of newer functions. */
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

int strncasecmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        int p = tolower((unsigned char)*a), q = tolower((unsigned char)*b);
        if (p != q || p == '\0')
            return p - q;
    }
    return 0;
}

int strcasecmp(const char *a, const char *b)
{
    return strncasecmp(a, b, SIZE_MAX);
}

int ffs(int word)
{
    return word == 0 ? 0 : __builtin_ctz((unsigned)word) + 1;
}

void bzero(void *at, size_t n)
{
    memset(at, 0, n);
}
