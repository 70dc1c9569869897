/* touch [-c] file...: sets a file's times to now; makes it if it is not there, but not with -c. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

static int touch(const char *path, bool create)
{
    if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
        return 0;
    if (errno == ENOENT && !create)
        return 0;
    int fd = errno == ENOENT ? open(path, O_WRONLY | O_CREAT, 0666) : -1;
    if (fd < 0) {
        warn("cannot touch '%s'", path);
        return 1;
    }
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    bool create = true;
    int status = 0;
    for (int option; (option = getopt(argc, argv, "c")) != -1;) {
        if (option == '?')
            return 1;
        create = false;
    }
    if (optind == argc)
        errx(1, "usage: touch [-c] file...");
    for (int i = optind; i < argc; i++)
        status |= touch(argv[i], create);
    return status;
}
