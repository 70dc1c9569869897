/* The timer: see timer.h. */
#include "arch/timer.h"

#include "arch/sbi.h"

static bool sstc;

void timer_init(bool has_sstc)
{
    sstc = has_sstc;
}

/*
 * The farthest that an alarm is set ahead. QEMU 7.2 computes nanoseconds in 64 bits: an alarm at the
 * end of time overflows and goes off at once, again and again.
 */
#define FARTHEST (1UL << 50)

void timer_set(uint64_t ticks)
{
    uint64_t now = timer_now();
    if (ticks > now + FARTHEST)
        ticks = now + FARTHEST;
    if (sstc)
        __asm__ volatile("csrw %0, %1" : : "i"(CSR_STIMECMP), "r"(ticks) : "memory");
    else
        sbi_set_timer(ticks);
}
