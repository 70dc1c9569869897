/* Strings: finding characters and strings in them, and taking them apart. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A set of characters: one bit for each, the zero never among them unless put there. */
struct charset {
    uint64_t words[256 / 64];
};

static void charset_add(struct charset *set, unsigned char c)
{
    set->words[c / 64] |= 1UL << c % 64;
}

static bool charset_has(const struct charset *set, unsigned char c)
{
    return set->words[c / 64] >> c % 64 & 1;
}

static struct charset charset_of(const char *members)
{
    struct charset set = {{0}};
    for (; *members != '\0'; members++)
        charset_add(&set, (unsigned char)*members);
    return set;
}

size_t strspn(const char *s, const char *set)
{
    struct charset wanted = charset_of(set);
    size_t n = 0;
    while (charset_has(&wanted, (unsigned char)s[n]))
        n++;
    return n;
}

size_t strcspn(const char *s, const char *set)
{
    struct charset wanted = charset_of(set);
    charset_add(&wanted, '\0');
    size_t n = 0;
    while (!charset_has(&wanted, (unsigned char)s[n]))
        n++;
    return n;
}

char *strpbrk(const char *s, const char *set)
{
    s += strcspn(s, set);
    return *s == '\0' ? NULL : (char *)s;
}

char *strchrnul(const char *s, int c)
{
    while (*s != (char)c && *s != '\0')
        s++;
    return (char *)s;
}

char *strchr(const char *s, int c)
{
    char *found = strchrnul(s, c);
    return *found == (char)c ? found : NULL;
}

char *strrchr(const char *s, int c)
{
    return memrchr(s, c, strlen(s) + 1);
}

char *strstr(const char *s, const char *wanted)
{
    return memmem(s, strlen(s), wanted, strlen(wanted));
}

char *strsep(char **restrict s, const char *restrict separators)
{
    char *word = *s;
    if (word == NULL)
        return NULL;
    char *end = strpbrk(word, separators);
    *s = end == NULL ? NULL : end + 1;
    if (end != NULL)
        *end = '\0';
    return word;
}

char *strtok_r(char *restrict s, const char *restrict separators, char **restrict rest)
{
    char *word = s == NULL ? *rest : s;
    word += strspn(word, separators);
    *rest = word + strcspn(word, separators);
    if (*rest == word)
        return NULL;
    if (**rest != '\0')
        *(*rest)++ = '\0';
    return word;
}

char *strtok(char *restrict s, const char *restrict separators)
{
    static char *rest;
    return strtok_r(s, separators, &rest);
}
