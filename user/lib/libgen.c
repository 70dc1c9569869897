/* The parts of a path. Slashes at its end count for nothing. */
#include <libgen.h>
#include <stddef.h>
#include <string.h>

static char dot[] = ".", slash[] = "/";

/* Takes slashes off the end, but leaves the first character. */
static void trim(char *path)
{
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
}

char *basename(char *path)
{
    if (path == NULL || path[0] == '\0')
        return dot;
    trim(path);
    char *last = strrchr(path, '/');
    return last == NULL || last[1] == '\0' ? path : last + 1;
}

char *dirname(char *path)
{
    if (path == NULL || path[0] == '\0')
        return dot;
    trim(path);
    char *last = strrchr(path, '/');
    if (last == NULL)
        return dot;
    if (last == path)
        return slash;
    *last = '\0';
    trim(path);
    return path;
}
