/* The clock and the timer interrupt of each hart. A tick is 1/timebase of a second (device tree).
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/csr.h"

#define TIMER_NEVER UINT64_MAX

/* Whether every hart has the Sstc extension, so that stimecmp may be written without the firmware.
 */
void timer_init(bool has_sstc);

static inline uint64_t timer_now(void)
{
    return csr_read(time);
}

/* This hart's timer interrupt is pending from `ticks` on; TIMER_NEVER takes it back. */
void timer_set(uint64_t ticks);

#endif
