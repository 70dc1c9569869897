/*
 * What happens on a trap. trap.S saves registers and calls these: user_trap for faults and
 * interrupts in user mode (system calls go straight to their functions), kernel_trap for those in
 * the kernel, user_work when something is to be done before a return to user mode.
 */
#include "arch/trap.h"

#include "arch/csr.h"
#include "arch/usercopy.h"
#include "dev/intc.h"
#include "lib/print.h"
#include "lib/string.h"
#include "mm/fault.h"
#include "mm/vma.h"
#include "proc/proc.h"
#include "proc/sched.h"
#include "proc/signal.h"
#include "sys/faults.h"

/* --- Page faults --- */

static bool is_page_fault(uint64_t cause)
{
    return cause == CAUSE_LOAD_PAGE_FAULT || cause == CAUSE_STORE_PAGE_FAULT ||
           cause == CAUSE_FETCH_PAGE_FAULT;
}

static unsigned access_of(uint64_t cause)
{
    return cause == CAUSE_STORE_PAGE_FAULT   ? PROT_WRITE
           : cause == CAUSE_FETCH_PAGE_FAULT ? PROT_EXEC
                                             : PROT_READ;
}

/* Serves and counts a fault of the current process. */
static enum fault_kind page_fault(uint64_t cause, uint64_t address)
{
    enum fault_kind kind = FAULT_SEGV;
    if (likely(address < USER_END))
        kind = fault_serve(thread_core_self()->mm, address, access_of(cause));
    faults_count(kind);
    return kind;
}

/* --- From user mode --- */

static const char *cause_name(uint64_t cause)
{
    switch (cause) {
    case CAUSE_FETCH_MISALIGNED: return "a jump to an odd address";
    case CAUSE_FETCH_ACCESS:
    case CAUSE_LOAD_ACCESS:
    case CAUSE_STORE_ACCESS: return "an access to memory that is not there";
    case CAUSE_ILLEGAL_INSTRUCTION: return "an illegal instruction";
    case CAUSE_BREAKPOINT: return "a breakpoint";
    case CAUSE_LOAD_MISALIGNED:
    case CAUSE_STORE_MISALIGNED: return "a misaligned access";
    case CAUSE_FETCH_PAGE_FAULT: return "a jump";
    case CAUSE_LOAD_PAGE_FAULT: return "a load";
    case CAUSE_STORE_PAGE_FAULT: return "a store";
    default: return "an unknown trap";
    }
}

NORETURN static void kill_self(int signal, const char *name, const char *what,
                               const struct trapframe *frame, uint64_t address)
{
    const struct proc *p = proc_current();
    kprintf("%d %s: killed by %s: %s, address 0x%lx, pc 0x%lx\n", p->pid, p->name, name, what,
            (long)address, (long)frame->pc);
    proc_exit(signal);
}

/* The signal that a trap is for the program that caused it, or its end. */
static void signal_or_die(const struct signal_info *info, const char *name, uint64_t cause,
                          const struct trapframe *frame)
{
    if (!signal_force(info))
        kill_self(info->number, name, cause_name(cause), frame, info->words[0]);
}

static bool is_mapped(uint64_t address)
{
    struct mm *mm = thread_core_self()->mm;
    rwlock_read_lock(&mm->lock);
    const struct vma *vma = vma_find(mm, address);
    bool mapped = vma != NULL && vma->start <= address;
    rwlock_read_unlock(&mm->lock);
    return mapped;
}

static void fail_fault(enum fault_kind kind, uint64_t cause, uint64_t address,
                       const struct trapframe *frame)
{
    struct signal_info bus = {SIGBUS, BUS_ADRERR, {address, 0}};
    struct signal_info segv = {SIGSEGV, SEGV_MAPERR, {address, 0}};
    if (kind == FAULT_OOM)
        kill_self(SIGKILL, "SIGKILL", "there is no memory left for it", frame, address);
    if (kind == FAULT_BUS) {
        signal_or_die(&bus, "SIGBUS", cause, frame);
        return;
    }
    if (is_mapped(address))
        segv.code = SEGV_ACCERR;
    signal_or_die(&segv, "SIGSEGV", cause, frame);
}

static void interrupt(uint64_t cause)
{
    switch (cause) {
    case CAUSE_TIMER: sched_timer_interrupt(); break;
    case CAUSE_EXTERNAL: intc_dispatch(); break;
    case CAUSE_SOFTWARE: sched_kick_interrupt(); break;
    default: panic("interrupt %lx", (long)cause);
    }
}

/* The first floating-point instruction of a thread: it gets registers, all zero. */
static bool enable_fp(void)
{
    struct thread_core *core = thread_core_self();
    if (core->uses_fp)
        return false;
    memset(&core->fp, 0, sizeof(core->fp));
    core->uses_fp = true;
    csr_set(sstatus, SSTATUS_FS);
    fp_load(&core->fp);
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, SSTATUS_FS_CLEAN);
    return true;
}

static void fail_exception(uint64_t cause, uint64_t address, const struct trapframe *frame)
{
    struct signal_info ill = {SIGILL, ILL_ILLOPC, {frame->pc, 0}};
    struct signal_info trap = {SIGTRAP, TRAP_BRKPT, {frame->pc, 0}};
    struct signal_info bus = {SIGBUS, BUS_ADRALN, {address, 0}};
    switch (cause) {
    case CAUSE_ILLEGAL_INSTRUCTION: signal_or_die(&ill, "SIGILL", cause, frame); break;
    case CAUSE_BREAKPOINT: signal_or_die(&trap, "SIGTRAP", cause, frame); break;
    default: signal_or_die(&bus, "SIGBUS", cause, frame); break;
    }
}

/* QUIRE_FAIL_ALLOC is about system calls: what the program touches meanwhile does not count. */
static enum fault_kind fault_of_test(uint64_t cause, uint64_t address)
{
    struct thread_core *self = thread_core_self();
    unsigned fails_in = self->fails_in;
    self->fails_in = 0;
    enum fault_kind kind = page_fault(cause, address);
    self->fails_in = fails_in;
    return kind;
}

void user_trap(struct trapframe *frame, uint64_t cause, uint64_t address)
{
    if (likely(is_page_fault(cause))) {
        bool test = unlikely(thread_core_self()->fails_in != 0);
        enum fault_kind kind = test ? fault_of_test(cause, address) : page_fault(cause, address);
        if (unlikely(fault_is_fatal(kind)))
            fail_fault(kind, cause, address, frame);
    } else if (cause & CAUSE_INTERRUPT) {
        if (cause == CAUSE_TIMER)
            proc_current()->user_ticks++;
        interrupt(cause);
    } else if (cause != CAUSE_ILLEGAL_INSTRUCTION || !enable_fp()) {
        fail_exception(cause, address, frame);
    }
}

void user_work(struct trapframe *frame)
{
    uint64_t work = __atomic_load_n(&thread_core_self()->work, __ATOMIC_ACQUIRE);
    if (work & WORK_SIGNAL)
        signal_deliver(frame);
    if (work & WORK_RESCHEDULE)
        sched_yield();
}

/* --- From the kernel --- */

/* A user copy's fault: it is served, or the copy goes on at its fixup. */
static bool user_copy_fault(struct trapframe *frame, uint64_t cause, uint64_t address)
{
    uintptr_t fixup = arch_user_fixup(frame->pc);
    if (fixup == 0 || !is_page_fault(cause))
        return false;
    if (thread_core_self()->takes_no_faults || fault_is_fatal(page_fault(cause, address)))
        frame->pc = fixup;
    return true;
}

void kernel_trap(struct trapframe *frame, uint64_t cause, uint64_t address)
{
    if (cause & CAUSE_INTERRUPT) {
        struct proc *p = proc_current();
        if (cause == CAUSE_TIMER && p != NULL)
            p->system_ticks++;
        interrupt(cause);
    } else if (!user_copy_fault(frame, cause, address)) {
        panic("%s in the kernel (cause %lx), address 0x%lx, pc 0x%lx", cause_name(cause),
              (long)cause, (long)address, (long)frame->pc);
    }
}
