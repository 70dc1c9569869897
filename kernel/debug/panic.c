/*
 * The end: a message, where it happened, and how it came there. The machine stops with status 255.
 * All that is used here works without memory, locks or interrupts.
 */
#include "arch/thread.h"
#include "arch/trap.h"
#include "debug/symbols.h"
#include "dev/machine.h"
#include "dev/uart.h"
#include "lib/assert.h"
#include "lib/print.h"

#define PANIC_STATUS  255
#define BACKTRACE_MAX 32

/* Where gcc keeps a function's caller: below the address that s0 has in it. */
struct frame_record {
    const struct frame_record *caller;
    uintptr_t return_address;
};

static bool is_on_stack(const struct frame_record *frame, uintptr_t stack)
{
    uintptr_t at = (uintptr_t)frame;
    return at % 8 == 0 && at >= stack + sizeof(*frame) && at <= stack + STACK_SIZE;
}

static void print_place(uintptr_t pc)
{
    uint64_t offset;
    const char *name = symbol_name(pc, &offset);
    kprintf("  %016lx %s+0x%lx\n", pc, name, offset);
}

static void backtrace(const struct frame_record *frame)
{
    uintptr_t stack = thread_core_self()->stack;
    for (int depth = 0; depth < BACKTRACE_MAX && is_on_stack(frame, stack); depth++) {
        const struct frame_record *record = frame - 1;
        uintptr_t pc = record->return_address;
        if (pc == (uintptr_t)kernel_trap_return) {
            /* The frame pointer of the trap handler is the trap frame. */
            const struct trapframe *trap = (const struct trapframe *)frame;
            kprintf("  -- trap --\n");
            print_place(trap->pc);
        } else {
            print_place(pc - 1);
        }
        frame = record->caller;
    }
}

/* One hart reports; others that panic meanwhile, about the same thing perhaps, wait for the end. */
static void claim_the_end(void)
{
    static int claimed;
    if (__atomic_exchange_n(&claimed, 1, __ATOMIC_ACQ_REL) != 0)
        for (;;)
            __asm__ volatile("wfi");
    uart_break_lock();
}

void panic(const char *format, ...)
{
    va_list args;
    claim_the_end();
    kprintf("\npanic on hart %u: ", hart_self());
    va_start(args, format);
    kvprintf(format, args);
    va_end(args);
    kprintf("\nbacktrace:\n");
    backtrace(__builtin_frame_address(0));
    machine_exit(PANIC_STATUS);
}

void stack_overflow(uintptr_t sp, uintptr_t pc)
{
    uint64_t offset;
    const char *name = symbol_name(pc, &offset);
    panic("kernel stack overflow: sp %lx, stack from %lx, in %s+0x%lx", sp,
          (long)thread_core_self()->stack, name, offset);
}
