/* Faults: which signal, why, and at which address; handlers that repair; faults that must kill. */
#include "tests.h"

static sigjmp_buf out;
static volatile siginfo_t seen;

static void jumps_out(int number, siginfo_t *info, void *context)
{
    seen = *info;
    siglongjmp(out, 1);
}

static void loads(void *at)
{
    load(at);
}

static void stores(void *at)
{
    store(at, 1);
}

static void jumps(void *at)
{
    ((void (*)(void))(uintptr_t)at)();
}

/* Does that to an address, and checks what the handler is told of it. */
static void check_fault(void (*how)(void *), void *at, int number, int code, const char *what)
{
    memset((void *)&seen, 0, sizeof(seen));
    if (sigsetjmp(out, 1) == 0) {
        how(at);
        CHECK(0, "%s: nothing happened", what);
        return;
    }
    CHECK(seen.si_signo == number && seen.si_code == code, "%s: signal %d, code %d", what,
          seen.si_signo, seen.si_code);
    CHECK(seen.si_addr == at, "%s: at %p, not %p", what, seen.si_addr, at);
    CHECK(!is_blocked(number), "%s: the jump restores the mask", what);
}

void fault_unmapped(void)
{
    NEEDS_HANDLERS();
    uint8_t *at = empty_range(4 * PAGE);
    catch (SIGSEGV, jumps_out, 0);
    check_fault(loads, at, SIGSEGV, SEGV_MAPERR, "load");
    check_fault(loads, at + PAGE + 123, SIGSEGV, SEGV_MAPERR, "load within a page");
    check_fault(stores, at + 2 * PAGE - 1, SIGSEGV, SEGV_MAPERR, "store to the end of one");
    check_fault(jumps, at + 64, SIGSEGV, SEGV_MAPERR, "jump");
    check_fault(jumps, NULL, SIGSEGV, SEGV_MAPERR, "jump to NULL");
    check_fault(loads, (void *)8, SIGSEGV, SEGV_MAPERR, "load near NULL");
    uint8_t *gone = map(PAGE, RW, ANON, -1, 0);
    store(gone, 1);
    CHECK(munmap(gone, PAGE) == 0, "unmap a page");
    check_fault(loads, gone + 5, SIGSEGV, SEGV_MAPERR, "load of what was unmapped");
}

void fault_forbidden(void)
{
    NEEDS_HANDLERS();
    uint8_t *at = map(4 * PAGE, RW, ANON, -1, 0);
    fill(at, 3 * PAGE, 0, 1);
    CHECK(mprotect(at, PAGE, PROT_READ) == 0, "a page that can be read");
    CHECK(mprotect(at + PAGE, PAGE, PROT_NONE) == 0, "and one that nobody can use");
    CHECK(mprotect(at + 3 * PAGE, PAGE, PROT_READ) == 0, "and one that was never there");
    catch (SIGSEGV, jumps_out, 0);
    check_fault(stores, at + 77, SIGSEGV, SEGV_ACCERR, "store to a read-only page");
    check_fault(loads, at + PAGE + 1, SIGSEGV, SEGV_ACCERR, "load");
    check_fault(stores, at + PAGE, SIGSEGV, SEGV_ACCERR, "store");
    check_fault(jumps, at + 2 * PAGE + 32, SIGSEGV, SEGV_ACCERR, "jump to data");
    check_fault(stores, at + 3 * PAGE + 9, SIGSEGV, SEGV_ACCERR, "store to what was never there");
    check_fault(stores, (void *)(uintptr_t)arch_illegal, SIGSEGV, SEGV_ACCERR, "store to code");
    CHECK(holds(at, PAGE, 0, 1), "and nothing is stored");
}

void fault_past_the_end(void)
{
    NEEDS_HANDLERS();
    int fd = make_file("short", PAGE + 10, 1);
    uint8_t *shared = map(4 * PAGE, RW, MAP_SHARED, fd, 0);
    uint8_t *private = map(4 * PAGE, RW, MAP_PRIVATE, fd, 0);
    catch (SIGBUS, jumps_out, 0);
    catch (SIGSEGV, jumps_out, 0);
    check_fault(loads, shared + 2 * PAGE, SIGBUS, BUS_ADRERR, "load, shared");
    check_fault(stores, shared + 3 * PAGE + 99, SIGBUS, BUS_ADRERR, "store, shared");
    check_fault(loads, private + 2 * PAGE + 5, SIGBUS, BUS_ADRERR, "load, private");
    check_fault(stores, private + 4 * PAGE - 1, SIGBUS, BUS_ADRERR, "store, private");
    CHECK(load(shared + 2 * PAGE - 1) == 0, "the rest of the last page can be used");
    CHECK(ftruncate(fd, 0) == 0, "cut the file");
    check_fault(loads, shared + 7, SIGBUS, BUS_ADRERR, "load of what was cut off");
    check_fault(loads, private + 7, SIGBUS, BUS_ADRERR, "the same, private");
    CHECK(ftruncate(fd, 4 * PAGE) == 0 && load(shared + 3 * PAGE) == 0, "until it grows again");
}

void fault_of_the_kernel(void)
{
    NEEDS_HANDLERS();
    uint8_t *kernel = (uint8_t *)0xffffffff80000000;
    catch (SIGSEGV, jumps_out, 0);
    check_fault(loads, kernel, SIGSEGV, SEGV_MAPERR, "load from the kernel");
    check_fault(stores, kernel + 16, SIGSEGV, SEGV_MAPERR, "store to the kernel");
    check_fault(jumps, kernel + 32, SIGSEGV, SEGV_MAPERR, "jump into the kernel");
}

/* --- Handlers that repair --- */

static uint8_t *arena;
enum { ARENA_PAGES = 16 };

/* A pager: makes the page usable that was missed. */
static void makes_page(int number, siginfo_t *info, void *context)
{
    uintptr_t page = (uintptr_t)info->si_addr & ~(PAGE - 1);
    take_note(number, info, context);
    if (page < (uintptr_t)arena || page >= (uintptr_t)(arena + ARENA_PAGES * PAGE))
        _exit(3);
    if (mprotect((void *)page, PAGE, RW) != 0)
        _exit(4);
}

void fault_is_repaired(void)
{
    NEEDS_HANDLERS();
    arena = map(ARENA_PAGES * PAGE, PROT_NONE, ANON, -1, 0);
    catch (SIGSEGV, makes_page, 0);
    for (size_t page = 0; page < ARENA_PAGES; page++)
        store(arena + page * PAGE + page, (uint8_t)(page + 1));
    CHECK(notes.count == ARENA_PAGES, "one fault for each page: %d", notes.count);
    for (size_t page = 0; page < ARENA_PAGES; page++)
        CHECK(load(arena + page * PAGE + page) == page + 1, "the store to page %zu is made", page);
    CHECK(mprotect(arena, ARENA_PAGES * PAGE, PROT_READ) == 0, "once more, read-only");
    fill(arena, ARENA_PAGES * PAGE, 0, 3);
    CHECK(holds(arena, ARENA_PAGES * PAGE, 0, 3), "all stores arrive");
    CHECK(notes.count == 2 * ARENA_PAGES, "one fault for each page: %d", notes.count);
}

/* --- Instructions --- */

static void steps_over(int number, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    take_note(number, info, context);
    CONTEXT_PC(uc) += number == SIGILL ? ARCH_ILLEGAL_SIZE : ARCH_TRAP_SIZE;
}

void fault_illegal(void)
{
    NEEDS_HANDLERS();
    catch (SIGILL, steps_over, 0);
    arch_illegal();
    CHECK(notes.count == 1 && notes.info.si_signo == SIGILL, "SIGILL: %d", notes.count);
    CHECK(notes.info.si_addr == (void *)(uintptr_t)arch_illegal, "at %p", notes.info.si_addr);
    CHECK(notes.info.si_code > 0 && notes.info.si_code < SI_KERNEL, "code %d", notes.info.si_code);
}

void fault_breakpoint(void)
{
    NEEDS_HANDLERS();
    catch (SIGTRAP, steps_over, 0);
    arch_trap();
    CHECK(notes.count == 1 && notes.info.si_signo == SIGTRAP, "SIGTRAP: %d", notes.count);
    CHECK(notes.info.si_code == ARCH_TRAP_CODE, "code %d", notes.info.si_code);
    if (ARCH_TRAP_SIZE != 0)
        CHECK(notes.info.si_addr == (void *)(uintptr_t)arch_trap, "at %p", notes.info.si_addr);
}

/* --- Faults that must kill --- */

static void blocks_and_faults(void *at)
{
    block(SIGSEGV);
    stores(at);
}

static void ignores_and_faults(void *at)
{
    set_handler(SIGSEGV, SIG_IGN);
    stores(at);
}

static void runs_illegal(void *unused)
{
    arch_illegal();
}

static void blocks_and_runs_illegal(void *unused)
{
    block(SIGILL);
    arch_illegal();
}

static void runs_trap(void *unused)
{
    arch_trap();
}

static void stack_to_nowhere(void *at)
{
    arch_push_at(at);
}

void fault_kills(void)
{
    uint8_t *at = empty_range(4 * PAGE);
    CHECK(signal_of(stores, at) == SIGSEGV, "by default");
    CHECK(signal_of(blocks_and_faults, at) == SIGSEGV, "blocked, by default");
    CHECK(signal_of(ignores_and_faults, at) == SIGSEGV, "ignored");
    CHECK(signal_of(runs_illegal, NULL) == SIGILL, "illegal");
    CHECK(signal_of(blocks_and_runs_illegal, NULL) == SIGILL, "illegal, blocked");
    CHECK(signal_of(runs_trap, NULL) == SIGTRAP, "a breakpoint");
    CHECK(signal_of(stack_to_nowhere, at + PAGE) == SIGSEGV, "a stack pointer to nowhere");
    NEEDS_HANDLERS();
    catch (SIGSEGV, take_note, 0);
    CHECK(signal_of(blocks_and_faults, at) == SIGSEGV, "blocked, with a handler");
}

static volatile int faults;
static uint8_t *volatile nowhere;

static void faults_again(int number, siginfo_t *info, void *context)
{
    if (faults++ < 3)
        store(nowhere, 1);
    _exit(50 + faults);
}

static void faults_in_other(int number, siginfo_t *info, void *context)
{
    arch_illegal();
}

static void goes_on_from(int number, siginfo_t *info, void *context)
{
    _exit(44);
}

void fault_within_handler(void)
{
    NEEDS_HANDLERS();
    nowhere = empty_range(PAGE);
    catch (SIGSEGV, faults_again, 0);
    CHECK(signal_of(stores, nowhere) == SIGSEGV, "a fault in its handler kills");
    catch (SIGSEGV, faults_again, SA_NODEFER);
    CHECK(status_of(start(stores, nowhere), 0) == 54 << 8, "with SA_NODEFER it is handled again");
    catch (SIGSEGV, faults_in_other, 0);
    CHECK(signal_of(stores, nowhere) == SIGILL, "another fault in the handler kills, by default");
    catch (SIGILL, goes_on_from, 0);
    CHECK(status_of(start(stores, nowhere), 0) == 44 << 8, "or is handled");
}

/* What the kernel cannot read is EFAULT and no signal. */
void fault_in_calls(void)
{
    int ends[2];
    NEEDS_HANDLERS();
    catch (SIGSEGV, take_note, 0);
    catch (SIGBUS, take_note, 0);
    MUST(pipe(ends) == 0, "pipe");
    int fd = make_file("short", 10, 1);
    uint8_t *at = empty_range(PAGE), *end = map(2 * PAGE, RW, MAP_SHARED, fd, 0) + PAGE;
    CHECK(write(ends[1], at, 1) == -1 && errno == EFAULT, "write from nowhere");
    CHECK(write(ends[1], end, 1) == -1 && errno == EFAULT, "write from past the end of a file");
    CHECK(write(ends[1], "x", 1) == 1 && read(ends[0], at, 1) == -1 && errno == EFAULT,
          "read to nowhere");
    CHECK(notes.count == 0, "no signals: %d", notes.count);
}
