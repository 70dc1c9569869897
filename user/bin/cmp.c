/*
 * cmp [-s] file1 file2: says where two files differ first; with -s nothing. Exit status 0: they are
 * the same; 1: they differ; 2: an error.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *open_file(const char *path)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (in == NULL)
        err(2, "%s", path);
    return in;
}

/* A line that is complete counts as the last; one that is not, as one in which the end is. */
static int report_end(const char *path, unsigned long bytes, unsigned long lines, bool complete)
{
    if (bytes == 0)
        warnx("EOF on %s which is empty", path);
    else if (complete)
        warnx("EOF on %s after byte %lu, line %lu", path, bytes, lines - 1);
    else
        warnx("EOF on %s after byte %lu, in line %lu", path, bytes, lines);
    return 1;
}

static int compare(FILE *files[2], char *names[2], bool silent)
{
    unsigned long bytes = 0, lines = 1;
    int last = EOF;
    for (;; bytes++) {
        int x = getc(files[0]), y = getc(files[1]);
        if (ferror(files[0]) || ferror(files[1]))
            err(2, "%s", names[ferror(files[0]) ? 0 : 1]);
        if (x == y && x == EOF)
            return 0;
        if (x != y && silent)
            return 1;
        if (x == EOF || y == EOF)
            return report_end(names[x == EOF ? 0 : 1], bytes, lines, last == '\n');
        if (x != y)
            break;
        lines += x == '\n';
        last = x;
    }
    printf("%s %s differ: char %lu, line %lu\n", names[0], names[1], bytes + 1, lines);
    return 1;
}

int main(int argc, char **argv)
{
    bool silent = false;
    for (int option; (option = getopt(argc, argv, "s")) != -1;) {
        if (option == '?')
            return 2;
        silent = true;
    }
    if (argc - optind != 2)
        errx(2, "usage: cmp [-s] file1 file2");
    char **names = argv + optind;
    FILE *files[] = {open_file(names[0]), open_file(names[1])};
    return compare(files, names, silent);
}
