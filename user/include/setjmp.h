/*
 * Jumps out of functions. A jmp_buf holds ra, sp, s0-s11 and fs0-fs11; a sigjmp_buf the signal mask
 * as well.
 */
#ifndef SETJMP_H
#define SETJMP_H

typedef unsigned long jmp_buf[26];

typedef struct {
    jmp_buf registers;
    unsigned long mask;
    int mask_saved;
} sigjmp_buf[1];

int setjmp(jmp_buf registers) __attribute__((returns_twice));
__attribute__((noreturn)) void longjmp(jmp_buf registers, int value);
void __sigsetjmp_save(sigjmp_buf state, int save_mask);
__attribute__((noreturn)) void siglongjmp(sigjmp_buf state, int value);

/* A macro, since the frame that setjmp returns to must still be there. */
#define sigsetjmp(state, save_mask) (__sigsetjmp_save(state, save_mask), setjmp((state)->registers))

#endif
