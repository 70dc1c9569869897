/* Boot, in order: each line builds on those before it. */
#include "arch/boot.h"
#include "arch/thread.h"
#include "dev/machine.h"
#include "dev/uart.h"
#include "lib/print.h"

struct thread_core boot_thread;
extern char boot_stack[];

void kernel_main(unsigned hart, const void *device_tree_pa);
void hart_main(unsigned hart);

void kernel_main(unsigned hart, const void *device_tree_pa)
{
    boot_thread.stack = (uintptr_t)boot_stack;
    boot_thread.hart = hart;
    print_set_sink(uart_write);
    const char *problem = machine_read(pa_to_direct((uint64_t)device_tree_pa));
    if (problem != NULL) {
        kprintf("quire: cannot boot: %s\n", problem);
        machine_exit(1);
    }
    kprintf("quire: %lu MiB, harts %lx, timebase %lu, uart %lx, plic %lx, %u virtio, '%s'\n",
            (long)machine.memory.size >> 20, (long)machine.harts, (long)machine.timebase,
            (long)machine.uart, (long)machine.plic, machine.nvirtio, machine.bootargs);
    panic("the end of what exists, %d", 1);
}

void hart_main(unsigned hart)
{
}
struct trapframe;
void user_trap(struct trapframe *frame, uint64_t cause, uint64_t address);
void user_work(struct trapframe *frame);
void kernel_trap(struct trapframe *frame, uint64_t cause, uint64_t address);
void thread_begin(void);
long sys_clone(void);
long sys_beyond_table(void);
long sys_clone(void){return 0;}
long sys_beyond_table(void){return 0;}
void *const syscall_table[300];
void user_trap(struct trapframe *frame, uint64_t cause, uint64_t address){}
void user_work(struct trapframe *frame){}
void thread_begin(void){}
void kernel_trap(struct trapframe *frame, uint64_t cause, uint64_t address){ panic("kernel trap: cause %lx at %lx, address %lx", (long)cause, (long)frame->pc, (long)address);}
void intc_connect(uint32_t irq, void (*handler)(void *arg), void *arg);
NORETURN static void park(void){for(;;);}
void thread_park(uint64_t d); void thread_park(uint64_t d){park();}
struct thread; void thread_unpark(struct thread*t); void thread_unpark(struct thread*t){}
_Bool thread_is_interrupted(void); _Bool thread_is_interrupted(void){return 0;}
uint64_t clock_monotonic_ns(void); uint64_t clock_monotonic_ns(void){return 0;}
struct radix_node *radix_node_alloc(void); struct radix_node *radix_node_alloc(void){return 0;}
void radix_node_free(struct radix_node *node); void radix_node_free(struct radix_node *node){}
