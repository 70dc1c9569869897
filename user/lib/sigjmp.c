/* Jumps that bring the signal mask back: sigsetjmp is a macro around setjmp, see <setjmp.h>. */
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>

void __sigsetjmp_save(sigjmp_buf state, int save_mask)
{
    state->mask_saved = save_mask;
    if (save_mask)
        sigprocmask(SIG_BLOCK, NULL, &state->mask);
}

void siglongjmp(sigjmp_buf state, int value)
{
    if (state->mask_saved)
        sigprocmask(SIG_SETMASK, &state->mask, NULL);
    longjmp(state->registers, value);
}
