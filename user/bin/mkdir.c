/* mkdir [-p] directory...: makes directories; with -p also those above, and none is too many. */
#include "common/path.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make(const char *path, bool may_exist)
{
    if (mkdir(path, 0777) == 0 || (may_exist && errno == EEXIST && path_is_directory(path)))
        return 0;
    warn("cannot create directory '%s'", path);
    return 1;
}

static int make_all(const char *path)
{
    char part[PATH_MAX];
    if (strlcpy(part, path, sizeof(part)) >= sizeof(part)) {
        errno = ENAMETOOLONG;
        return make(path, true);
    }
    for (char *slash = part; (slash = strchr(slash + 1, '/')) != NULL; *slash = '/') {
        *slash = '\0';
        if (make(part, true) != 0)
            return 1;
    }
    return make(path, true);
}

int main(int argc, char **argv)
{
    bool parents = false;
    int status = 0;
    for (int option; (option = getopt(argc, argv, "p")) != -1;) {
        if (option == '?')
            return 1;
        parents = true;
    }
    if (optind == argc)
        errx(1, "usage: mkdir [-p] directory...");
    for (int i = optind; i < argc; i++)
        status |= parents ? make_all(argv[i]) : make(argv[i], false);
    return status;
}
