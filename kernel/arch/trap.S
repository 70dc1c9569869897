# Where traps enter and leave the kernel: see arch/thread.h for the frame, sys/trap.c for what
# happens in between.
#
# While a hart runs user code, sscratch holds the address of its thread's frame; while it runs the
# kernel, 0: that tells the two apart. In the kernel tp is the thread and interrupts are off; a trap
# comes only from idling, from a named point that lets interrupts in, or from a user copy.
#
# A frame from user mode gets ra, sp, tp, t0-t6 and a0-a7. gp and s0-s11 survive C code by
# themselves; they are stored only where somebody may look at them or change them: on the slow way
# out, and for the system calls that begin with `complete_frame`.
#
# sstatus is not saved on the way from user mode: between here and sret it holds SPP = 0, SPIE = 1,
# and whatever takes a trap in between (kernel_trap) or switches threads puts that back.

#include "arch/layout.h"

        .set    PC, 0
        .set    SP, 16
        .set    A0, 80
        .set    OWNER, 256
        .set    CALLS, 144              # in struct thread_core
        .set    SSTATUS, 264            # in frames from the kernel only
        .set    CAUSE_ECALL, 8
        .set    SYSCALL_LIMIT, 460      # SYSCALL_TABLE_SIZE in sys/table.h
        .set    STACK_RESERVE, 1024     # what a trap handler may need, at the least

# Moves x1 and the temporaries; x2, x3, x4 and s0-s11 are handled where they matter.
.macro  scratch_registers op
        \op     ra, 8(sp)
        \op     t1, 48(sp)
        \op     t2, 56(sp)
        \op     a1, 88(sp)
        \op     a2, 96(sp)
        \op     a3, 104(sp)
        \op     a4, 112(sp)
        \op     a5, 120(sp)
        \op     a6, 128(sp)
        \op     a7, 136(sp)
        \op     t3, 224(sp)
        \op     t4, 232(sp)
        \op     t5, 240(sp)
        \op     t6, 248(sp)
.endm

.macro  kept_registers op
        \op     gp, 24(sp)
        \op     s0, 64(sp)
        \op     s1, 72(sp)
        \op     s2, 144(sp)
        \op     s3, 152(sp)
        \op     s4, 160(sp)
        \op     s5, 168(sp)
        \op     s6, 176(sp)
        \op     s7, 184(sp)
        \op     s8, 192(sp)
        \op     s9, 200(sp)
        \op     s10, 208(sp)
        \op     s11, 216(sp)
.endm

        .text
        .align  4
        .globl  trap_entry
        .type   trap_entry, @function
trap_entry:
        csrrw   sp, sscratch, sp
        beqz    sp, from_kernel
        scratch_registers sd
        sd      tp, 32(sp)
        sd      t0, 40(sp)
        sd      a0, A0(sp)
        csrrw   t0, sscratch, zero
        sd      t0, SP(sp)
        ld      tp, OWNER(sp)
        csrr    t0, scause
        csrr    t1, sepc
        li      t2, CAUSE_ECALL
        bne     t0, t2, not_a_call

        # A system call: the arguments are still in a0-a5, where its function wants them.
        addi    t1, t1, 4
        sd      t1, PC(sp)
        li      t2, SYSCALL_LIMIT
        bgeu    a7, t2, 1f
        ld      t0, CALLS(tp)           # syscall_table, or trace_table
        slli    t1, a7, 3
        add     t0, t0, t1
        ld      t0, (t0)
        jalr    t0
call_done:
        sd      a0, A0(sp)

        .globl  trap_return
trap_return:                            # sp is the frame, tp the thread, interrupts are off
        ld      t0, 0(tp)               # work
        bnez    t0, before_return
        ld      t0, PC(sp)
        csrw    sepc, t0
        csrw    sscratch, sp
        scratch_registers ld
        ld      tp, 32(sp)
        ld      t0, 40(sp)
        ld      a0, A0(sp)
        ld      sp, SP(sp)
        sret

1:      mv      a6, a7
        call    sys_beyond_table
        j       call_done

not_a_call:
        sd      t1, PC(sp)
        mv      a0, sp
        mv      a1, t0
        csrr    a2, stval
        call    user_trap
        j       trap_return

before_return:
        kept_registers sd
        mv      a0, sp
        call    user_work
        kept_registers ld
        j       trap_return
        .size   trap_entry, . - trap_entry

# What a new thread of a process runs first: its frame is complete.
        .globl  trap_first_return
        .type   trap_first_return, @function
trap_first_return:
        call    thread_begin            # ends the switch that led here
        ld      sp, 16(tp)              # the frame
        kept_registers ld
        j       trap_return
        .size   trap_first_return, . - trap_first_return

# What a new kernel thread runs first: function in s0, argument in s1.
        .globl  kernel_thread_first
        .type   kernel_thread_first, @function
kernel_thread_first:
        call    thread_begin
        mv      a0, s1
        mv      t0, s0
        li      s0, 0                   # where backtraces end
        jalr    t0
        ebreak                          # a kernel thread does not return
        .size   kernel_thread_first, . - kernel_thread_first

# The entries of the system call table for calls that read or replace the caller's registers.
.macro  complete_frame_then name, function
        .globl  \name
        .type   \name, @function
\name:
        ld      t0, 16(tp)
        bne     t0, sp, 9f              # only straight from trap_entry is sp the frame
        kept_registers sd
        j       \function
9:      ebreak
        .size   \name, . - \name
.endm

        complete_frame_then sys_clone_entry, sys_clone

# execve: a program that starts finds the registers that its frame has, not its predecessor's.
        .globl  sys_execve_entry
        .type   sys_execve_entry, @function
sys_execve_entry:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        call    sys_execve
        ld      ra, 8(sp)
        addi    sp, sp, 16
        bnez    a0, 1f
        kept_registers ld
1:      ret
        .size   sys_execve_entry, . - sys_execve_entry

# rt_sigreturn: all registers are those that the frame has then.
        .globl  sys_rt_sigreturn_entry
        .type   sys_rt_sigreturn_entry, @function
sys_rt_sigreturn_entry:
        addi    sp, sp, -16
        sd      ra, 8(sp)
        call    sys_rt_sigreturn
        ld      ra, 8(sp)
        addi    sp, sp, 16
        kept_registers ld
        ret
        .size   sys_rt_sigreturn_entry, . - sys_rt_sigreturn_entry

# Every slot of trace_table: the call that syscall_table has, between two functions of sys/trace.c.
# That one finds all as if it came straight from trap_entry.
        .globl  sys_traced_entry
        .type   sys_traced_entry, @function
sys_traced_entry:
        mv      a0, a7
        call    trace_enter
        scratch_registers ld
        ld      a0, A0(sp)
        la      t0, syscall_table
        slli    t1, a7, 3
        add     t0, t0, t1
        ld      t0, (t0)
        jalr    t0
        call    trace_leave             # hands the result on
        j       call_done
        .size   sys_traced_entry, . - sys_traced_entry

# A trap in the kernel: interrupts while idle or at a named point, faults of user copies, bugs.
        .align  4
from_kernel:
        csrrw   sp, sscratch, sp        # back to the stack that was in use; sscratch is 0 again
        csrw    sscratch, t0
        ld      t0, 8(tp)               # stack
        addi    t0, t0, FRAME_SIZE + STACK_RESERVE
        bltu    sp, t0, overflow
        csrrw   t0, sscratch, zero
        addi    sp, sp, -FRAME_SIZE
        scratch_registers sd
        sd      t0, 40(sp)
        sd      a0, A0(sp)
        addi    t0, sp, FRAME_SIZE
        sd      t0, SP(sp)
        csrr    t0, sepc
        sd      t0, PC(sp)
        csrr    t0, sstatus
        sd      t0, SSTATUS(sp)
        mv      a0, sp
        csrr    a1, scause
        csrr    a2, stval
        call    kernel_trap
        .globl  kernel_trap_return
kernel_trap_return:
        ld      t0, SSTATUS(sp)
        csrw    sstatus, t0
        ld      t0, PC(sp)
        csrw    sepc, t0
        scratch_registers ld
        ld      t0, 40(sp)
        ld      a0, A0(sp)
        addi    sp, sp, FRAME_SIZE
        sret

overflow:
        mv      a0, sp
        csrr    a1, sepc
        csrw    sscratch, zero
        la      sp, overflow_stack + 4096
        call    stack_overflow

        .section .bss
        .align  4
overflow_stack:
        .zero   4096
