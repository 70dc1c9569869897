/* Classes of characters in the C locale, which is ASCII: comparisons, so no table. */
#include <ctype.h>

int isdigit(int c)
{
    return c >= '0' && c <= '9';
}

int islower(int c)
{
    return c >= 'a' && c <= 'z';
}

int isupper(int c)
{
    return c >= 'A' && c <= 'Z';
}

int isalpha(int c)
{
    return islower(c | ('a' ^ 'A'));
}

int isalnum(int c)
{
    return isalpha(c) || isdigit(c);
}

int isxdigit(int c)
{
    int small = c | ('a' ^ 'A');
    return isdigit(c) || (small >= 'a' && small <= 'f');
}

int isblank(int c)
{
    return c == ' ' || c == '\t';
}

int isspace(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

int isgraph(int c)
{
    return c > ' ' && c < '\177';
}

int isprint(int c)
{
    return c >= ' ' && c < '\177';
}

int iscntrl(int c)
{
    return (c >= 0 && c < ' ') || c == '\177';
}

int ispunct(int c)
{
    return isgraph(c) && !isalnum(c);
}

int tolower(int c)
{
    return isupper(c) ? c - 'A' + 'a' : c;
}

int toupper(int c)
{
    return islower(c) ? c - 'a' + 'A' : c;
}
