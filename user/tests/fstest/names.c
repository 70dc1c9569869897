/* Names: links, folders, paths, and what they refuse. */
#include "tests.h"

#include <limits.h>

static long links_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (long)status.st_nlink : -1;
}

static unsigned long number_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (unsigned long)status.st_ino : 0;
}

/* --- Links --- */

void links(void)
{
    put("one", "text");
    CHECK(mkdir("folder", 0755) == 0, "mkdir");
    CHECK(link("one", "two") == 0 && link("two", "folder/three") == 0, "link");
    CHECK(links_of("one") == 3 && number_of("one") == number_of("folder/three"), "one file");
    put("two", "changed");
    CHECK(has("one", "changed") && has("folder/three", "changed"), "with one content");
    CHECK(unlink("one") == 0 && links_of("two") == 2 && has("two", "changed"), "one name less");
    CHECK(unlink("two") == 0 && has("folder/three", "changed"), "and another one");
    CHECK(unlink("folder/three") == 0 && !exists("folder/three"), "the last");
    put("one", "again");
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof(name), "l%d", i);
        CHECK(link("one", name) == 0, "link %d", i);
    }
    CHECK(links_of("l99") == 101, "%ld links", links_of("l99"));
}

void link_errors(void)
{
    put("file", "x");
    put("other", "y");
    CHECK(mkdir("folder", 0755) == 0, "mkdir");
    FAILS(link("file", "other"), EEXIST);
    FAILS(link("file", "file"), EEXIST);
    FAILS(link("file", "folder"), EEXIST);
    FAILS(link("missing", "new"), ENOENT);
    FAILS(link("file", "missing/new"), ENOENT);
    FAILS(link("file", "other/new"), ENOTDIR);
    FAILS(link("folder", "new"), EPERM);
    FAILS(link("file", ""), ENOENT);
    FAILS(link("", "new"), ENOENT);
    FAILS(link("file", "new/"), ENOENT);
    CHECK(links_of("file") == 1 && has("other", "y") && !exists("new"), "nothing has changed");
}

void unlink_errors(void)
{
    put("file", "x");
    CHECK(mkdir("folder", 0755) == 0, "mkdir");
    FAILS(unlink("missing"), ENOENT);
    FAILS(unlink("folder"), EISDIR);
    FAILS(unlink("file/x"), ENOTDIR);
    FAILS(unlink("file/"), ENOTDIR);
    FAILS(unlink("."), EISDIR);
    FAILS(unlink(""), ENOENT);
    FAILS(unlinkat(AT_FDCWD, "file", 1 << 30), EINVAL);
    FAILS(rmdir("file"), ENOTDIR);
    CHECK(exists("file") && exists("folder"), "both are there");
}

/* --- Folders --- */

void folders(void)
{
    CHECK(mkdir("a", 0755) == 0 && links_of("a") == 2, "an empty one has two links");
    CHECK(mkdir("a/b", 0755) == 0 && mkdir("a/c/", 0755) == 0 && links_of("a") == 4,
          "and two more");
    put("a/file", "x");
    CHECK(links_of("a") == 4 && number_of("a/b/..") == number_of("a"), "the way up");
    CHECK(number_of("a/.") == number_of("a") && number_of("a/b/../../a") == number_of("a"), "same");
    FAILS(rmdir("a"), ENOTEMPTY);
    CHECK(rmdir("a/b") == 0 && links_of("a") == 3, "one less");
    FAILS(rmdir("a"), ENOTEMPTY);
    CHECK(rmdir("a/c") == 0 && unlink("a/file") == 0 && rmdir("a") == 0 && !exists("a"), "gone");
    CHECK(mkdir("a", 0755) == 0 && rmdir("a/") == 0, "with a slash behind it");
}

void folder_errors(void)
{
    put("file", "x");
    CHECK(mkdir("folder", 0755) == 0 && mkdir("folder/inner", 0755) == 0, "mkdir");
    FAILS(mkdir("folder", 0755), EEXIST);
    FAILS(mkdir("file", 0755), EEXIST);
    FAILS(mkdir(".", 0755), EEXIST);
    FAILS(mkdir("/", 0755), EEXIST);
    FAILS(mkdir("missing/new", 0755), ENOENT);
    FAILS(mkdir("file/new", 0755), ENOTDIR);
    FAILS(mkdir("", 0755), ENOENT);
    FAILS(rmdir("missing"), ENOENT);
    FAILS(rmdir("folder/."), EINVAL);
    FAILS(rmdir("folder/inner/.."), ENOTEMPTY);
    FAILS(rmdir("/"), EBUSY);
    FAILS(rmdir(""), ENOENT);
    CHECK(exists("folder/inner"), "all is there");
}

/* A folder that is removed while somebody is in it: nothing can be made there any more. */
void folder_removed_under_us(void)
{
    char path[256];
    CHECK(mkdir("gone", 0755) == 0 && chdir("gone") == 0, "go there");
    CHECK(rmdir("../gone") == 0, "remove it");
    FAILS(open("file", O_RDWR | O_CREAT, 0644), ENOENT);
    FAILS(mkdir("sub", 0755), ENOENT);
    FAILS(link("../file", "file"), ENOENT);
    errno = 0;
    CHECK(getcwd(path, sizeof(path)) == NULL && errno == ENOENT, "it has no path");
    DIR *dir = opendir(".");
    CHECK(dir == NULL || readdir(dir) == NULL, "nor names");
    CHECK(chdir("..") == 0 && !exists("gone"), "the way back");
}

/* --- Paths --- */

void walks(void)
{
    static const char *const same[] = {
        "a/b/file",      "./a/b/file",    "a//b///file",        "a/./b/././file",
        "a/../a/b/file", "a/b/../b/file", "a/b/../../a/b/file", ".//./a/b/file",
    };
    CHECK(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0, "mkdir");
    put("a/b/file", "found");
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        CHECK(has(same[i], "found"), "%s", same[i]);
    CHECK(number_of("/..") == number_of("/") && number_of("/../..") == number_of("/"), "the root");
    CHECK(number_of("//") == number_of("/") && number_of("/.") == number_of("/"), "by any name");
    CHECK(!exists("a/b/file/") && errno == ENOTDIR, "a file with a slash");
    CHECK(!exists("a/x/../b/file") && errno == ENOENT, "over what is not there");
}

void current_folder(void)
{
    char start[256], path[512], expected[512];
    CHECK(getcwd(start, sizeof(start)) != NULL && start[0] == '/', "'%s'", start);
    CHECK(mkdir("one", 0755) == 0 && mkdir("one/two", 0755) == 0, "mkdir");
    CHECK(chdir("one/two") == 0 && getcwd(path, sizeof(path)) != NULL, "go down");
    snprintf(expected, sizeof(expected), "%s/one/two", start);
    CHECK(strcmp(path, expected) == 0, "'%s'", path);
    CHECK(getcwd(path, strlen(expected)) == NULL && errno == ERANGE, "one byte too few");
    CHECK(getcwd(path, strlen(expected) + 1) != NULL, "just enough");
    CHECK(chdir("..") == 0 && chdir(".") == 0 && getcwd(path, sizeof(path)) != NULL, "go up");
    snprintf(expected, sizeof(expected), "%s/one", start);
    CHECK(strcmp(path, expected) == 0, "'%s'", path);
    CHECK(rename("two", "three") == 0 && chdir("three") == 0, "a new name");
    snprintf(expected, sizeof(expected), "%s/one/three", start);
    CHECK(getcwd(path, sizeof(path)) != NULL && strcmp(path, expected) == 0, "'%s'", path);
    CHECK(chdir("/") == 0 && getcwd(path, sizeof(path)) != NULL && strcmp(path, "/") == 0, "root");
    CHECK(chdir(start) == 0, "back");
    put("file", "x");
    FAILS(chdir("missing"), ENOENT);
    FAILS(chdir("file"), ENOTDIR);
    FAILS(chdir(""), ENOENT);
    CHECK(has("file", "x"), "still there");
}

void deep_folders(void)
{
    enum { DEPTH = 100 };
    static char path[PATH_MAX], top[256];
    CHECK(getcwd(top, sizeof(top)) != NULL, "where we are");
    for (int i = 0; i < DEPTH; i++)
        MUST(mkdir("another-level", 0755) == 0 && chdir("another-level") == 0, "level %d", i);
    put("bottom", "deep");
    CHECK(getcwd(path, sizeof(path)) != NULL, "the path");
    CHECK(strlen(path) == strlen(top) + DEPTH * strlen("/another-level"), "%zu", strlen(path));
    CHECK(chdir("/") == 0 && chdir(path) == 0 && has("bottom", "deep"), "by its whole path");
    CHECK(unlink("bottom") == 0, "unlink");
    for (int i = 0; i < DEPTH; i++)
        MUST(chdir("..") == 0 && rmdir("another-level") == 0, "back from level %d", DEPTH - i);
    CHECK(getcwd(path, sizeof(path)) != NULL && strcmp(path, top) == 0, "at the top again");
}

/* --- Lengths --- */

void long_names(void)
{
    char name[NAME_MAX + 2];
    for (size_t length = NAME_MAX - 8; length <= NAME_MAX; length++) {
        memset(name, 'a' + (int)(length % 26), length);
        name[length] = '\0';
        put(name, "long");
        CHECK(has(name, "long"), "a name of %zu bytes", length);
    }
    memset(name, 'x', NAME_MAX + 1);
    name[NAME_MAX + 1] = '\0';
    FAILS(open(name, O_RDWR | O_CREAT, 0644), ENAMETOOLONG);
    FAILS(mkdir(name, 0755), ENAMETOOLONG);
    FAILS(unlink(name), ENAMETOOLONG);
    put("short", "x");
    FAILS(rename("short", name), ENAMETOOLONG);
    FAILS(link("short", name), ENAMETOOLONG);
    name[NAME_MAX] = '\0';
    CHECK(rename("short", name) == 0 && has(name, "x"), "one byte less will do");
    unsigned count = 0;
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strlen(entry->d_name) > NAME_MAX - 9;
    closedir(dir);
    CHECK(count == 10, "%u of them are listed", count);
}

/* Paths of 4095 bytes are the longest; the closing zero makes 4096. */
void long_paths(void)
{
    static char path[PATH_MAX + 8];
    put("file", "found");
    for (size_t i = 0; i < PATH_MAX; i += 2)
        memcpy(path + i, "./", 2);
    memcpy(path + PATH_MAX - 1 - 5, "/file", 6);
    CHECK(strlen(path) == PATH_MAX - 1 && has(path, "found"), "the longest path");
    memmove(path + 1, path, PATH_MAX);
    path[0] = '.';
    path[1] = '/';
    CHECK(strlen(path) == PATH_MAX, "one byte more");
    FAILS(open(path, O_RDONLY), ENAMETOOLONG);
    FAILS(mkdir(path, 0755), ENAMETOOLONG);
    FAILS(chdir(path), ENAMETOOLONG);
}

/* A name is any bytes but a slash and a zero. */
void odd_names(void)
{
    static const char *const names[] = {
        " ",           "a b", "...", "..a",  ".hidden", "\xff\xfe", "na\xc3\xafve",
        "line\nbreak", "*?[", "-rf", "\x01",
    };
    enum { COUNT = sizeof(names) / sizeof(names[0]) };
    unsigned found = 0;
    CHECK(mkdir("odd", 0755) == 0 && chdir("odd") == 0, "mkdir");
    for (size_t i = 0; i < COUNT; i++)
        put(names[i], names[i]);
    DIR *dir = opendir(".");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        for (size_t i = 0; i < COUNT; i++)
            found += strcmp(entry->d_name, names[i]) == 0;
    closedir(dir);
    CHECK(found == COUNT, "%u of them are listed", found);
    for (size_t i = 0; i < COUNT; i++)
        CHECK(has(names[i], names[i]) && unlink(names[i]) == 0, "name %zu", i);
    CHECK(chdir("..") == 0 && rmdir("odd") == 0, "nothing is left");
}
