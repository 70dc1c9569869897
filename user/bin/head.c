/* head [-n lines] [file...]: prints the first lines, 10 if not told otherwise. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_head(FILE *in, long lines)
{
    for (int c; lines > 0 && (c = getc(in)) != EOF; lines -= c == '\n')
        putchar(c);
}

int main(int argc, char **argv)
{
    long lines = 10;
    int status = 0;
    for (int option; (option = getopt(argc, argv, "n:")) != -1;) {
        if (option == '?')
            return 1;
        lines = atol(optarg);
    }
    if (optind == argc)
        print_head(stdin, lines);
    for (int i = optind; i < argc; i++) {
        FILE *in = fopen(argv[i], "r");
        if (in == NULL) {
            warn("cannot open '%s' for reading", argv[i]);
            status = 1;
            continue;
        }
        if (argc - optind > 1)
            printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
        print_head(in, lines);
        fclose(in);
    }
    return status;
}
