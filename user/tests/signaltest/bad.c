/*
 * Bad input: handlers, stacks and frames that are not there or were forged. It ends the process
 * that made it, by SIGSEGV as a rule, and is nothing to anybody else.
 */
#include "tests.h"

#define KERNEL_ADDRESS 0xffffffff80000000

/* --- Handlers --- */

static void has_bad_handler(void *handler)
{
    catch (SIGUSR1, (catcher *)(uintptr_t)handler, 0);
    send_self(SIGUSR1);
    CHECK(0, "a handler at %p", handler);
}

static void has_bad_segv_handler(void *handler)
{
    catch (SIGSEGV, (catcher *)(uintptr_t)handler, SA_NODEFER);
    store(empty_range(PAGE), 1);
}

void bad_handler(void)
{
    NEEDS_HANDLERS();
    void *data = map(PAGE, RW, ANON, -1, 0);
    void *const handlers[] = {empty_range(PAGE), data,      (void *)KERNEL_ADDRESS,
                              (void *)2,         (void *)8, (void *)-16L};
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
        CHECK(signal_of(has_bad_handler, handlers[i]) == SIGSEGV, "at %p", handlers[i]);
    /* Each fault pushes another frame, until the stack has ended. */
    struct rlimit limit = {.rlim_cur = 256 * 1024, .rlim_max = RLIM_INFINITY};
    MUST(setrlimit(RLIMIT_STACK, &limit) == 0, "a small stack");
    CHECK(signal_of(has_bad_segv_handler, handlers[0]) == SIGSEGV, "for SIGSEGV itself");
}

/* --- Stacks --- */

static void pushes_at(void *sp)
{
    catch (SIGSEGV, take_note, 0);
    arch_push_at(sp);
    CHECK(0, "pushed at %p", sp);
}

static void sends_to_itself(void)
{
    kill(getpid(), SIGUSR1);
}

static uint8_t *small_stack;

/* The stack is there, but the frame does not fit. */
static void has_no_room(void *unused)
{
    catch (SIGUSR1, take_note, 0);
    arch_call_on(small_stack + 512, sends_to_itself);
    CHECK(0, "no room");
}

void bad_stack(void)
{
    NEEDS_HANDLERS();
    uint8_t *nowhere = empty_range(4 * PAGE), *constant = map(2 * PAGE, PROT_READ, ANON, -1, 0);
    void *const places[] = {nowhere + PAGE, nowhere + PAGE + 3, constant + 2 * PAGE,
                            NULL,           (void *)8,          (void *)(KERNEL_ADDRESS + PAGE),
                            (void *)-8L};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        CHECK(signal_of(pushes_at, places[i]) == SIGSEGV, "a stack at %p", places[i]);
    small_stack = map_over(empty_range(3 * PAGE) + PAGE, PAGE, ANON, -1);
    CHECK(signal_of(has_no_room, NULL) == SIGSEGV, "a stack without room");
}

/* --- Frames --- */

static void returns_from(void *frame)
{
    arch_sigreturn_at(frame);
    CHECK(0, "came back from %p", frame);
}

/* What a handler puts into its frame before it returns; 0: leaves it. */
static struct {
    uintptr_t pc, sp;
} forged;

static void forges(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    if (forged.pc != 0)
        CONTEXT_PC(uc) = (__typeof__(CONTEXT_PC(uc)))forged.pc;
    if (forged.sp != 0)
        CONTEXT_SP(uc) = (__typeof__(CONTEXT_SP(uc)))forged.sp;
    block(SIGUSR2);
}

static void is_forged(void *unused)
{
    catch (SIGUSR1, forges, 0);
    send_self(SIGUSR1);
    CHECK(0, "went on");
}

static int forge(uintptr_t pc, uintptr_t sp)
{
    forged.pc = pc;
    forged.sp = sp;
    return signal_of(is_forged, NULL);
}

void bad_frames(void)
{
    NEEDS_HANDLERS();
    uint8_t *nowhere = empty_range(PAGE), *zeros = map(4 * PAGE, RW, ANON, -1, 0);
    uint8_t *ones = map(4 * PAGE, RW, ANON, -1, 0), *edge = map(2 * PAGE, RW, ANON, -1, 0);
    MUST(munmap(edge + PAGE, PAGE) == 0, "an edge");
    memset(ones, 0xff, 4 * PAGE);
    void *const frames[] = {nowhere,     nowhere + 1,      NULL,
                            (void *)8,   (void *)-8L,      (void *)KERNEL_ADDRESS,
                            zeros + 64,  zeros + 65,       ones + 64,
                            edge + 3968, edge + PAGE - 16, (void *)(uintptr_t)arch_illegal};
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        int number = signal_of(returns_from, frames[i]);
        CHECK(number == SIGSEGV, "a frame at %p: signal %d", frames[i], number);
    }
    CHECK(forge(KERNEL_ADDRESS, 0) == SIGSEGV, "on in the kernel");
    CHECK(forge(KERNEL_ADDRESS + 1, 0) == SIGSEGV, "at an odd address");
    CHECK(forge((uintptr_t)nowhere, 0) == SIGSEGV, "on nowhere");
    CHECK(forge((uintptr_t)zeros, 0) == SIGSEGV, "on in data");
    CHECK(forge(0, KERNEL_ADDRESS) == SIGSEGV, "a stack in the kernel");
    CHECK(forge((uintptr_t)arch_illegal, 0) == SIGILL, "on at an illegal instruction");
}

/* --- Frames with some bits changed --- */

static unsigned seed;

static unsigned next_random(void)
{
    seed = seed * 1103515245 + 12345;
    return seed >> 8;
}

/* Nothing around it is a system call that could be repeated with other arguments. */
static void flips_bits(int number, siginfo_t *info, void *context)
{
    uint8_t *frame = (uint8_t *)info;
    size_t size = (size_t)((uint8_t *)context + sizeof(ucontext_t) - frame);
    CONTEXT_PC((ucontext_t *)context) += ARCH_ILLEGAL_SIZE;
    for (unsigned n = 1 + next_random() % 8; n > 0; n--)
        frame[next_random() % size] ^= (uint8_t)(1 << next_random() % 8);
}

static void runs_with_flipped_bits(void *words)
{
    setpgid(0, 0);
    catch (SIGILL, flips_bits, 0);
    post(words);
    arch_illegal();
    _exit(0);
}

/* However it ends, it ends; or is killed, if it now loops. */
void bad_random_frames(void)
{
    NEEDS_HANDLERS();
    for (unsigned round = 0; round < 100; round++) {
        int status = 0, *words = shared_words();
        seed = round + 1;
        pid_t pid = start(runs_with_flipped_bits, words);
        for (int i = 0; i < 200 && (get(words) == 0 || state_of(pid) != 'Z'); i++)
            sched_yield();
        kill(pid, SIGKILL);
        CHECK(waitpid(pid, &status, 0) == pid && !WIFSTOPPED(status), "round %u: %#x", round,
              (unsigned)status);
        munmap(words, PAGE);
    }
    check_audit();
}

/* --- Pointers --- */

#ifndef SYS_rt_sigtimedwait
#define SYS_rt_sigtimedwait 137
#endif

/* Calls with one pointer that is bad, and which of the arguments it is. */
void bad_pointers(void)
{
    static long good[32] = {0, 0, 0, 0};
    long ok = (long)good;
    const struct {
        const char *name;
        long number, arguments[4];
        int bad;
    } rows[] = {
        {"rt_sigaction, new", SYS_rt_sigaction, {SIGUSR1, 0, 0, 8}, 1},
        {"rt_sigaction, old", SYS_rt_sigaction, {SIGUSR1, 0, 0, 8}, 2},
        {"rt_sigprocmask, new", SYS_rt_sigprocmask, {SIG_BLOCK, 0, 0, 8}, 1},
        {"rt_sigprocmask, old", SYS_rt_sigprocmask, {SIG_BLOCK, ok, 0, 8}, 2},
        {"rt_sigpending", SYS_rt_sigpending, {0, 8}, 0},
        {"rt_sigsuspend", SYS_rt_sigsuspend, {0, 8}, 0},
        {"rt_sigtimedwait, set", SYS_rt_sigtimedwait, {0, 0, ok, 8}, 0},
        {"rt_sigtimedwait, time", SYS_rt_sigtimedwait, {ok, 0, 0, 8}, 2},
        {"sigaltstack, new", SYS_sigaltstack, {0, 0}, 0},
        {"sigaltstack, old", SYS_sigaltstack, {0, 0}, 1},
        {"nanosleep", SYS_nanosleep, {0, 0}, 0},
        {"pipe2", SYS_pipe2, {0, 0}, 0},
    };
    const long addresses[] = {8, (long)empty_range(PAGE), (long)KERNEL_ADDRESS, -8, -4096};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t j = 0; j < sizeof(addresses) / sizeof(addresses[0]); j++) {
            long arguments[6];
            memcpy(arguments, rows[i].arguments, sizeof(rows[i].arguments));
            arguments[rows[i].bad] = addresses[j];
            long got = raw_call(rows[i].number, arguments);
            CHECK(got == -EFAULT || got == -ENOSYS, "%s at %#lx: %ld", rows[i].name, addresses[j],
                  got);
        }
    CHECK(!is_blocked(SIGUSR1) && !is_blocked(SIGUSR2), "nothing has changed");
}
