/*
 * env [-i] [name=value...] [command [argument...]]: runs a command in a changed environment, or
 * prints that environment. -i begins with an empty one.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int i = 1;
    if (i < argc && strcmp(argv[i], "-i") == 0) {
        clearenv();
        i++;
    }
    for (; i < argc && strchr(argv[i], '=') != NULL; i++)
        if (putenv(argv[i]) < 0)
            err(125, "%s", argv[i]);
    if (i < argc) {
        execvp(argv[i], argv + i);
        err(errno == ENOENT ? 127 : 126, "%s", argv[i]);
    }
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        puts(*entry);
    return fflush(stdout) < 0;
}
