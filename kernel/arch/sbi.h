/* Calls to the firmware (RISC-V SBI specification 1.0). Harts are named by their hardware ids. */
#ifndef ARCH_SBI_H
#define ARCH_SBI_H

#include <stddef.h>
#include <stdint.h>

#include "lib/assert.h"

/* One byte to the firmware's console (legacy extension 0x01): for messages before the UART. */
void sbi_console_putchar(int c);

/* Sets this hart's next timer interrupt, in ticks of rdtime. */
void sbi_set_timer(uint64_t ticks);

/* Starts a stopped hart at a physical address with a0 = its id, a1 = opaque. 0 or an SBI error. */
long sbi_hart_start(uint64_t hartid, uint64_t address, uint64_t opaque);

/* The masks have bit n for hart id n; ids are below 64, as QEMU numbers them. */
void sbi_send_ipi(uint64_t hart_mask);
void sbi_remote_fence_i(uint64_t hart_mask);

/* sfence.vma of [start, start + size) on other harts; when it returns, they have done it. */
void sbi_remote_sfence_vma(uint64_t hart_mask, uint64_t start, uint64_t size);

NORETURN void sbi_shutdown(void);

#endif
