/*
 * cowtest: fork and copy-on-write. That values stay apart is what Linux does too; how many faults
 * and pages it takes only Quire can tell, and those tests are left out elsewhere.
 *
 * The tests stand in files by subject; tests.h lists them all with their time limits.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {COW_TESTS(ROW)};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--nothing") == 0)
        return 0;
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
