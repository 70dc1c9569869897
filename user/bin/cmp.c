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

static int report_end(const char *path, unsigned long bytes, unsigned long lines, bool silent)
{
    if (silent)
        return 1;
    if (bytes == 0)
        warnx("EOF on %s which is empty", path);
    else
        warnx("EOF on %s after byte %lu, in line %lu", path, bytes, lines);
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
    const char *names[] = {argv[optind], argv[optind + 1]};
    FILE *a = open_file(names[0]), *b = open_file(names[1]);
    unsigned long bytes = 0, lines = 1;
    for (;; bytes++) {
        int x = getc(a), y = getc(b);
        if (ferror(a) || ferror(b))
            err(2, "%s", names[ferror(a) ? 0 : 1]);
        if (x == EOF && y == EOF)
            return 0;
        if (x == EOF || y == EOF)
            return report_end(names[x == EOF ? 0 : 1], bytes, lines, silent);
        if (x != y)
            break;
        lines += x == '\n';
    }
    if (!silent)
        printf("%s %s differ: byte %lu, line %lu\n", names[0], names[1], bytes + 1, lines);
    return 1;
}
