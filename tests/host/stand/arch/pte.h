/* Entries are the machine's own; its translation caches are the test's: see stand.h. */
#ifndef STAND_ARCH_PTE_H
#define STAND_ARCH_PTE_H

#define tlb_flush_page machine_tlb_flush_page
#define tlb_flush_user machine_tlb_flush_user
#define pt_activate    machine_pt_activate
#define fence_i        machine_fence_i
#include "kernel/arch/pte.h"
#undef tlb_flush_page
#undef tlb_flush_user
#undef pt_activate
#undef fence_i

void tlb_flush_page(uint64_t va);
void tlb_flush_user(void);
void pt_activate(uint64_t root_pa);
void fence_i(void);

#endif
