/* The machine's part of signaltest, in assembly: what C has no words for. */
#include "arch.h"

#ifdef __riscv

/* x5 to x31 without t0 (the loop's), a0 and a1 (the arguments); s0 to s11 are kept on the stack. */
#define INTEGERS "t1,t2,s0,s1,a2,a3,a4,a5,a6,a7,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11,t3,t4,t5,t6"
#define SAVED    "s0,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10,s11"
#define FLOATS                                                                                 \
    "ft0,ft1,ft2,ft3,ft4,ft5,ft6,ft7,fs0,fs1,fa0,fa1,fa2,fa3,fa4,fa5,fa6,fa7,fs2,fs3,fs4,fs5," \
    "fs6,fs7,fs8,fs9,fs10,fs11,ft8,ft9,ft10,ft11"
#define SAVED_FLOATS "fs0,fs1,fs2,fs3,fs4,fs5,fs6,fs7,fs8,fs9,fs10,fs11"

/* EACH(insn, registers, from, base): insn REGISTER, OFFSET(base), the offset going up by 8. */
#define EACH(insn, registers, from, base)                                                  \
    ".set at, " from "\n.irp r, " registers "\n" insn " \\r, at(" base ")\n.set at, at + " \
    "8\n.endr\n"

__asm__(".text\n"
        ".globl arch_illegal\narch_illegal:\n.2byte 0\nret\n"
        ".globl arch_trap\narch_trap:\n"
        ".option push\n.option norvc\nebreak\n.option pop\nret\n"
        ".globl arch_spin\narch_spin:\nli a0, 0\n1: beqz a0, 1b\n"
        ".globl arch_spin_end\narch_spin_end:\nret\n"
        ".globl arch_hold\narch_hold:\n"
        "addi sp, sp, -192\n" EACH("sd", SAVED, "0",
                                   "sp") EACH("fsd", SAVED_FLOATS, "96",
                                              "sp") "lw t0, 896(a0)\nfscsr t0\n" EACH("fld", FLOATS,
                                                                                      "384", "a0")
            EACH("ld", INTEGERS, "0", "a0") "1: lw t0, 0(a1)\nbeqz t0, 1b\n" EACH("sd", INTEGERS,
                                                                                  "192", "a0")
                EACH("fsd", FLOATS, "640",
                     "a0") "frcsr t0\nsw t0, 900(a0)\nfscsr zero\n" EACH("ld", SAVED, "0", "sp")
                    EACH("fld", SAVED_FLOATS, "96",
                         "sp") "addi sp, sp, 192\nret\n"
                               ".globl arch_sigreturn_at\narch_sigreturn_at:\n"
                               "mv t1, sp\nmv sp, a0\nli a7, 139\necall\nmv sp, t1\nret\n"
                               ".globl arch_push_at\narch_push_at:\n"
                               "mv t1, sp\nmv sp, a0\nsd zero, -8(sp)\nmv sp, t1\nret\n"
                               ".globl arch_call_on\narch_call_on:\n"
                               "addi a0, a0, -16\nsd ra, 0(a0)\nsd sp, 8(a0)\nmv sp, a0\njalr a1\n"
                               "ld ra, 0(sp)\nld sp, 8(sp)\nret\n");

#else

#define EACH_INTEGER(from, to)                                                      \
    ".set at, " from "\n.irp r, rbx,rcx,rdx,rbp,r8,r9,r10,r11,r12,r13,r14,r15\n" to \
    "\n.set at, at + 8\n.endr\n"
#define EACH_FLOAT(from, to)                                                \
    ".set at, " from "\n.irp r, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n" to \
    "\n.set at, at + 8\n.endr\n"

__asm__(
    ".text\n"
    ".globl arch_illegal\narch_illegal:\nud2\nret\n"
    ".globl arch_trap\narch_trap:\nint3\nret\n"
    ".globl arch_spin\narch_spin:\nxor %eax, %eax\n1: test %rax, %rax\njz 1b\n"
    ".globl arch_spin_end\narch_spin_end:\nret\n"
    ".globl arch_hold\narch_hold:\n"
    "push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
    "ldmxcsr 896(%rdi)\n" EACH_FLOAT("384", "movq at(%rdi), %xmm\\r") EACH_INTEGER(
        "0",
        "mov at(%rdi), %\\r") "1: mov (%rsi), %eax\ntest %eax, %eax\njz 1b\n" EACH_INTEGER("192",
                                                                                           "mov "
                                                                                           "%\\r, "
                                                                                           "at(%"
                                                                                           "rdi)")
        EACH_FLOAT(
            "640",
            "movq %xmm\\r, at(%rdi)") "stmxcsr 900(%rdi)\npush $0x1f80\nldmxcsr (%rsp)\npop %rax\n"
                                      "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop "
                                      "%rbx\nret\n"
                                      ".globl arch_sigreturn_at\narch_sigreturn_at:\n"
                                      "mov %rsp, %rdx\nmov %rdi, %rsp\nmov $15, %eax\nsyscall\nmov "
                                      "%rdx, %rsp\nret\n"
                                      ".globl arch_push_at\narch_push_at:\n"
                                      "mov %rsp, %rdx\nmov %rdi, %rsp\npush $0\nmov %rdx, "
                                      "%rsp\nret\n"
                                      ".globl arch_call_on\narch_call_on:\n"
                                      "push %rbp\nmov %rsp, %rbp\nmov %rdi, %rsp\ncall *%rsi\nmov "
                                      "%rbp, %rsp\npop %rbp\nret\n");

#endif
