/*
 * proctest: what programs expect to find in /proc, /dev and /dev/shm. What it expects is what Linux
 * shows; where the host lacks something (soft-dirty marks, /dev/shm), the test says so and is
 * silent. The tests stand in files by subject; tests.h lists them all.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {PROC_TESTS(ROW)};

SCRATCH_MAIN(tests)
