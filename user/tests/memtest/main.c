/*
 * memtest: what else programs do with memory: mprotect, msync, mremap, madvise, mincore, mlock, the
 * rarer flags of mmap, memfd_create, limits, the heap, many mappings, and the times of mapped
 * files. What it expects is what Linux does; where only Quire can tell (fault counts, caches that
 * can be dropped) it asks there and is silent elsewhere. mmaptest has mmap and munmap themselves.
 *
 * Each call has a table of its errors, one cause a row. A group of tests is skipped where its call
 * does not exist. The tests stand in files by subject; tests.h lists them all.
 */
#include "tests.h"

#define ROW(name, seconds) {#name, name, seconds},

static const struct test tests[] = {MEM_TESTS(ROW)};

SCRATCH_MAIN(tests)
