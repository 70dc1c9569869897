/*
 * cp [-r] source target; cp [-r] source... directory: copies files; with -r directories too, with
 * all that is in them. Symbolic links inside a directory are copied as links.
 */
#include "common/bytes.h"
#include "common/path.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool recursive;

static int copy(const char *from, const char *to, bool follow);

static int fail(const char *what, const char *path)
{
    warn("cannot %s '%s'", what, path);
    return 1;
}

static bool is_same_file(const char *path, const struct stat *status)
{
    struct stat other;
    return stat(path, &other) == 0 && other.st_dev == status->st_dev &&
           other.st_ino == status->st_ino;
}

static int copy_open(int in, int out, const char *from, const char *to)
{
    switch (copy_bytes(in, out)) {
    case COPY_READ_FAILED: return fail("read", from);
    case COPY_WRITE_FAILED: return fail("write", to);
    default: return 0;
    }
}

static int copy_file(const char *from, const char *to, const struct stat *status)
{
    if (is_same_file(to, status)) {
        warnx("'%s' and '%s' are the same file", from, to);
        return 1;
    }
    int in = open(from, O_RDONLY);
    if (in < 0)
        return fail("open", from);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, status->st_mode & 0777);
    int result = out < 0 ? fail("create", to) : copy_open(in, out, from, to);
    if (out >= 0 && close(out) < 0)
        result = fail("write", to);
    close(in);
    return result;
}

static int copy_link(const char *from, const char *to)
{
    char target[PATH_MAX];
    ssize_t n = readlink(from, target, sizeof(target) - 1);
    if (n < 0)
        return fail("read", from);
    target[n] = '\0';
    return symlink(target, to) < 0 ? fail("create", to) : 0;
}

static int copy_entry(const char *from, const char *to, const char *name)
{
    if (path_is_dots(name))
        return 0;
    char *from_path = path_join(from, name), *to_path = path_join(to, name);
    int result = copy(from_path, to_path, false);
    free(from_path);
    free(to_path);
    return result;
}

/* Whether `to` is `from` or lies in it: the copy would never end. */
static bool is_inside(const char *from, const char *to)
{
    char outer[PATH_MAX], inner[PATH_MAX];
    if (realpath(from, outer) == NULL || realpath(to, inner) == NULL)
        return false;
    size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 && (inner[length] == '/' || inner[length] == '\0');
}

static int copy_directory(const char *from, const char *to, const struct stat *status)
{
    int result = 0;
    if (mkdir(to, (status->st_mode & 0777) | 0700) < 0 && errno != EEXIST)
        return fail("create directory", to);
    if (is_inside(from, to)) {
        warnx("cannot copy a directory, '%s', into itself, '%s'", from, to);
        return 1;
    }
    DIR *dir = opendir(from);
    if (dir == NULL)
        return fail("open", from);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        result |= copy_entry(from, to, entry->d_name);
    closedir(dir);
    return result;
}

static int copy(const char *from, const char *to, bool follow)
{
    struct stat status;
    if ((follow ? stat(from, &status) : lstat(from, &status)) < 0)
        return fail("stat", from);
    if (S_ISLNK(status.st_mode))
        return copy_link(from, to);
    if (!S_ISDIR(status.st_mode))
        return copy_file(from, to, &status);
    if (recursive)
        return copy_directory(from, to, &status);
    warnx("-r not specified; omitting directory '%s'", from);
    return 1;
}

static int copy_into(const char *from, const char *directory)
{
    char *path = path_join_last(directory, from);
    int result = copy(from, path, !recursive);
    free(path);
    return result;
}

int main(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "rR")) != -1;) {
        if (option == '?')
            return 1;
        recursive = true;
    }
    int count = argc - optind - 1, status = 0;
    char **names = argv + optind;
    if (count < 1)
        errx(1, "usage: cp [-r] source... target");
    if (!path_is_directory(names[count])) {
        if (count > 1)
            errx(1, "target '%s' is not a directory", names[count]);
        return copy(names[0], names[1], !recursive);
    }
    for (int i = 0; i < count; i++)
        status |= copy_into(names[i], names[count]);
    return status;
}
