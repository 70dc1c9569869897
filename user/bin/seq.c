/* seq [first [step]] last: prints integers, one on each line. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static long number(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0')
        errx(1, "invalid integer argument: '%s'", text);
    return value;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 4)
        errx(1, "usage: seq [first [step]] last");
    long first = argc > 2 ? number(argv[1]) : 1;
    long step = argc > 3 ? number(argv[2]) : 1;
    long last = number(argv[argc - 1]);
    if (step == 0)
        errx(1, "the step must not be zero");
    for (long value = first; step > 0 ? value <= last : value >= last; value += step)
        printf("%ld\n", value);
    return fflush(stdout) < 0;
}
