/*
 * Handlers: see sigframe.h. The stack gets, as on Linux riscv64, a siginfo_t and above it a
 * ucontext_t; the handler's stack pointer is at the first, its return address in the page of
 * sigreturn.
 */
#include "proc/sigframe.h"

#include "abi/errno.h"
#include "abi/syscall.h"
#include "arch/csr.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/mmap.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "proc/signal.h"

struct sigframe {
    siginfo_t info;
    ucontext_t context;
};

/* --- The page that handlers return to --- */

static struct object *return_page; /* [const] */

void sigframe_init(void)
{
    /* li a7, SYS_rt_sigreturn; ecall (Unprivileged ISA, chapter 2) */
    static const uint32_t code[] = {0x00000893 | SYS_rt_sigreturn << 20, 0x00000073};
    struct page *page;
    return_page = object_new_anonymous(PAGE_SIZE);
    int err = return_page == NULL ? -ENOMEM : object_make_page(return_page, 0, &page);
    KASSERT(err == 0, "no memory at boot, error %d", err);
    memcpy(page_data(page), code, sizeof(code));
    page_unpin(page);
}

int sigframe_map_return(struct mm *mm)
{
    struct mapping m = {
        .start = SIGRETURN_PAGE,
        .size = PAGE_SIZE,
        .prot = PROT_READ | PROT_EXEC,
        .flags = VMA_MAY_READ,
        .object = return_page,
        .fixed = true,
    };
    object_get(return_page);
    int64_t at = mm_map(mm, &m);
    if (at < 0)
        object_put(return_page);
    return at < 0 ? (int)at : 0;
}

/* --- Alternate stacks --- */

static bool is_on(const stack_t *stack, uint64_t sp)
{
    uint64_t low = (uint64_t)stack->ss_sp;
    return stack->ss_size != 0 && sp > low && sp - low <= stack->ss_size;
}

static stack_t describe_stack(const struct thread *t, uint64_t sp)
{
    stack_t s = t->signal_stack;
    if (s.ss_size == 0)
        s.ss_flags = SS_DISABLE;
    else if (is_on(&s, sp) && !((uint32_t)s.ss_flags & SS_AUTODISARM))
        s.ss_flags |= SS_ONSTACK;
    return s;
}

int sigframe_set_stack(const stack_t *new, stack_t *old, uint64_t sp)
{
    struct thread *t = thread_current();
    *old = describe_stack(t, sp);
    if (new == NULL)
        return 0;
    if (old->ss_flags & SS_ONSTACK)
        return -EPERM;
    int mode = new->ss_flags & ~(int)SS_AUTODISARM;
    if (mode != 0 && mode != SS_DISABLE && mode != SS_ONSTACK)
        return -EINVAL;
    if (mode == SS_DISABLE) {
        t->signal_stack = (stack_t){0};
        return 0;
    }
    if (new->ss_size < MINSIGSTKSZ)
        return -ENOMEM;
    t->signal_stack = *new;
    t->signal_stack.ss_flags &= (int)SS_AUTODISARM;
    return 0;
}

/* --- Before a handler --- */

siginfo_t siginfo_of(const struct signal_info *info)
{
    siginfo_t s;
    memset(&s, 0, sizeof(s));
    s.si_signo = info->number;
    s.si_code = info->code;
    s.si_fields.padding[0] = info->words[0];
    s.si_fields.padding[1] = info->words[1];
    return s;
}

#define CONTEXT      offsetof(struct sigframe, context)
#define REGISTERS    (CONTEXT + offsetof(ucontext_t, uc_mcontext.__gregs))
#define FP_REGISTERS (CONTEXT + offsetof(ucontext_t, uc_mcontext.__fpregs))
#define NGREGS       32

/* What ucontext_t begins with. */
struct context_head {
    uint64_t flags;
    uint64_t link;
    stack_t stack;
    uint64_t blocked;
    uint64_t room[15];
};

_Static_assert(sizeof(struct context_head) <= offsetof(ucontext_t, uc_mcontext), "what it is");
_Static_assert(offsetof(struct trapframe, x) == sizeof(uint64_t), "pc, x1 to x31, as __gregs");

/* The registers of a thread that uses them; zeros of others. */
static int put_fp(uint64_t at, struct thread *t)
{
    static const struct fp_context zeros;
    struct thread_core *core = &t->core;
    if (!core->uses_fp)
        return copy_to_user(at, &zeros, sizeof(zeros));
    if ((csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS_DIRTY) {
        fp_save(&core->fp);
        csr_clear(sstatus, SSTATUS_FS);
        csr_set(sstatus, SSTATUS_FS_CLEAN);
    }
    size_t used = sizeof(core->fp);
    int err = copy_to_user(at, &core->fp, used);
    return err != 0 ? err : copy_to_user(at + used, &zeros, sizeof(zeros) - used);
}

static uint64_t choose_stack(const struct thread *t, const struct ksigaction *action, uint64_t sp)
{
    const stack_t *s = &t->signal_stack;
    if ((action->flags & SA_ONSTACK) && s->ss_size != 0 && !is_on(s, sp))
        sp = (uint64_t)s->ss_sp + s->ss_size;
    return round_down(sp - sizeof(struct sigframe), 16);
}

/* False: what is at `sp` cannot be written. */
static bool put_frame(uint64_t sp, struct thread *t, const struct trapframe *frame,
                      const struct signal_info *info, uint64_t blocked)
{
    siginfo_t told = siginfo_of(info);
    struct context_head head = {.stack = describe_stack(t, frame->x[REG_SP]), .blocked = blocked};
    return copy_to_user(sp, &told, sizeof(told)) == 0 &&
           copy_to_user(sp + CONTEXT, &head, sizeof(head)) == 0 &&
           copy_to_user(sp + REGISTERS, &frame->pc, NGREGS * sizeof(uint64_t)) == 0 &&
           put_fp(sp + FP_REGISTERS, t) == 0;
}

bool sigframe_push(struct trapframe *frame, const struct ksigaction *action,
                   const struct signal_info *info, uint64_t blocked)
{
    struct thread *t = thread_current();
    uint64_t sp = choose_stack(t, action, frame->x[REG_SP]);
    if (!put_frame(sp, t, frame, info, blocked))
        return false;
    if ((uint32_t)t->signal_stack.ss_flags & SS_AUTODISARM)
        t->signal_stack = (stack_t){0};
    frame->pc = (uint64_t)action->handler;
    frame->x[REG_RA] = SIGRETURN_PAGE;
    frame->x[REG_SP] = sp;
    frame->x[REG_A0] = (uint64_t)info->number;
    frame->x[REG_A1] = sp;
    frame->x[REG_A2] = sp + CONTEXT;
    return true;
}

/* --- After it --- */

static int get_fp(uint64_t at, struct thread *t)
{
    struct thread_core *core = &t->core;
    if (!core->uses_fp)
        return 0;
    struct fpstate fp; /* not at once to the thread's: it may be switched while it copies */
    int err = copy_from_user(&fp, at, sizeof(fp));
    core->fp = fp;
    core->fp.fcsr &= 0xff;
    csr_set(sstatus, SSTATUS_FS);
    fp_load(&core->fp);
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, SSTATUS_FS_CLEAN);
    return err;
}

/* Any values will do for registers: none of them says what the processor may do. */
long sigframe_pop(struct trapframe *frame)
{
    struct thread *t = thread_current();
    struct context_head head;
    uint64_t registers[NGREGS], sp = frame->x[REG_SP], before;
    stack_t old;
    if (copy_from_user(&head, sp + CONTEXT, sizeof(head)) != 0 ||
        copy_from_user(registers, sp + REGISTERS, sizeof(registers)) != 0 ||
        get_fp(sp + FP_REGISTERS, t) != 0)
        proc_exit(SIGSEGV);
    signal_set_mask(SIG_SETMASK, &head.blocked, &before);
    frame->pc = registers[0] & ~1UL;
    memcpy(frame->x, registers + 1, sizeof(frame->x));
    sigframe_set_stack(&head.stack, &old, frame->x[REG_SP]);
    return (long)frame->x[REG_A0];
}
