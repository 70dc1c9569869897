/* sigaltstack: handlers on a stack of their own, above all when the other one has ended. */
#include "tests.h"

#define STACK_SIZE       (16 * PAGE)

#define NEEDS_ALTSTACK() NEEDS_CALL("sigaltstack", sigaltstack(NULL, NULL))
#define NEEDS_CALL(name, call)               \
    do {                                     \
        if ((call) == -1 && errno == ENOSYS) \
            SKIP("there is no " name);       \
    } while (0)

static uint8_t *alternate;

static void use_alternate(void)
{
    alternate = map(STACK_SIZE, RW, ANON, -1, 0);
    stack_t stack = {.ss_sp = alternate, .ss_size = STACK_SIZE};
    MUST(sigaltstack(&stack, NULL) == 0, "sigaltstack");
}

static bool is_on_alternate(const void *at)
{
    return (uintptr_t)at - (uintptr_t)alternate < STACK_SIZE;
}

static int flags_now(void)
{
    stack_t stack;
    CHECK(sigaltstack(NULL, &stack) == 0, "ask");
    return stack.ss_flags;
}

static void is_on_it(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    take_note(number, info, context);
    CHECK(is_on_alternate(&uc) && is_on_alternate(context) && is_on_alternate(info), "on it");
    CHECK(!is_on_alternate((void *)CONTEXT_SP(uc)), "the interrupted code was not");
    CHECK((uintptr_t)__builtin_frame_address(0) % 16 == 0, "aligned");
    CHECK(flags_now() == SS_ONSTACK, "and can be told so");
    CHECK(uc->uc_stack.ss_sp == alternate && uc->uc_stack.ss_size == STACK_SIZE, "uc_stack");
    stack_t other = {.ss_sp = alternate, .ss_size = STACK_SIZE / 2};
    CHECK(sigaltstack(&other, NULL) == -1 && errno == EPERM, "it cannot be changed now");
    other.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&other, NULL) == -1 && errno == EPERM, "nor given up");
}

static void is_not_on_it(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    CHECK(!is_on_alternate(&number) && !is_on_alternate(context), "on the normal stack");
    CHECK(flags_now() == 0, "no flag");
}

void stack_alternate(void)
{
    stack_t stack, old;
    NEEDS_HANDLERS();
    NEEDS_ALTSTACK();
    CHECK(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE, "none at first");
    use_alternate();
    CHECK(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == 0, "then there is one");
    CHECK(stack.ss_sp == alternate && stack.ss_size == STACK_SIZE, "that one");
    catch (SIGUSR1, is_on_it, SA_ONSTACK);
    catch (SIGUSR2, is_not_on_it, 0);
    for (int i = 0; i < 3; i++) {
        send_self(SIGUSR1);
        send_self(SIGUSR2);
    }
    CHECK(notes.count == 6 && flags_now() == 0, "all came back");
    stack.ss_flags = SS_DISABLE;
    CHECK(sigaltstack(&stack, &old) == 0 && old.ss_sp == alternate, "give it up");
    catch (SIGUSR1, take_note, SA_ONSTACK);
    send_self(SIGUSR1);
    CHECK(notes.count == 7 && flags_now() == SS_DISABLE, "SA_ONSTACK without a stack");
}

/* --- A stack that ends --- */

static sigjmp_buf out;

static void leaves(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    CHECK(is_on_alternate(&number), "the handler is on the alternate stack");
    siglongjmp(out, 1);
}

static volatile int last_level = INT_MAX;

/* Nothing of it is a tail call, and each call has a page of its own. */
static __attribute__((noinline)) int recurse(int level)
{
    volatile uint8_t room[PAGE];
    room[0] = (uint8_t)level;
    if (level == last_level)
        return 0;
    return recurse(level + 1) + room[0];
}

static void overflows(void *unused)
{
    recurse(0);
}

void stack_overflow(void)
{
    struct rlimit limit = {.rlim_cur = 512 * 1024, .rlim_max = RLIM_INFINITY};
    NEEDS_HANDLERS();
    NEEDS_ALTSTACK();
    MUST(setrlimit(RLIMIT_STACK, &limit) == 0, "a small stack");
    use_alternate();
    catch (SIGSEGV, leaves, SA_ONSTACK);
    for (int i = 1; i <= 3; i++) {
        if (sigsetjmp(out, 1) == 0)
            overflows(NULL);
        CHECK(notes.count == i && notes.info.si_signo == SIGSEGV, "overflow %d: %d", i,
              notes.count);
        CHECK(flags_now() == 0, "after the jump it is not in use");
    }
    uintptr_t at = (uintptr_t)notes.info.si_addr, here = (uintptr_t)&at;
    CHECK(at < here && here - at < 2 * limit.rlim_cur, "it ended at %#lx", (unsigned long)at);
    catch (SIGSEGV, leaves, 0);
    CHECK(signal_of(overflows, NULL) == SIGSEGV, "without SA_ONSTACK there is no room: it dies");
}

/* --- Handlers within handlers --- */

static uintptr_t outer_sp;

static void inner(int number, siginfo_t *info, void *context)
{
    take_note(number, info, context);
    CHECK(is_on_alternate(&number), "the inner handler is there too");
    CHECK((uintptr_t)&number < outer_sp, "below the outer one");
    CHECK(flags_now() == SS_ONSTACK, "in use");
}

static void outer(int number, siginfo_t *info, void *context)
{
    volatile uint32_t guard[64];
    take_note(number, info, context);
    for (uint32_t i = 0; i < 64; i++)
        guard[i] = i * 7;
    outer_sp = (uintptr_t)&guard[63];
    kill(getpid(), SIGUSR2);
    kill(getpid(), SIGTERM);
    for (uint32_t i = 0; i < 64; i++)
        CHECK(guard[i] == i * 7, "the outer handler's frame is not overwritten");
}

void stack_stays(void)
{
    NEEDS_HANDLERS();
    NEEDS_ALTSTACK();
    use_alternate();
    catch (SIGUSR1, outer, SA_ONSTACK);
    catch (SIGUSR2, inner, SA_ONSTACK);
    catch (SIGTERM, inner, 0);
    send_self(SIGUSR1);
    CHECK(notes.count == 3 && flags_now() == 0, "all three: %d", notes.count);
}

void stack_errors(void)
{
    NEEDS_ALTSTACK();
    stack_t stack, bad = {.ss_sp = map(STACK_SIZE, RW, ANON, -1, 0), .ss_size = 1000};
    CHECK(sigaltstack(&bad, NULL) == -1 && errno == ENOMEM, "too small");
    bad.ss_size = STACK_SIZE;
    bad.ss_flags = 77;
    CHECK(sigaltstack(&bad, NULL) == -1 && errno == EINVAL, "unknown flags");
    CHECK(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE, "nothing has changed");
    stack_t *nowhere = (stack_t *)empty_range(PAGE);
    CHECK(RAW(SYS_sigaltstack, (long)nowhere, 0) == -EFAULT, "a bad stack_t");
    CHECK(RAW(SYS_sigaltstack, 0, (long)nowhere) == -EFAULT, "a bad place for the old one");
    bad.ss_flags = SS_DISABLE;
    bad.ss_size = 1;
    CHECK(sigaltstack(&bad, NULL) == 0, "SS_DISABLE looks at nothing else");
}

static void has_it_too(void *unused)
{
    CHECK(flags_now() == 0, "a child has it");
    send_self(SIGUSR1);
    CHECK(notes.count == 1, "and uses it");
}

static void faults_on_bad_stack(void *unused)
{
    munmap(alternate, STACK_SIZE);
    send_self(SIGUSR1);
    CHECK(0, "no frame can be made");
}

void stack_over_fork(void)
{
    NEEDS_HANDLERS();
    NEEDS_ALTSTACK();
    use_alternate();
    catch (SIGUSR1, is_on_it, SA_ONSTACK);
    CHECK(finish(start(has_it_too, NULL)), "over fork");
    CHECK(signal_of(faults_on_bad_stack, NULL) == SIGSEGV, "an unmapped stack kills its owner");
    send_self(SIGUSR1);
    CHECK(notes.count == 1, "and nobody else");
}
