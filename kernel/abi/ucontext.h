/*
 * What a signal handler finds on the stack, Linux riscv64: its third argument, struct ucontext,
 * with the interrupted registers. The kernel stores it and rt_sigreturn(2) loads it again, as the
 * handler has left it.
 */
#ifndef ABI_UCONTEXT_H
#define ABI_UCONTEXT_H

#include <stdint.h>

/* What sigaltstack(2) takes and gives. */
typedef struct {
    void *ss_sp;
    int32_t ss_flags; /* SS_* */
    uint64_t ss_size;
} stack_t;

#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM 0x80000000u
#define MINSIGSTKSZ   2048
#define SIGSTKSZ      8192

/* The room is what registers of 128 bits would need; those of 64 bits use the first half of it. */
struct fp_context {
    uint64_t f[32];
    uint32_t fcsr;
    uint32_t unused[67];
} __attribute__((aligned(16)));

typedef struct {
    uint64_t __gregs[32]; /* pc, then x1 to x31 */
    struct fp_context __fpregs;
} mcontext_t;

typedef struct ucontext {
    uint64_t uc_flags;
    struct ucontext *uc_link;
    stack_t uc_stack;
    uint64_t uc_sigmask; /* the signals that were blocked: Quire's sigset_t */
    uint64_t unused[15];
    mcontext_t uc_mcontext;
} ucontext_t;

_Static_assert(sizeof(struct fp_context) == 528, "as Linux's __riscv_q_ext_state");
_Static_assert(__builtin_offsetof(ucontext_t, uc_mcontext) == 176, "as Linux's");
_Static_assert(sizeof(ucontext_t) == 960, "as Linux's");

#endif
