/* cat [file...]: copies files, or standard input, to standard output. "-" is standard input. */
#include "common/bytes.h"

#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int copy(int fd, const char *name)
{
    enum copy_result result = copy_bytes(fd, STDOUT_FILENO);
    if (result == COPY_WRITE_FAILED)
        err(1, "write error");
    if (result == COPY_READ_FAILED)
        warn("%s", name);
    return result != COPY_DONE;
}

static int copy_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return copy(STDIN_FILENO, path);
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        warn("%s", path);
        return 1;
    }
    int status = copy(fd, path);
    close(fd);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;
    if (argc == 1)
        return copy(STDIN_FILENO, "-");
    for (int i = 1; i < argc; i++)
        status |= copy_file(argv[i]);
    return status;
}
