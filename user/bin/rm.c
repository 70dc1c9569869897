/*
 * rm [-rf] file...: removes names; with -r directories too, with all that is in them; with -f it is
 * no error if a name does not exist.
 */
#include "common/path.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool recursive, force;

static int fail(const char *path)
{
    if (force && errno == ENOENT)
        return 0;
    warn("cannot remove '%s'", path);
    return 1;
}

static int remove_tree(const char *path);

static int remove_entry(const char *directory, const char *name)
{
    if (path_is_dots(name))
        return 0;
    char *path = path_join(directory, name);
    int status = remove_tree(path);
    free(path);
    return status;
}

/* Removing names while reading the directory may hide others: so it is read until it is empty. */
static int empty_directory(const char *path)
{
    for (;;) {
        int status = 0, names = 0;
        DIR *dir = opendir(path);
        if (dir == NULL)
            return fail(path);
        for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
            names += !path_is_dots(entry->d_name);
            status |= remove_entry(path, entry->d_name);
        }
        closedir(dir);
        if (names == 0 || status != 0)
            return status;
    }
}

static int remove_tree(const char *path)
{
    struct stat status;
    if (lstat(path, &status) < 0)
        return fail(path);
    if (!S_ISDIR(status.st_mode))
        return unlink(path) < 0 ? fail(path) : 0;
    int result = empty_directory(path);
    return rmdir(path) < 0 && result == 0 ? fail(path) : result;
}

static int remove_one(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (path_is_dots(slash == NULL ? path : slash + 1)) {
        warnx("refusing to remove '.' or '..': '%s'", path);
        return 1;
    }
    if (recursive)
        return remove_tree(path);
    return unlink(path) < 0 ? fail(path) : 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    for (int option; (option = getopt(argc, argv, "rRf")) != -1;) {
        if (option == '?')
            return 1;
        if (option == 'f')
            force = true;
        else
            recursive = true;
    }
    if (optind == argc && !force)
        errx(1, "usage: rm [-rf] file...");
    for (int i = optind; i < argc; i++)
        status |= remove_one(argv[i]);
    return status;
}
