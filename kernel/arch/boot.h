/* What the boot code leaves behind, and the bounds of the kernel image (kernel.ld). */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <stdint.h>

#include "arch/pte.h"

extern pte_t kernel_root[PTES_PER_TABLE]; /* [const] the kernel's half; its lower half is empty */
extern uint64_t boot_satp;                /* [const] satp for kernel_root */

uint64_t boot_page_table(void);

/* Physical address where sbi_hart_start sends a hart; its a1: the physical address of its thread.
 */
extern char hart_entry[], kernel_entry[];

/* Physical addresses of the harts' idle threads, for harts that come too early: see entry.S. */
extern uint64_t hart_threads[];

extern char image_start[], text_end[], data_start[], image_end[];

static inline uint64_t direct_to_pa(const void *va)
{
    return (uint64_t)va - DIRECT_BASE;
}

static inline void *pa_to_direct(uint64_t pa)
{
    return (void *)(pa + DIRECT_BASE);
}

#endif
