/*
 * The first instructions of a program. The kernel enters with sp pointing to argc, argv's pointers
 * and a NULL, the environment's and a NULL, then the auxiliary vector; all other registers may hold
 * anything.
 */
    .text
    .globl _start
_start:
    .option push
    .option norelax             /* relaxed, this very load would be one relative to gp */
    la      gp, __global_pointer$
    .option pop
    mv      a0, sp
    mv      fp, zero            /* where a backtrace ends */
    andi    sp, sp, -16
    call    __start
    unimp
