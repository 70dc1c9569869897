/* sleep seconds: waits; the number may have a fraction. */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    char *end;
    if (argc != 2)
        errx(1, "usage: sleep seconds");
    double seconds = strtod(argv[1], &end);
    if (end == argv[1] || *end != '\0' || !(seconds >= 0))
        errx(1, "invalid time interval '%s'", argv[1]);
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) < 0)
        if (errno != EINTR)
            err(1, "cannot sleep");
    return 0;
}
