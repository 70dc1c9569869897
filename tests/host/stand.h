/*
 * The machine that the kernel's modules run on in host tests: an array for memory, a clock that
 * moves when somebody looks at it, harts and threads that the test chooses. There is one thread of
 * control: a thread that sleeps lets stand_idle run, as another thread, and must be awake then.
 */
#ifndef TESTS_HOST_STAND_H
#define TESTS_HOST_STAND_H

#include <stddef.h>
#include <stdint.h>

#include "arch/thread.h"

#define STAND_RAM 0x80000000UL /* where physical memory starts */

/* Makes physical memory of so many pages; the allocator gets all but the first. */
void stand_memory(size_t npages);
void stand_memory_raw(size_t npages); /* without the allocator */

/* From now on the kernel runs on this hart. */
void stand_set_hart(unsigned hart);

/* What other threads do while the one under test sleeps; NULL: it would sleep forever. */
extern void (*stand_idle)(void);

/* The kernel's messages go to a buffer, of which the last ones are kept. */
const char *stand_messages(void);

/* No spinlock, mutex or reserve is held, as it is when a system call returns. */
void stand_expect_nothing_held(void);

#endif
