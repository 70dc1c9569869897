/*
 * The interrupt controller (RISC-V PLIC specification 1.0). Every hart may take every interrupt;
 * the first to claim it serves it.
 */
#ifndef DEV_INTC_H
#define DEV_INTC_H

#include <stdint.h>

/* Lets `handler(arg)` serve interrupt `irq`, 1 to 63. It is called with interrupts off; no sleep.
 */
void intc_connect(uint32_t irq, void (*handler)(void *arg), void *arg);

/* On each hart: lets interrupts through to it. */
void intc_init_hart(void);

/* Serves all that is pending for this hart. */
void intc_dispatch(void);

#endif
