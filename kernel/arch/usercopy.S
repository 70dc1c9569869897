# Copying between kernel and user memory: see usercopy.h.
#
# Each instruction that may fault is listed in .fixup with the place to go on. A fault in the wide
# loop goes on byte by byte from the start of its round, so the count of bytes left is exact.

#include "arch/layout.h"

        .set    SUM, 0x40000            # sstatus: user pages may be reached

.macro  user label, insn:vararg
9:      \insn
        .pushsection .fixup, "a"
        .dword  9b, \label
        .popsection
.endm

# Eight words at an offset, loads before stores.
.macro  copy_64 offset
        user    copy_bytes, ld  t0, \offset + 0(a1)
        user    copy_bytes, ld  t2, \offset + 8(a1)
        user    copy_bytes, ld  t3, \offset + 16(a1)
        user    copy_bytes, ld  t4, \offset + 24(a1)
        user    copy_bytes, ld  t5, \offset + 32(a1)
        user    copy_bytes, ld  a3, \offset + 40(a1)
        user    copy_bytes, ld  a4, \offset + 48(a1)
        user    copy_bytes, ld  a5, \offset + 56(a1)
        user    copy_bytes, sd  t0, \offset + 0(a0)
        user    copy_bytes, sd  t2, \offset + 8(a0)
        user    copy_bytes, sd  t3, \offset + 16(a0)
        user    copy_bytes, sd  t4, \offset + 24(a0)
        user    copy_bytes, sd  t5, \offset + 32(a0)
        user    copy_bytes, sd  a3, \offset + 40(a0)
        user    copy_bytes, sd  a4, \offset + 48(a0)
        user    copy_bytes, sd  a5, \offset + 56(a0)
.endm

        .text
        .globl  arch_user_copy
        .type   arch_user_copy, @function
arch_user_copy:                         # a0 to, a1 from, a2 bytes left
        li      t6, SUM
        csrs    sstatus, t6
        xor     t0, a0, a1
        andi    t0, t0, 7
        bnez    t0, copy_bytes
align:  andi    t0, a0, 7
        beqz    t0, wide
        beqz    a2, copied
        user    copied, lbu     t0, (a1)
        user    copied, sb      t0, (a0)
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        j       align
wide:   li      t1, 128
        bltu    a2, t1, words
1:      copy_64 0
        copy_64 64
        addi    a2, a2, -128
        addi    a0, a0, 128
        addi    a1, a1, 128
        bgeu    a2, t1, 1b
words:  li      t1, 8
        bltu    a2, t1, copy_bytes
        user    copy_bytes, ld  t0, (a1)
        user    copy_bytes, sd  t0, (a0)
        addi    a2, a2, -8
        addi    a0, a0, 8
        addi    a1, a1, 8
        j       words
copy_bytes:
        beqz    a2, copied
        user    copied, lbu     t0, (a1)
        user    copied, sb      t0, (a0)
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    a2, a2, -1
        j       copy_bytes
copied: csrc    sstatus, t6
        mv      a0, a2
        ret
        .size   arch_user_copy, . - arch_user_copy

        .globl  arch_user_zero
        .type   arch_user_zero, @function
arch_user_zero:                         # a0 to, a1 bytes left
        li      t6, SUM
        csrs    sstatus, t6
        li      t1, 8
1:      andi    t0, a0, 7
        bnez    t0, 2f
        bltu    a1, t1, 2f
        user    2f, sd  zero, (a0)
        addi    a0, a0, 8
        addi    a1, a1, -8
        j       1b
2:      beqz    a1, 3f
        user    3f, sb  zero, (a0)
        addi    a0, a0, 1
        addi    a1, a1, -1
        j       1b
3:      csrc    sstatus, t6
        mv      a0, a1
        ret
        .size   arch_user_zero, . - arch_user_zero

        .globl  arch_user_string
        .type   arch_user_string, @function
arch_user_string:                       # a0 to, a1 from, a2 size
        li      t6, SUM
        csrs    sstatus, t6
        li      t1, 0
1:      beq     t1, a2, 2f
        user    3f, lbu t0, (a1)
        sb      t0, (a0)
        beqz    t0, 2f
        addi    a0, a0, 1
        addi    a1, a1, 1
        addi    t1, t1, 1
        j       1b
3:      li      t1, -1
2:      csrc    sstatus, t6
        mv      a0, t1
        ret
        .size   arch_user_string, . - arch_user_string

        .globl  arch_user_compare_swap
        .type   arch_user_compare_swap, @function
arch_user_compare_swap:                 # a0 at, a1 expected, a2 new
        li      t6, SUM
        csrs    sstatus, t6
        sext.w  a1, a1
1:      user    2f, lr.w.aqrl   t0, (a0)
        bne     t0, a1, 3f
        user    2f, sc.w.rl     t1, a2, (a0)
        bnez    t1, 1b
3:      slli    a0, t0, 32
        srli    a0, a0, 32
        csrc    sstatus, t6
        ret
2:      li      a0, -1
        csrc    sstatus, t6
        ret
        .size   arch_user_compare_swap, . - arch_user_compare_swap
