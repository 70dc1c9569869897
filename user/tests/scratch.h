/*
 * A folder of the program's own under /tmp, and in it one for each test, which is the current
 * folder while the test runs and is removed with all that is in it afterwards. So neither tests nor
 * programs meet in files, and one program can run several times at once. SCRATCH_MAIN stands in the
 * place of TEST_MAIN.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include "test.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>

/* The program's absolute path, for tests that execute it again. Weak: one for all files. */
__attribute__((weak)) char scratch_program[4096];

#define SCRATCH_MAIN(tests)                                                         \
    int main(int argc, char **argv)                                                 \
    {                                                                               \
        return scratch_main(argc, argv, tests, sizeof(tests) / sizeof((tests)[0])); \
    }

static inline void scratch_find_program(void)
{
    const char *name = (const char *)getauxval(AT_EXECFN);
    char folder[2048] = "";
    if (name == NULL || (name[0] != '/' && getcwd(folder, sizeof(folder)) == NULL))
        return;
    snprintf(scratch_program, sizeof(scratch_program), "%s%s%s", folder, name[0] == '/' ? "" : "/",
             name);
}

/* One look through the current folder; returns how many names went away. */
static inline unsigned scratch_empty_once(void (*empty)(void))
{
    DIR *dir = opendir(".");
    unsigned removed = 0;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (unlink(name) != 0 && chdir(name) == 0) {
            empty();
            removed += chdir("..") == 0 && rmdir(name) == 0;
        } else {
            removed++;
        }
    }
    if (dir != NULL)
        closedir(dir);
    return removed;
}

/* Names that go away while a folder is being read may hide others; hence the passes. */
static inline void scratch_empty(void)
{
    for (int pass = 0; pass < 10 && scratch_empty_once(scratch_empty) != 0; pass++) {
    }
}

static inline void scratch_begin(void)
{
    CHECK(mkdir(test_name, 0777) == 0 && chdir(test_name) == 0, "a folder for the test");
}

/* A child that lives too long may keep it from being removed; the next test has another one. */
static inline void scratch_end(void)
{
    scratch_empty();
    if (chdir("..") == 0)
        rmdir(test_name);
    errno = 0;
}

static inline int scratch_main(int argc, char **argv, const struct test *tests, size_t count)
{
    char path[128];
    const char *slash = strrchr(argv[0], '/');
    scratch_find_program();
    mkdir("/tmp", 0777);
    snprintf(path, sizeof(path), "/tmp/%s.%d", slash ? slash + 1 : argv[0], (int)getpid());
    if (mkdir(path, 0777) != 0 || chdir(path) != 0) {
        perror(path);
        return 1;
    }
    test_begin = scratch_begin;
    test_end = scratch_end;
    int status = test_main(argc, argv, tests, count);
    scratch_empty();
    if (chdir("/") == 0)
        rmdir(path);
    return status;
}

#endif
