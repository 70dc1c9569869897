/* Boot, in order: each line builds on those before it. */
#include "sys/main.h"

#include "arch/boot.h"
#include "arch/csr.h"
#include "arch/sbi.h"
#include "arch/timer.h"
#include "debug/audit.h"
#include "dev/console.h"
#include "dev/intc.h"
#include "dev/machine.h"
#include "dev/uart.h"
#include "dev/virtio_blk.h"
#include "fs/fdtable.h"
#include "fs/mount.h"
#include "fs/pipe.h"
#include "fs/shm.h"
#include "lib/print.h"
#include "lib/random.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/fault.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/writeback.h"
#include "proc/alarm.h"
#include "proc/futex.h"
#include "proc/proc.h"
#include "proc/procfs.h"
#include "proc/sched.h"
#include "proc/sigframe.h"
#include "proc/signal.h"
#include "proc/thread.h"
#include "sys/trace.h"
#include "sys/faults.h"

#define MIN_MEMORY   MIB(16)
#define INIT_DEFAULT "/bin/init"

struct thread boot_thread;
extern char boot_stack[];

NORETURN static void cannot_boot(const char *problem)
{
    kprintf("quire: cannot boot: %s\n", problem);
    uart_drain();
    machine_exit(1);
}

/* --- Memory --- */

/*
 * All RAM that the direct map reaches, but for the firmware and the image. The image's code shares
 * its 2 MiB page with nothing that could be written to, so the rest of that page is taken too.
 */
static void init_memory(void)
{
    struct page_extent ram = {machine.memory.start,
                              min_u64(machine.memory.start + machine.memory.size, DIRECT_LIMIT)};
    struct page_extent taken[MAX_RESERVED + 1];
    unsigned n = 0;
    for (; n < machine.nreserved; n++)
        taken[n] = (struct page_extent){machine.reserved[n].start,
                                        machine.reserved[n].start + machine.reserved[n].size};
    taken[n++] = (struct page_extent){direct_to_pa(image_start), direct_to_pa(image_end)};
    if (machine.memory.size < MIN_MEMORY || !page_init(ram, taken, n))
        cannot_boot("there is too little memory: give the machine 32 MiB or more");
    reclaim_init();
    kmalloc_init();
    object_cache_init();
    writeback_init();
    mm_init();
    fault_init();
}

/* --- Harts --- */

/* What every hart does for itself. */
static void init_hart(struct thread *idle, unsigned hart)
{
    csr_write(scounteren, 7); /* user code may read cycle, time and instret */
    timer_set(TIMER_NEVER);
    sched_adopt_idle(idle, hart);
    intc_init_hart();
}

uint64_t hart_threads[MAX_HARTS];

/* With hart=early in the bootargs all come as if they were too early, to try that. */
static void start_hart(unsigned hart)
{
    struct thread *idle = thread_new(NULL);
    char how[8] = "";
    if (idle == NULL)
        return;
    machine_bootarg("hart", how, sizeof(how));
    bool early = strcmp(how, "early") == 0;
    idle->core.hart = hart;
    __atomic_store_n(&hart_threads[hart], direct_to_pa(idle), __ATOMIC_RELEASE);
    long error = sbi_hart_start(hart, direct_to_pa(early ? kernel_entry : hart_entry),
                                early ? 0 : direct_to_pa(idle));
    if (error != 0) {
        kprintf("quire: hart %u does not start (SBI error %ld)\n", hart, error);
        thread_discard(idle);
    }
}

void hart_main(unsigned hart)
{
    init_hart(thread_current(), hart);
    sched_idle();
}

/* --- The first process --- */

/* An image that lacks the directory goes without what would lie there. */
static void mount(struct file_system *fs, int (*init)(void), const char *path)
{
    if (init() != 0)
        cannot_boot("there is no memory for a file system");
    vfs_mount(fs, path);
}

static void start_init(void *unused)
{
    char path[128] = INIT_DEFAULT;
    const char *problem = fs_mount();
    if (problem != NULL)
        cannot_boot(problem);
    mount(&shm_fs, shm_init, "/dev/shm");
    mount(&proc_fs, procfs_init, "/proc");
    procfs_set_faults(faults_sum);
    machine_bootarg("init", path, sizeof(path));
    if (!kthread_start("flusher", fs_flusher, NULL) || !alarm_init())
        cannot_boot("there is no memory for the kernel's threads");
    int err = proc_start_init(path, machine_init_command());
    if (err != 0) {
        kprintf("quire: cannot boot: %s cannot be run: error %d\n", path, -err);
        uart_drain();
        machine_exit(1);
    }
    thread_exit();
}

void kernel_main(unsigned hart, const void *device_tree_pa)
{
    boot_thread.core.stack = (uintptr_t)boot_stack;
    boot_thread.core.hart = hart;
    boot_thread.core.calls = syscall_table;
    print_set_sink(uart_write);
    const char *problem = machine_read(pa_to_direct((uint64_t)device_tree_pa));
    if (problem == NULL && (hart >= MAX_HARTS || !(machine.harts >> hart & 1)))
        problem = "the boot hart's number is too high";
    if (problem != NULL)
        cannot_boot(problem);
    random_seed(machine.seed);
    timer_init(machine.has_sstc);
    init_memory();
    sched_init();
    thread_cache_init();
    timers_init();
    proc_init();
    pending_cache_init();
    futex_init();
    sigframe_init();
    file_cache_init();
    fdtable_cache_init();
    pipe_cache_init();
    lock_cache_init();
    trace_init();
    audit_init();
    console_init(signal_send_group);
    problem = virtio_blk_init();
    if (problem != NULL)
        cannot_boot(problem);
    init_hart(&boot_thread, hart);
    for (unsigned other = 0; other < MAX_HARTS; other++)
        if (other != hart && (machine.harts >> other & 1))
            start_hart(other);
    if (!kthread_start("start", start_init, NULL))
        cannot_boot("there is no memory for the first thread");
    sched_idle();
}
