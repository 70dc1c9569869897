/* setjmp and longjmp: the registers that a called function has to preserve. See <setjmp.h>. */

#define FLOATS 112 /* behind ra, sp and s0 to s11 */

    .macro  move_all integer, float
    \integer ra, 0(a0)
    \integer sp, 8(a0)
    .set    offset, 16
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    \integer s\n, offset(a0)
    .set    offset, offset + 8
    .endr
    .set    offset, FLOATS
    .irp    n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    \float  fs\n, offset(a0)
    .set    offset, offset + 8
    .endr
    .endm

    .text
    .globl setjmp
    .type  setjmp, @function
setjmp:
    move_all sd, fsd
    li      a0, 0
    ret

    .globl longjmp
    .type  longjmp, @function
longjmp:
    move_all ld, fld
    seqz    a0, a1              /* setjmp must not seem to return 0 again */
    add     a0, a0, a1
    ret
