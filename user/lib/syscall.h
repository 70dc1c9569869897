/*
 * How the library enters the kernel. syscall3 and syscall6 are the bare calls and return a negated
 * errno on failure; the SYSCALLn macros take arguments of any type and turn that into -1 and errno.
 * A call with fewer arguments passes zeros.
 */
#ifndef LIB_SYSCALL_H
#define LIB_SYSCALL_H

#include "abi/syscall.h"

static inline long syscall3(long number, long a, long b, long c)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
    return a0;
}

struct syscall_args {
    long a, b, c, d, e, f;
};

static inline long syscall6(long number, struct syscall_args args)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = args.a;
    register long a1 __asm__("a1") = args.b;
    register long a2 __asm__("a2") = args.c;
    register long a3 __asm__("a3") = args.d;
    register long a4 __asm__("a4") = args.e;
    register long a5 __asm__("a5") = args.f;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return a0;
}

/* Stores a failure in errno; returns -1 then, else the result itself. */
long __syscall_result(long result);

#define SYSCALL0(number)       __syscall_result(syscall3(number, 0, 0, 0))
#define SYSCALL1(number, a)    __syscall_result(syscall3(number, (long)(a), 0, 0))
#define SYSCALL2(number, a, b) __syscall_result(syscall3(number, (long)(a), (long)(b), 0))
#define SYSCALL3(number, a, b, c) \
    __syscall_result(syscall3(number, (long)(a), (long)(b), (long)(c)))
#define SYSCALL4(number, a, b, c, d)    SYSCALL6(number, a, b, c, d, 0, 0)
#define SYSCALL5(number, a, b, c, d, e) SYSCALL6(number, a, b, c, d, e, 0)
#define SYSCALL6(number, a, b, c, d, e, f)                                                   \
    __syscall_result(syscall6(number, (struct syscall_args){(long)(a), (long)(b), (long)(c), \
                                                            (long)(d), (long)(e), (long)(f)}))

#endif
