/* pwd: prints the path of the current directory. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char path[PATH_MAX];
    if (getcwd(path, sizeof(path)) == NULL)
        err(1, "cannot tell the current directory");
    return puts(path) < 0;
}
