/* What the boot code leaves behind: the root of the kernel's page table alone. */
#ifndef STAND_ARCH_BOOT_H
#define STAND_ARCH_BOOT_H

#include "arch/pte.h"

extern pte_t kernel_root[PTES_PER_TABLE];

#endif
