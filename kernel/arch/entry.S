# The first instructions of the kernel (SBI specification, chapter 9): a0 = hart id, a1 = device
# tree or, for harts started later, what sbi_hart_start was given. Paging is off.

#include "arch/layout.h"

# Turns paging on with the root in a0 and goes on at the same code in the direct map: the fetch
# after the write to satp faults, and stvec leads to the virtual address of what follows.
.macro  enter_direct_map
        li      t1, DIRECT_BASE
        la      t0, 1f
        add     t0, t0, t1
        csrw    stvec, t0
        sfence.vma
        csrw    satp, a0
        .align  2
1:      la      t0, trap_entry
        csrw    stvec, t0
        csrw    sscratch, zero
        csrw    sie, zero
.endm

        .section .text.entry, "ax"
        .globl  kernel_entry
        .type   kernel_entry, @function
kernel_entry:
        csrw    sie, zero
        lla     t0, boot_begun
        li      t1, 1
        amoswap.w.aqrl  t0, t1, (t0)
        bnez    t0, early_hart
        mv      s1, a0
        mv      s2, a1
        la      t0, bss_start
        la      t1, bss_end
1:      sd      zero, (t0)
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        la      sp, boot_stack + STACK_SIZE
        call    boot_page_table
        enter_direct_map
        la      sp, boot_stack + STACK_SIZE
        la      tp, boot_thread
        li      s0, 0
        mv      a0, s1
        mv      a1, s2
        call    kernel_main
        .size   kernel_entry, . - kernel_entry

# A hart that is here although another one boots: OpenSBI up to 1.1 lets a hart go before it has
# stored where to. Its thread's address is in a table, from before the firmware was asked.
early_hart:
        li      t0, MAX_HARTS
        bgeu    a0, t0, early_hart
        lla     t0, hart_threads
        slli    t1, a0, 3
        add     t0, t0, t1
1:      ld      a1, (t0)
        beqz    a1, 1b
        fence   r, rw
        j       hart_entry

# A hart that kernel_main started: a1 is the physical address of its idle thread.
        .globl  hart_entry
        .type   hart_entry, @function
hart_entry:
        csrw    sie, zero
        mv      s1, a0
        mv      s2, a1
        lla     t0, boot_satp
        ld      a0, (t0)
        enter_direct_map
        li      t0, DIRECT_BASE
        add     tp, s2, t0
        ld      sp, 8(tp)
        li      t0, STACK_SIZE
        add     sp, sp, t0
        li      s0, 0
        mv      a0, s1
        call    hart_main
        .size   hart_entry, . - hart_entry

        .section .data
        .align  2
boot_begun:
        .word   0                       # not in .bss: that is cleared by who has set it

        .section .bss
        .align  13
        .globl  boot_stack
boot_stack:
        .zero   STACK_SIZE
