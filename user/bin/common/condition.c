/*
 * `test`: conditions on strings, numbers and files.
 *
 *   or       and { -o and }
 *   and      not { -a not }
 *   not      ! not | primary
 *   primary  ( or ) | a = b | a -eq b | ... | -f file | ... | string
 *
 * What could be read in two ways is a comparison if an operator stands in the middle.
 */
#include "condition.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct condition {
    char **at, **end;
    const char *name;
    bool wrong;
};

static bool parse_or(struct condition *c);

static bool fail(struct condition *c, const char *what, const char *which)
{
    if (!c->wrong)
        fprintf(stderr, "%s: %s%s%s\n", c->name, which, which[0] != '\0' ? ": " : "", what);
    c->wrong = true;
    return false;
}

static bool at(const struct condition *c, const char *word)
{
    return c->at < c->end && strcmp(*c->at, word) == 0;
}

static const char *take(struct condition *c)
{
    if (c->at < c->end)
        return *c->at++;
    fail(c, "argument expected", "");
    return "";
}

static long number(struct condition *c, const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0')
        fail(c, "integer expected", text);
    return value;
}

enum operation { EQUAL, UNEQUAL, EQ, NE, LT, LE, GT, GE };

/* Which comparison a word is; -1: none. */
static int operation_of(const char *word)
{
    static const char *const names[] = {
        [EQUAL] = "=", [UNEQUAL] = "!=", [EQ] = "-eq", [NE] = "-ne",
        [LT] = "-lt",  [LE] = "-le",     [GT] = "-gt", [GE] = "-ge",
    };
    for (int i = 0; i < (int)(sizeof(names) / sizeof(names[0])); i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return strcmp(word, "==") == 0 ? EQUAL : -1;
}

static bool compare(struct condition *c, const char *left, int operation, const char *right)
{
    if (operation == EQUAL || operation == UNEQUAL)
        return (strcmp(left, right) == 0) == (operation == EQUAL);
    long a = number(c, left), b = number(c, right);
    switch (operation) {
    case EQ: return a == b;
    case NE: return a != b;
    case LT: return a < b;
    case LE: return a <= b;
    case GT: return a > b;
    default: return a >= b;
    }
}

static bool file_is(char what, const char *path)
{
    struct stat status;
    bool link = what == 'L' || what == 'h';
    if ((link ? lstat(path, &status) : stat(path, &status)) < 0)
        return false;
    switch (what) {
    case 'e': return true;
    case 'f': return S_ISREG(status.st_mode);
    case 'd': return S_ISDIR(status.st_mode);
    case 'c': return S_ISCHR(status.st_mode);
    case 'b': return S_ISBLK(status.st_mode);
    case 'p': return S_ISFIFO(status.st_mode);
    case 's': return status.st_size > 0;
    case 'r': return access(path, R_OK) == 0;
    case 'w': return access(path, W_OK) == 0;
    case 'x': return access(path, X_OK) == 0;
    default: return S_ISLNK(status.st_mode);
    }
}

static bool is_unary(const char *word)
{
    return word[0] == '-' && word[1] != '\0' && word[2] == '\0' &&
           strchr("efdcbpsrwxLhznt", word[1]) != NULL;
}

static bool unary(struct condition *c, char what, const char *argument)
{
    switch (what) {
    case 'n': return argument[0] != '\0';
    case 'z': return argument[0] == '\0';
    case 't': return isatty((int)number(c, argument));
    default: return file_is(what, argument);
    }
}

static bool parse_primary(struct condition *c)
{
    long left = c->end - c->at;
    int operation = left >= 3 ? operation_of(c->at[1]) : -1;
    if (operation >= 0) {
        c->at += 3;
        return compare(c, c->at[-3], operation, c->at[-1]);
    }
    if (at(c, "(") && left > 1) {
        c->at++;
        bool value = parse_or(c);
        if (!at(c, ")"))
            return fail(c, "missing `)'", "");
        c->at++;
        return value;
    }
    const char *word = take(c);
    if (left >= 2 && is_unary(word))
        return unary(c, word[1], take(c));
    return word[0] != '\0';
}

static bool parse_not(struct condition *c)
{
    bool negated = false;
    while (at(c, "!") && c->end - c->at > 1) {
        if (c->end - c->at >= 3 && operation_of(c->at[1]) >= 0)
            break;
        negated = !negated;
        c->at++;
    }
    return parse_primary(c) != negated;
}

static bool parse_and(struct condition *c)
{
    bool value = parse_not(c);
    while (at(c, "-a")) {
        c->at++;
        value &= parse_not(c);
    }
    return value;
}

static bool parse_or(struct condition *c)
{
    bool value = parse_and(c);
    while (at(c, "-o")) {
        c->at++;
        value |= parse_and(c);
    }
    return value;
}

int condition_main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    struct condition c = {.at = argv + 1, .end = argv + argc};
    c.name = slash == NULL ? argv[0] : slash + 1;
    if (strcmp(c.name, "[") == 0 && strcmp(*--c.end, "]") != 0) {
        fail(&c, "missing `]'", "");
        return 2;
    }
    if (c.at == c.end)
        return 1;
    bool value = parse_or(&c);
    if (c.at < c.end)
        fail(&c, "unexpected argument", *c.at);
    return c.wrong ? 2 : !value;
}
