/* The timer: see timer.h. */
#include "arch/timer.h"

#include "arch/sbi.h"

static bool sstc;

void timer_init(bool has_sstc)
{
    sstc = has_sstc;
}

void timer_set(uint64_t ticks)
{
    if (sstc)
        __asm__ volatile("csrw %0, %1" : : "i"(CSR_STIMECMP), "r"(ticks) : "memory");
    else
        sbi_set_timer(ticks);
}
