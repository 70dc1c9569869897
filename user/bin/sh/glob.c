/* Patterns, and the names of files that match them. See glob.h. */
#include "glob.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Whether c is in the set that begins behind [; *at moves behind its ]. Without a ] there is no
 * set: false then, and *at is NULL.
 */
static bool in_set(const char **at, char c)
{
    const char *p = *at;
    bool inverted = *p == '!' || *p == '^', found = false;
    p += inverted;
    for (bool first = true; first || *p != ']'; first = false) {
        p += *p == '\\';
        unsigned char low = (unsigned char)*p, high = low;
        if (low == '\0') {
            *at = NULL;
            return false;
        }
        p++;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0') {
            high = (unsigned char)p[1];
            p += 2;
        }
        found |= low <= (unsigned char)c && (unsigned char)c <= high;
    }
    *at = p + 1;
    return found != inverted;
}

/* Whether the pattern's first element matches c; *rest is then what follows it. */
static bool match_one(const char *pattern, char c, const char **rest)
{
    const char *set = pattern + 1;
    if (*pattern == '[') {
        bool found = in_set(&set, c);
        if (set != NULL) {
            *rest = set;
            return found;
        }
    }
    if (*pattern == '?') {
        *rest = pattern + 1;
        return true;
    }
    pattern += *pattern == '\\' && pattern[1] != '\0';
    *rest = pattern + 1;
    return *pattern == c;
}

/*
 * After a mismatch only the last star has to be tried again, with one character more: whatever the
 * stars before it might take, it could take as well.
 */
bool glob_match(const char *pattern, const char *text)
{
    const char *star = NULL, *retry = NULL, *rest;
    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = text;
        } else if (*text == '\0') {
            return *pattern == '\0';
        } else if (*pattern != '\0' && match_one(pattern, *text, &rest)) {
            pattern = rest;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = ++retry;
        } else {
            return false;
        }
    }
}

static bool is_pattern(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr("*?[", text[i]) != NULL)
            return true;
        i += text[i] == '\\';
    }
    return false;
}

static char *join(const char *folder, const char *name, const char *slash)
{
    size_t size = strlen(folder) + strlen(name) + strlen(slash) + 1;
    char *path = arena_alloc(size);
    snprintf(path, size, "%s%s%s", folder, name, slash);
    return path;
}

static char *without_escapes(const char *text, size_t length)
{
    struct text plain = {0};
    for (size_t i = 0; i < length; i++) {
        i += text[i] == '\\' && i + 1 < length;
        text_add(&plain, text[i]);
    }
    return plain.bytes == NULL ? "" : plain.bytes;
}

static void expand(const char *folder, const char *pattern, struct strings *out);

/* All names in a folder that match one part of the pattern; a dot at the start must be written. */
static void expand_part(const char *folder, const char *part, const char *rest, struct strings *out)
{
    DIR *dir = opendir(folder[0] == '\0' ? "." : folder);
    if (dir == NULL)
        return;
    struct strings names = {0};
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if ((entry->d_name[0] != '.' || part[0] == '.') && glob_match(part, entry->d_name))
            strings_add(&names, arena_copy(entry->d_name, strlen(entry->d_name)));
    closedir(dir);
    for (size_t i = 0; i < names.count; i++) {
        if (*rest != '\0')
            expand(join(folder, names.items[i], "/"), rest + strspn(rest, "/"), out);
        else
            strings_add(out, join(folder, names.items[i], ""));
    }
}

/* The folder is done, and ends with a slash if it is not empty; the pattern is still to do. */
static void expand(const char *folder, const char *pattern, struct strings *out)
{
    size_t length = strcspn(pattern, "/");
    const char *rest = pattern + length;
    struct stat status;
    if (is_pattern(pattern, length)) {
        expand_part(folder, arena_copy(pattern, length), rest, out);
        return;
    }
    char *name = without_escapes(pattern, length);
    if (*rest != '\0') {
        expand(join(folder, name, "/"), rest + strspn(rest, "/"), out);
        return;
    }
    char *path = join(folder, name, "");
    if (lstat(path, &status) == 0)
        strings_add(out, path);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool glob_expand(const char *pattern, struct strings *out)
{
    size_t before = out->count;
    if (!is_pattern(pattern, strlen(pattern)))
        return false;
    expand("", pattern, out);
    if (out->count == before)
        return false;
    qsort(out->items + before, out->count - before, sizeof(*out->items), compare);
    return true;
}
