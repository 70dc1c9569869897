# Switching between kernel stacks, and the floating-point registers: see arch/thread.h.

.macro keep op, base
        \op     ra, 24(\base)
        \op     sp, 32(\base)
        \op     gp, 40(\base)
        .set    slot, 48
        .irp    reg, s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11
        \op     \reg, slot(\base)
        .set    slot, slot + 8
        .endr
.endm

        .globl  context_switch
        .type   context_switch, @function
context_switch:
        keep    sd, a0
        keep    ld, a1
        mv      tp, a1
        ret
        .size   context_switch, . - context_switch

        .option push
        .option arch, +d
.macro all_fp op
        .set    slot, 0
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, \
                22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        \op     f\n, slot(a0)
        .set    slot, slot + 8
        .endr
.endm

        .globl  fp_save
        .type   fp_save, @function
fp_save:
        all_fp  fsd
        frcsr   t0
        sd      t0, 256(a0)
        ret
        .size   fp_save, . - fp_save

        .globl  fp_load
        .type   fp_load, @function
fp_load:
        all_fp  fld
        ld      t0, 256(a0)
        fscsr   t0
        ret
        .size   fp_load, . - fp_load
        .option pop
