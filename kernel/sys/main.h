/* Where arch/entry.S enters C: on the boot hart, and on the others once they are started. */
#ifndef SYS_MAIN_H
#define SYS_MAIN_H

#include "lib/assert.h"

NORETURN void kernel_main(unsigned hart, const void *device_tree_pa);
NORETURN void hart_main(unsigned hart);

#endif
