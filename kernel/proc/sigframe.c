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

static void save_fp(struct thread *t, struct fp_context *to)
{
    struct thread_core *core = &t->core;
    if (!core->uses_fp)
        return;
    if ((csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS_DIRTY) {
        fp_save(&core->fp);
        csr_clear(sstatus, SSTATUS_FS);
        csr_set(sstatus, SSTATUS_FS_CLEAN);
    }
    memcpy(to->f, core->fp.f, sizeof(to->f));
    to->fcsr = (uint32_t)core->fp.fcsr;
}

static uint64_t choose_stack(const struct thread *t, const struct ksigaction *action, uint64_t sp)
{
    const stack_t *s = &t->signal_stack;
    if ((action->flags & SA_ONSTACK) && s->ss_size != 0 && !is_on(s, sp))
        sp = (uint64_t)s->ss_sp + s->ss_size;
    return round_down(sp - sizeof(struct sigframe), 16);
}

bool sigframe_push(struct trapframe *frame, const struct ksigaction *action,
                   const struct signal_info *info, uint64_t blocked)
{
    struct thread *t = thread_current();
    struct sigframe f;
    uint64_t sp = choose_stack(t, action, frame->x[REG_SP]);
    memset(&f.context, 0, sizeof(f.context));
    f.info = siginfo_of(info);
    f.context.uc_stack = describe_stack(t, frame->x[REG_SP]);
    f.context.uc_sigmask_word = blocked;
    f.context.uc_mcontext.__gregs[0] = frame->pc;
    memcpy(&f.context.uc_mcontext.__gregs[1], frame->x, sizeof(frame->x));
    save_fp(t, &f.context.uc_mcontext.__fpregs);
    if (copy_to_user(sp, &f, sizeof(f)) != 0)
        return false;
    if ((uint32_t)t->signal_stack.ss_flags & SS_AUTODISARM)
        t->signal_stack = (stack_t){0};
    frame->pc = (uint64_t)action->handler;
    frame->x[REG_RA] = SIGRETURN_PAGE;
    frame->x[REG_SP] = sp;
    frame->x[REG_A0] = (uint64_t)info->number;
    frame->x[REG_A1] = sp + offsetof(struct sigframe, info);
    frame->x[REG_A2] = sp + offsetof(struct sigframe, context);
    return true;
}

/* --- After it --- */

static void load_fp(struct thread *t, const struct fp_context *from)
{
    struct thread_core *core = &t->core;
    if (!core->uses_fp)
        return;
    memcpy(core->fp.f, from->f, sizeof(from->f));
    core->fp.fcsr = from->fcsr;
    csr_set(sstatus, SSTATUS_FS);
    fp_load(&core->fp);
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, SSTATUS_FS_CLEAN);
}

/* Any values will do for registers: none of them says what the processor may do. */
long sigframe_pop(struct trapframe *frame)
{
    struct thread *t = thread_current();
    struct sigframe f;
    stack_t old;
    if (copy_from_user(&f, frame->x[REG_SP], sizeof(f)) != 0)
        proc_exit(SIGSEGV);
    uint64_t blocked = f.context.uc_sigmask_word, before;
    signal_set_mask(SIG_SETMASK, &blocked, &before);
    frame->pc = f.context.uc_mcontext.__gregs[0] & ~1UL;
    memcpy(frame->x, &f.context.uc_mcontext.__gregs[1], sizeof(frame->x));
    load_fp(t, &f.context.uc_mcontext.__fpregs);
    sigframe_set_stack(&f.context.uc_stack, &old, frame->x[REG_SP]);
    return (long)frame->x[REG_A0];
}
