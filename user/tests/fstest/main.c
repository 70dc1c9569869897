/*
 * fstest: files, folders and names through the system calls, as POSIX and Linux have them. What a
 * crash leaves is another matter and tested from outside the machine.
 *
 * The tests stand in files by subject; tests.h lists them all with their time limits.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {FS_TESTS(ROW)};

SCRATCH_MAIN(tests)
