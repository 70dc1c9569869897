/*
 * grep [-ivncq] pattern [file...]: prints the lines that match a basic regular expression:
 *
 *   .  any character      x*  any number of x       [a-z] [^a-z]  one of a set
 *   ^  start of the line  $   end of the line       \x  the character x itself
 *
 * -i without regard to case, -v the lines that do not match, -n with line numbers, -c only how
 * many, -q nothing at all. Exit status 0: a line was selected; 1: none was; 2: an error.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ignore_case, inverted, numbered, counting, quiet;

static int fold(int c)
{
    return ignore_case ? tolower((unsigned char)c) : (unsigned char)c;
}

/* Behind the first element of the pattern: a character, an escape or a set. */
static const char *skip_element(const char *pattern)
{
    if (*pattern == '\\' && pattern[1] != '\0')
        return pattern + 2;
    if (*pattern != '[')
        return pattern + 1;
    const char *end = pattern + 1 + (pattern[1] == '^');
    end = strchr(end + (*end == ']'), ']');
    return end == NULL ? pattern + 1 : end + 1;
}

static bool in_set(const char *set, const char *end, int c)
{
    bool negated = *set == '^', found = false;
    set += negated;
    while (set < end) {
        int low = fold(*set), high = low;
        if (end - set > 2 && set[1] == '-') {
            high = fold(set[2]);
            set += 2;
        }
        found |= low <= c && c <= high;
        set++;
    }
    return found != negated;
}

static bool match_element(const char *pattern, const char *end, char c)
{
    if (*pattern == '[' && end > pattern + 1)
        return in_set(pattern + 1, end - 1, fold(c));
    if (*pattern == '.')
        return true;
    pattern += *pattern == '\\' && pattern[1] != '\0';
    return fold(*pattern) == fold(c);
}

static bool match_here(const char *pattern, const char *text);

/* An element up to `end`, and its star: it takes as much as it can, then less, then nothing. */
static bool match_star(const char *element, const char *end, const char *text)
{
    const char *last = text;
    while (*last != '\0' && match_element(element, end, *last))
        last++;
    for (; last > text; last--)
        if (match_here(end + 1, last))
            return true;
    return match_here(end + 1, text);
}

/* Whether the text begins with the pattern. */
static bool match_here(const char *pattern, const char *text)
{
    while (*pattern != '\0') {
        if (pattern[0] == '$' && pattern[1] == '\0')
            return *text == '\0';
        const char *end = skip_element(pattern);
        if (*end == '*')
            return match_star(pattern, end, text);
        if (*text == '\0' || !match_element(pattern, end, *text))
            return false;
        pattern = end;
        text++;
    }
    return true;
}

/* Whether the pattern matches somewhere. A star that it begins with is a star. */
static bool match(const char *pattern, const char *text)
{
    if (*pattern == '^')
        return match_here(pattern + 1, text);
    if (*pattern == '*') {
        while ((text = strchr(text, '*')) != NULL)
            if (match_here(pattern + 1, ++text))
                return true;
        return false;
    }
    do
        if (match_here(pattern, text))
            return true;
    while (*text++ != '\0');
    return false;
}

static void print_line(const char *name, unsigned long number, const char *line)
{
    if (name != NULL)
        printf("%s:", name);
    if (numbered)
        printf("%lu:", number);
    puts(line);
}

/* Returns how many lines were selected. The name is NULL if there is only one file. */
static unsigned long search(FILE *in, const char *pattern, const char *name)
{
    unsigned long number = 0, selected = 0;
    char *line = NULL;
    size_t size = 0;
    for (ssize_t n; (n = getline(&line, &size, in)) >= 0;) {
        number++;
        if (n > 0 && line[n - 1] == '\n')
            line[n - 1] = '\0';
        if (match(pattern, line) == inverted)
            continue;
        selected++;
        if (quiet)
            break;
        if (!counting)
            print_line(name, number, line);
    }
    free(line);
    if (counting && !quiet)
        printf("%s%s%lu\n", name == NULL ? "" : name, name == NULL ? "" : ":", selected);
    return selected;
}

static bool parse_options(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "ivncqe")) != -1;) {
        switch (option) {
        case 'i': ignore_case = true; break;
        case 'v': inverted = true; break;
        case 'n': numbered = true; break;
        case 'c': counting = true; break;
        case 'q': quiet = true; break;
        case 'e': return optind < argc;
        default: return false;
        }
    }
    return optind < argc;
}

int main(int argc, char **argv)
{
    bool failed = false;
    if (!parse_options(argc, argv))
        errx(2, "usage: grep [-ivncq] pattern [file...]");
    const char *pattern = argv[optind++];
    unsigned long selected = optind == argc ? search(stdin, pattern, NULL) : 0;
    bool several = argc - optind > 1;
    for (int i = optind; i < argc && !(quiet && selected > 0); i++) {
        FILE *in = fopen(argv[i], "r");
        if (in == NULL) {
            warn("%s", argv[i]);
            failed = true;
            continue;
        }
        selected += search(in, pattern, several ? argv[i] : NULL);
        if (ferror(in)) {
            warn("%s", argv[i]);
            failed = true;
        }
        fclose(in);
    }
    if (quiet && selected > 0)
        return 0;
    return failed ? 2 : selected == 0;
}
