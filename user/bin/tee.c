/* tee [-a] [file...]: copies standard input to standard output and into files; -a appends. */
#include "common/bytes.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char buffer[16384];
    int mode = O_TRUNC, status = 0;
    for (int option; (option = getopt(argc, argv, "a")) != -1;) {
        if (option == '?')
            return 1;
        mode = O_APPEND;
    }
    int count = argc - optind + 1;
    int *fds = calloc((size_t)count, sizeof(*fds));
    if (fds == NULL)
        err(1, "%d files", count);
    fds[0] = STDOUT_FILENO;
    for (int i = 1; i < count; i++) {
        fds[i] = open(argv[optind + i - 1], O_WRONLY | O_CREAT | mode, 0666);
        if (fds[i] < 0) {
            warn("%s", argv[optind + i - 1]);
            status = 1;
        }
    }
    for (ssize_t n; (n = read(STDIN_FILENO, buffer, sizeof(buffer))) > 0;) {
        for (int i = 0; i < count; i++) {
            if (fds[i] >= 0 && !write_all(fds[i], buffer, (size_t)n)) {
                warn("%s", i == 0 ? "standard output" : argv[optind + i - 1]);
                fds[i] = -1;
                status = 1;
            }
        }
    }
    return status;
}
