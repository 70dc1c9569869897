/*
 * mmaptest: mmap and munmap. What it expects is what Linux does; where only Quire can tell (page
 * records, disk counters, caches that can be dropped) it asks there and is silent elsewhere.
 *
 * The tests stand in files by subject; tests.h lists them all with their time limits.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {MMAP_TESTS(ROW)};

/* What the program does when a test executes it. */
static int run_role(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--probe") == 0)
        return is_readable((void *)strtoul(argv[2], NULL, 0)) ? 1 : 0;
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && argv[1][0] == '-')
        return run_role(argc, argv);
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
