/* Names that trap.S shares with C; what they do is said there and in sys/trap.c. */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#include <stdint.h>

#include "arch/thread.h"
#include "lib/assert.h"

/* Places in trap.S. */
extern char trap_first_return[], kernel_thread_first[], kernel_trap_return[];

/* What system calls go to by number, unless somebody traces them; defined in sys/table.c. */
extern void *const syscall_table[];

/* Called by trap.S; defined in sys/trap.c, proc/sched.c and debug/panic.c. */
void user_trap(struct trapframe *frame, uint64_t cause, uint64_t address);
void user_work(struct trapframe *frame);
void kernel_trap(struct trapframe *frame, uint64_t cause, uint64_t address);
void thread_begin(void);
NORETURN void stack_overflow(uintptr_t sp, uintptr_t pc);

#endif
