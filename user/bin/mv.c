/* mv source target; mv source... directory: renames files. There is one file system only. */
#include "common/path.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static int move(const char *from, const char *to)
{
    if (rename(from, to) == 0)
        return 0;
    warn("cannot move '%s' to '%s'", from, to);
    return 1;
}

static int move_into(const char *from, const char *directory)
{
    char *path = path_join_last(directory, from);
    int status = move(from, path);
    free(path);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;
    if (argc < 3)
        errx(1, "usage: mv source... target");
    const char *target = argv[argc - 1];
    if (!path_is_directory(target)) {
        if (argc > 3)
            errx(1, "target '%s' is not a directory", target);
        return move(argv[1], target);
    }
    for (int i = 1; i < argc - 1; i++)
        status |= move_into(argv[i], target);
    return status;
}
