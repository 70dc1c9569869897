/* Calls to the firmware: see sbi.h. */
#include "arch/sbi.h"

enum extension {
    LEGACY_PUTCHAR = 0x01,
    TIME = 0x54494d45,
    IPI = 0x735049,
    RFENCE = 0x52464e43,
    HSM = 0x48534d,
    SYSTEM_RESET = 0x53525354,
};

struct sbi_args {
    uint64_t a[5];
};

/* Returns the error; the value in a1 is of no interest to any call made here. */
static long sbi_call(enum extension extension, unsigned function, struct sbi_args args)
{
    register uint64_t a0 __asm__("a0") = args.a[0];
    register uint64_t a1 __asm__("a1") = args.a[1];
    register uint64_t a2 __asm__("a2") = args.a[2];
    register uint64_t a3 __asm__("a3") = args.a[3];
    register uint64_t a4 __asm__("a4") = args.a[4];
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (long)a0;
}

void sbi_console_putchar(int c)
{
    sbi_call(LEGACY_PUTCHAR, 0, (struct sbi_args){{(uint64_t)c}});
}

void sbi_set_timer(uint64_t ticks)
{
    sbi_call(TIME, 0, (struct sbi_args){{ticks}});
}

long sbi_hart_start(uint64_t hartid, uint64_t address, uint64_t opaque)
{
    return sbi_call(HSM, 0, (struct sbi_args){{hartid, address, opaque}});
}

void sbi_send_ipi(uint64_t hart_mask)
{
    sbi_call(IPI, 0, (struct sbi_args){{hart_mask, 0}});
}

void sbi_remote_fence_i(uint64_t hart_mask)
{
    sbi_call(RFENCE, 0, (struct sbi_args){{hart_mask, 0}});
}

void sbi_remote_sfence_vma(uint64_t hart_mask, uint64_t start, uint64_t size)
{
    sbi_call(RFENCE, 1, (struct sbi_args){{hart_mask, 0, start, size}});
}

void sbi_shutdown(void)
{
    sbi_call(SYSTEM_RESET, 0, (struct sbi_args){{0, 0}});
    for (;;)
        __asm__ volatile("wfi");
}
