/* The interrupted program: what a handler sees of it, changes in it, or leaves for good. */
#include "tests.h"

/* --- ucontext_t --- */

static void returns_instead(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    context_return(context);
}

void context_pc(void)
{
    NEEDS_HANDLERS();
    uint8_t *at = empty_range(PAGE);
    catch (SIGSEGV, returns_instead, 0);
    for (int i = 1; i <= 3; i++) {
        ((void (*)(void))(uintptr_t)(at + 16))();
        CHECK(notes.count == i, "a call of nothing that returns: %d", notes.count);
    }
    catch (SIGILL, returns_instead, 0);
    arch_illegal();
    CHECK(notes.count == 4, "an illegal instruction that is a return: %d", notes.count);
}

/* The signal may come before the loop is reached, so it looks where it was. */
static void ends_loop(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    uintptr_t pc = (uintptr_t)CONTEXT_PC(uc);
    take_note(number, info, context);
    if (pc > (uintptr_t)arch_spin && pc < (uintptr_t)arch_spin_end && CONTEXT_ONE(uc) == 0)
        CONTEXT_ONE(uc) = 0x123456789abcdef;
}

static void sends_until(void *words)
{
    pid_t parent = getppid();
    while (get(words) == 0) {
        kill(parent, SIGUSR1);
        yield_to(parent);
    }
}

void context_register(void)
{
    NEEDS_HANDLERS();
    int *words = shared_words();
    catch (SIGUSR1, ends_loop, SA_RESTART);
    pid_t pid = start(sends_until, words);
    unsigned long value = arch_spin();
    put(words, 1);
    CHECK(finish(pid), "the sender");
    CHECK(value == 0x123456789abcdef, "the handler's value is in the register: %#lx", value);
}

static void changes_mask(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    take_note(number, info, context);
    CHECK(sigismember(&uc->uc_sigmask, SIGTERM) == 1, "the mask to return to is there");
    CHECK(sigismember(&uc->uc_sigmask, SIGUSR1) == 0, "as it was before");
    sigdelset(&uc->uc_sigmask, SIGTERM);
    sigaddset(&uc->uc_sigmask, SIGUSR2);
    sigaddset(&uc->uc_sigmask, SIGKILL);
}

void context_mask(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, changes_mask, 0);
    catch (SIGTERM, take_note, 0);
    block(SIGTERM);
    send_self(SIGTERM);
    send_self(SIGUSR1);
    CHECK(!is_blocked(SIGTERM) && is_blocked(SIGUSR2), "the handler's mask is in force");
    CHECK(!is_blocked(SIGKILL), "but for SIGKILL");
    CHECK(notes.count == 2 && notes.order[1] == SIGTERM, "what it unblocks is delivered");
}

static void looks_around(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    uintptr_t here = (uintptr_t)&uc, sp = (uintptr_t)CONTEXT_SP(uc);
    take_note(number, info, context);
    CHECK(sp > here && sp - here < 64 * 1024, "the interrupted stack is near: %#lx",
          (unsigned long)sp);
    CHECK((uintptr_t)context > here && (uintptr_t)context < sp, "the frame is between");
    CHECK((uintptr_t)__builtin_frame_address(0) % 16 == 0, "the stack is aligned");
    if (info->si_signo == SIGILL)
        CONTEXT_PC(uc) += ARCH_ILLEGAL_SIZE;
}

void context_is_here(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, looks_around, 0);
    catch (SIGILL, looks_around, 0);
    send_self(SIGUSR1);
    arch_illegal();
    CHECK(notes.count == 2, "both");
}

/* --- Registers --- */

static int *words;

static void breaks_registers(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    arch_break_floats();
    if (notes.count == 20)
        put(words, 1);
}

static void lay_out(struct held *held, uint64_t seed)
{
    for (int i = 0; i < HELD_INTEGERS; i++)
        held->integers[i] = seed * 0x9e3779b97f4a7c15 + (uint64_t)i * 0x123456789;
    for (int i = 0; i < HELD_FLOATS; i++)
        held->floats[i] = 0x3ff0000000000000 + seed * 0x10001 + (uint64_t)i;
    held->control = ARCH_CONTROL;
}

static void compare(const struct held *held)
{
    for (int i = 0; i < ARCH_INTEGERS; i++)
        CHECK(held->integers_after[i] == held->integers[i], "integer %d: %#lx", i,
              (unsigned long)held->integers_after[i]);
    for (int i = 0; i < ARCH_FLOATS; i++)
        CHECK(held->floats_after[i] == held->floats[i], "float %d: %#lx", i,
              (unsigned long)held->floats_after[i]);
    CHECK(held->control_after == held->control, "control %#x", held->control_after);
}

/* Handlers that use all floating-point registers, in a loop that holds values in all registers. */
static void holds_registers(uint64_t seed)
{
    struct held held;
    words = shared_words();
    notes.count = 0;
    catch (SIGUSR1, breaks_registers, SA_RESTART);
    pid_t pid = start(sends_until, words);
    memset(&held, 0, sizeof(held));
    lay_out(&held, seed);
    arch_hold(&held, words);
    CHECK(finish(pid), "the sender");
    CHECK(notes.count >= 20, "%d signals", notes.count);
    compare(&held);
}

void registers_kept(void)
{
    NEEDS_HANDLERS();
    for (uint64_t seed = 1; seed <= 5; seed++)
        holds_registers(seed);
}

static void holds_own(void *argument)
{
    holds_registers(*(uint64_t *)argument);
}

void registers_kept_by_many(void)
{
    uint64_t seeds[6];
    NEEDS_HANDLERS();
    for (unsigned i = 0; i < 6; i++) {
        seeds[i] = i + 100;
        start(holds_own, &seeds[i]);
    }
    CHECK(finish_all(6), "each finds its own values");
}

/* --- Jumps out of handlers --- */

static sigjmp_buf out;

static void jumps_out(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    siglongjmp(out, number);
}

void jump_out(void)
{
    NEEDS_HANDLERS();
    catch (SIGUSR1, jumps_out, 0);
    int got = sigsetjmp(out, 1);
    if (got == 0) {
        send_self(SIGUSR1);
        CHECK(0, "it does not come back here");
    }
    CHECK(got == SIGUSR1 && !is_blocked(SIGUSR1), "with the mask");
    got = sigsetjmp(out, 0);
    if (got == 0) {
        send_self(SIGUSR1);
        CHECK(0, "nor here");
    }
    CHECK(got == SIGUSR1 && is_blocked(SIGUSR1), "without the mask it stays blocked");
    send_self(SIGUSR1);
    CHECK(notes.count == 2 && is_pending(SIGUSR1), "so the next one waits");
    got = sigsetjmp(out, 1);
    if (got == 0)
        unblock(SIGUSR1);
    CHECK(got == SIGUSR1 && notes.count == 3, "until it is unblocked");
}

/* Thousands of times: nothing is left behind on a stack or in the kernel. */
void jump_out_often(void)
{
    NEEDS_HANDLERS();
    volatile int jumps = 0;
    catch (SIGUSR1, jumps_out, 0);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    while (jumps < 5000) {
        if (sigsetjmp(out, 1) == 0)
            kill(getpid(), SIGUSR1);
        else
            jumps++;
    }
    CHECK(notes.count == 5000, "%d signals", notes.count);
    CHECK(here == (uintptr_t)__builtin_frame_address(0), "the same frame");
}
