/*
 * usercopytest: pointers that user programs hand to the kernel. DEFECTS 14 to 19: whatever they
 * are, a system call works, or fails with EFAULT, or moves less; it does not kill, loop, or let a
 * program read or change what is not its own.
 *
 * The tests stand in files by subject; tests.h lists them all with their time limits.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {USERCOPY_TESTS(ROW)};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--nothing") == 0)
        return 0;
    return scratch_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]));
}
