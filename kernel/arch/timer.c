/* The timer: see timer.h. */
#include "arch/timer.h"

#include "arch/sbi.h"

static bool sstc;

void timer_init(bool has_sstc)
{
    sstc = has_sstc;
}

/*
 * "Never" is said by not listening. An alarm at the end of time would do too, but for QEMU with
 * -icount and sleep=off, which jumps to the next alarm, wherever it is, when all harts idle.
 */
void timer_set(uint64_t ticks)
{
    if (ticks == TIMER_NEVER) {
        csr_clear(sie, SI_TIMER);
        return;
    }
    csr_set(sie, SI_TIMER);
    if (sstc)
        __asm__ volatile("csrw %0, %1" : : "i"(CSR_STIMECMP), "r"(ticks) : "memory");
    else
        sbi_set_timer(ticks);
}
