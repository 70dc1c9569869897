/*
 * The two calls after which a process, or a thread, goes on with registers and a stack that it did
 * not have before: clone(2) with a function to run, and vfork(2).
 */
#include "abi/errno.h"
#include "abi/syscall.h"

#define VFORK_FLAGS 0x4111      /* CLONE_VM | CLONE_VFORK | SIGCHLD */

/*
 * clone(run, stack, flags, argument, parent_tid, tls, child_tid). The child finds the function and
 * its argument on its stack, since that may be all the memory that is its own.
 */
    .text
    .globl clone
    .type  clone, @function
clone:
    beqz    a0, 2f
    beqz    a1, 2f
    andi    a1, a1, -16
    addi    a1, a1, -16
    sd      a0, 0(a1)
    sd      a3, 8(a1)
    mv      a0, a2
    mv      a2, a4
    mv      a3, a5
    mv      a4, a6
    li      a7, SYS_clone
    ecall
    beqz    a0, 1f
    tail    __syscall_result
1:  ld      a5, 0(sp)
    ld      a0, 8(sp)
    mv      fp, zero            /* where a backtrace ends */
    jalr    a5
    li      a7, SYS_exit
    ecall
    unimp
2:  li      a0, -EINVAL
    tail    __syscall_result

/*
 * The parent's return address is in a register, so that the child, which returns first and goes on
 * to use the same stack, cannot destroy it.
 */
    .globl vfork
    .type  vfork, @function
vfork:
    li      a0, VFORK_FLAGS
    li      a1, 0
    li      a2, 0
    li      a3, 0
    li      a4, 0
    li      a7, SYS_clone
    ecall
    tail    __syscall_result
