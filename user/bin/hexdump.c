/*
 * hexdump [-C] [-n length] [-s offset] [file]: shows bytes as numbers and as characters, 16 on each
 * line. Lines like the one before are left out, and a star stands for them.
 */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 16 };

static void print_line(unsigned long offset, const unsigned char *bytes, size_t n)
{
    printf("%08lx ", offset);
    for (size_t i = 0; i < WIDTH; i++) {
        const char *gap = i == WIDTH / 2 ? "  " : " ";
        if (i < n)
            printf("%s%02x", gap, bytes[i]);
        else
            printf("%s  ", gap);
    }
    printf("  |");
    for (size_t i = 0; i < n; i++)
        putchar(isprint(bytes[i]) ? bytes[i] : '.');
    printf("|\n");
}

static void dump(FILE *in, unsigned long offset, unsigned long left)
{
    unsigned char line[WIDTH], before[WIDTH];
    bool first = true, starred = false;
    while (left > 0) {
        size_t n = fread(line, 1, left < WIDTH ? left : WIDTH, in);
        if (n == 0)
            break;
        bool same = !first && n == WIDTH && memcmp(line, before, WIDTH) == 0;
        if (!same)
            print_line(offset, line, n);
        else if (!starred)
            printf("*\n");
        memcpy(before, line, WIDTH);
        starred = same;
        first = false;
        offset += n;
        left -= n;
    }
    if (!first)
        printf("%08lx\n", offset);
}

static void skip(FILE *in, unsigned long n)
{
    if (n == 0 || fseek(in, (long)n, SEEK_SET) == 0)
        return;
    while (n-- > 0 && getc(in) != EOF)
        ;
}

int main(int argc, char **argv)
{
    unsigned long offset = 0, length = ~0UL;
    for (int option; (option = getopt(argc, argv, "Cn:s:")) != -1;) {
        switch (option) {
        case 'C': break;
        case 'n': length = strtoul(optarg, NULL, 0); break;
        case 's': offset = strtoul(optarg, NULL, 0); break;
        default: return 1;
        }
    }
    FILE *in = optind < argc ? fopen(argv[optind], "r") : stdin;
    if (in == NULL)
        err(1, "%s", argv[optind]);
    skip(in, offset);
    dump(in, offset, length);
    if (ferror(in))
        err(1, "%s", optind < argc ? argv[optind] : "standard input");
    return fflush(stdout) < 0;
}
