/*
 * strace command [argument...]: runs the command; the console shows its system calls and those of
 * all that it starts, a line for each when it has ended:
 *
 *     12 cat: openat(-100, "/etc/passwd", 0x0, 00) = 3
 *     12 cat: read(4, 0x3ffffff000, 65536) = -1 EBADF
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/quire.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: strace command [argument...]\n");
        return 2;
    }
    if (quire(QUIRE_TRACE, NULL, 1) < 0)
        err(125, "this kernel does not trace");
    execvp(argv[1], argv + 1);
    int error = errno;
    quire(QUIRE_TRACE, NULL, 0);
    warnx("%s: %s", argv[1], strerror(error));
    return error == ENOENT ? 127 : 126;
}
