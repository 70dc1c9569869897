/* Paths. See path.h. */
#include "path.h"

#include <err.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *path_join(const char *directory, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", directory, name) < 0)
        err(1, "%s/%s", directory, name);
    return path;
}

char *path_join_last(const char *directory, const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        err(1, "%s", path);
    char *joined = path_join(directory, basename(copy));
    free(copy);
    return joined;
}

bool path_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool path_is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}
