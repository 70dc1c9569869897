/* tail [-n lines] [file...]: prints the last lines, 10 if not told otherwise. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The last lines are kept in a ring. */
static void print_tail(FILE *in, size_t lines)
{
    char **ring = calloc(lines, sizeof(*ring)), *line = NULL;
    size_t size = 0, count = 0;
    if (ring == NULL)
        err(1, "%zu lines", lines);
    for (; getline(&line, &size, in) >= 0; count++) {
        free(ring[count % lines]);
        ring[count % lines] = line;
        line = NULL;
        size = 0;
    }
    free(line);
    for (size_t i = count > lines ? count - lines : 0; i < count; i++)
        fputs(ring[i % lines], stdout);
    for (size_t i = 0; i < lines; i++)
        free(ring[i]);
    free(ring);
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
    if (lines <= 0)
        return 0;
    if (optind == argc)
        print_tail(stdin, (size_t)lines);
    for (int i = optind; i < argc; i++) {
        FILE *in = fopen(argv[i], "r");
        if (in == NULL) {
            warn("cannot open '%s' for reading", argv[i]);
            status = 1;
            continue;
        }
        if (argc - optind > 1)
            printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
        print_tail(in, (size_t)lines);
        fclose(in);
    }
    return status;
}
