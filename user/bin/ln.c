/* ln [-sf] target name: gives a file another name; with -s a symbolic one; -f replaces the name. */
#include "common/path.h"

#include <err.h>
#include <stdbool.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    bool symbolic = false, force = false;
    for (int option; (option = getopt(argc, argv, "sf")) != -1;) {
        if (option == '?')
            return 1;
        symbolic |= option == 's';
        force |= option == 'f';
    }
    if (argc - optind != 2)
        errx(1, "usage: ln [-sf] target name");
    const char *target = argv[optind], *name = argv[optind + 1];
    if (path_is_directory(name))
        name = path_join_last(name, target);
    if (force)
        unlink(name);
    if ((symbolic ? symlink(target, name) : link(target, name)) < 0)
        err(1, "failed to create %s link '%s'", symbolic ? "symbolic" : "hard", name);
    return 0;
}
