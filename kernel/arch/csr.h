/* Control and status registers of the supervisor (RISC-V Privileged Architecture 1.12, chapter 4).
 */
#ifndef ARCH_CSR_H
#define ARCH_CSR_H

#define csr_read(name)                                                   \
    ({                                                                   \
        unsigned long value_;                                            \
        __asm__ volatile("csrr %0, " #name : "=r"(value_) : : "memory"); \
        value_;                                                          \
    })
#define csr_write(name, value) \
    __asm__ volatile("csrw " #name ", %0" : : "rK"((unsigned long)(value)) : "memory")
#define csr_set(name, bits) \
    __asm__ volatile("csrs " #name ", %0" : : "rK"((unsigned long)(bits)) : "memory")
#define csr_clear(name, bits) \
    __asm__ volatile("csrc " #name ", %0" : : "rK"((unsigned long)(bits)) : "memory")

/* sstatus */
#define SSTATUS_SIE      0x00000002 /* interrupts are taken in S-mode */
#define SSTATUS_SPIE     0x00000020 /* SIE after sret */
#define SSTATUS_SPP      0x00000100 /* sret goes to S-mode */
#define SSTATUS_FS       0x00006000 /* state of the floating-point registers */
#define SSTATUS_FS_CLEAN 0x00004000
#define SSTATUS_FS_DIRTY 0x00006000
#define SSTATUS_SUM      0x00040000 /* loads and stores may reach user pages */

/* sie, sip: supervisor software (between harts), timer and external interrupts */
#define INTERRUPT_SOFTWARE 0x002
#define INTERRUPT_TIMER    0x020
#define INTERRUPT_EXTERNAL 0x200

/* scause: interrupts have the top bit set */
#define CAUSE_INTERRUPT           (1UL << 63)
#define CAUSE_SOFTWARE            (CAUSE_INTERRUPT | 1)
#define CAUSE_TIMER               (CAUSE_INTERRUPT | 5)
#define CAUSE_EXTERNAL            (CAUSE_INTERRUPT | 9)
#define CAUSE_FETCH_MISALIGNED    0
#define CAUSE_FETCH_ACCESS        1
#define CAUSE_ILLEGAL_INSTRUCTION 2
#define CAUSE_BREAKPOINT          3
#define CAUSE_LOAD_MISALIGNED     4
#define CAUSE_LOAD_ACCESS         5
#define CAUSE_STORE_MISALIGNED    6
#define CAUSE_STORE_ACCESS        7
#define CAUSE_USER_ECALL          8
#define CAUSE_FETCH_PAGE_FAULT    12
#define CAUSE_LOAD_PAGE_FAULT     13
#define CAUSE_STORE_PAGE_FAULT    15

/* stimecmp of the Sstc extension, which the assembler does not know by name */
#define CSR_STIMECMP 0x14d

#endif
