/*
 * threadtest: the C library's threads and what they wait for each other with, its signals, and what
 * else is the library's more than the kernel's. The same source passes with other C libraries. A
 * test whose calls the kernel does not have is skipped.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {THREAD_TESTS(ROW)};

SCRATCH_MAIN(tests)
