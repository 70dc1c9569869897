/* rename(2) in all its cases. */
#include "tests.h"

static long links_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (long)status.st_nlink : -1;
}

void rename_files(void)
{
    put("one", "1");
    CHECK(rename("one", "two") == 0 && !exists("one") && has("two", "1"), "to a new name");
    put("three", "3");
    CHECK(rename("two", "three") == 0 && !exists("two") && has("three", "1"), "over a file");
    CHECK(rename("three", "three") == 0 && has("three", "1"), "onto itself");
    CHECK(rename("three", "./three") == 0 && has("three", "1"), "by another path");
    CHECK(link("three", "four") == 0 && rename("three", "four") == 0, "onto its own link");
    CHECK(has("three", "1") && has("four", "1") && links_of("four") == 2, "which changes nothing");
    CHECK(mkdir("sub", 0755) == 0 && rename("three", "sub/five") == 0, "to another folder");
    CHECK(!exists("three") && has("sub/five", "1") && links_of("four") == 2, "is the same file");
    put("six", "6");
    CHECK(rename("six", "sub/five") == 0 && has("sub/five", "6") && links_of("four") == 1, "over");
    CHECK(rename("sub/five", "six") == 0 && has("six", "6") && rmdir("sub") == 0, "and back");
}

void rename_folders(void)
{
    struct stat up, other;
    CHECK(mkdir("a", 0755) == 0 && mkdir("b", 0755) == 0 && mkdir("a/inner", 0755) == 0, "mkdir");
    put("a/inner/file", "x");
    CHECK(links_of("a") == 3 && links_of("b") == 2, "links before");
    CHECK(rename("a/inner", "b/moved") == 0 && has("b/moved/file", "x"), "to another folder");
    CHECK(links_of("a") == 2 && links_of("b") == 3, "links after");
    CHECK(stat("b/moved/..", &up) == 0 && stat("b", &other) == 0 && up.st_ino == other.st_ino,
          "its way up has changed");
    CHECK(rename("b/moved", "b/again") == 0 && has("b/again/file", "x") && links_of("b") == 3,
          "within a folder");
    CHECK(mkdir("empty", 0755) == 0 && rename("b/again", "empty") == 0, "over an empty folder");
    CHECK(has("empty/file", "x") && links_of("b") == 2 && !exists("b/again"), "takes its place");
    CHECK(rename("a/", "c") == 0 && exists("c") && !exists("a"), "with a slash behind it");
    CHECK(rename("empty", "c/sub") == 0 && has("c/sub/../sub/file", "x"), "below another one");
}

void rename_refusals(void)
{
    put("file", "x");
    CHECK(mkdir("folder", 0755) == 0 && mkdir("folder/inner", 0755) == 0, "mkdir");
    CHECK(mkdir("full", 0755) == 0 && mkdir("other", 0755) == 0, "mkdir");
    put("full/file", "y");
    FAILS(rename("missing", "new"), ENOENT);
    FAILS(rename("file", "missing/new"), ENOENT);
    FAILS(rename("", "new"), ENOENT);
    FAILS(rename("file", ""), ENOENT);
    FAILS(rename("file", "folder"), EISDIR);
    FAILS(rename("folder", "file"), ENOTDIR);
    FAILS(rename("folder", "full"), ENOTEMPTY);
    FAILS(rename("folder", "folder/inner/below"), EINVAL);
    FAILS(rename("folder", "folder/below"), EINVAL);
    FAILS(rename("folder/inner", "folder"), ENOTEMPTY);
    FAILS(rename("file/x", "new"), ENOTDIR);
    FAILS(rename("file", "file/x"), ENOTDIR);
    FAILS(rename("file/", "new"), ENOTDIR);
    FAILS(rename("folder/.", "new"), EBUSY);
    FAILS(rename("folder/inner/..", "new"), EBUSY);
    FAILS(rename("other", "folder/."), EBUSY);
    FAILS(rename("/", "new"), EBUSY);
    CHECK(has("file", "x") && has("full/file", "y") && exists("folder/inner"), "all is as it was");
    CHECK(!exists("new") && links_of("folder") == 3 && links_of("other") == 2, "no more, no less");
}

void rename_flags(void)
{
    put("one", "1");
    put("two", "2");
    CHECK(mkdir("folder", 0755) == 0, "mkdir");
    put("folder/inner", "3");
    FAILS(renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_NOREPLACE), EEXIST);
    CHECK(has("one", "1") && has("two", "2"), "both are there");
    CHECK(renameat2(AT_FDCWD, "one", AT_FDCWD, "new", RENAME_NOREPLACE) == 0 && has("new", "1"),
          "where nothing is");
    FAILS(renameat2(AT_FDCWD, "new", AT_FDCWD, "two", 1u << 30), EINVAL);
    FAILS(renameat2(AT_FDCWD, "new", AT_FDCWD, "two", RENAME_NOREPLACE | RENAME_EXCHANGE), EINVAL);
    if (renameat2(AT_FDCWD, "new", AT_FDCWD, "two", RENAME_EXCHANGE) != 0 && errno == EINVAL)
        SKIP("no RENAME_EXCHANGE");
    CHECK(has("new", "2") && has("two", "1"), "exchanged");
    FAILS(renameat2(AT_FDCWD, "new", AT_FDCWD, "missing", RENAME_EXCHANGE), ENOENT);
    CHECK(renameat2(AT_FDCWD, "new", AT_FDCWD, "folder", RENAME_EXCHANGE) == 0, "with a folder");
    CHECK(has("folder", "2") && has("new/inner", "3"), "exchanged");
}

/* Open files and current folders follow what they are, not what it is called. */
void rename_while_open(void)
{
    char text[8] = "";
    put("old", "old");
    put("new", "new");
    int old = open("old", O_RDWR), new = open("new", O_RDONLY);
    CHECK(rename("old", "new") == 0, "rename over an open file");
    CHECK(read(new, text, 3) == 3 && memcmp(text, "new", 3) == 0, "who had it open has it still");
    CHECK(pwrite(old, "NEW", 3, 0) == 3 && has("new", "NEW"), "the other one has the new name");
    struct stat status;
    CHECK(fstat(new, &status) == 0 && status.st_nlink == 0, "no name is left");
    CHECK(mkdir("here", 0755) == 0 && chdir("here") == 0, "go somewhere");
    put("file", "x");
    CHECK(rename("../here", "../there") == 0 && has("file", "x"), "which gets another name");
    CHECK(has("../there/file", "x") && chdir("..") == 0, "and is the same place");
}
