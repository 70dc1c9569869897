/* Processes, how they and their threads begin: see proc.h. exec.c and exit.c have the rest. */
#include "proc/proc.h"

#include "abi/errno.h"
#include "abi/sched.h"
#include "arch/csr.h"
#include "fs/path.h"
#include "lib/caps.h"
#include "lib/string.h"
#include "mm/slab.h"
#include "mm/usercopy.h"
#include "proc/alarm.h"
#include "proc/exec.h"
#include "proc/exit.h"
#include "proc/limits.h"
#include "proc/sched.h"
#include "proc/signal.h"

struct spinlock tree_lock = SPINLOCK_INIT(RANK_TREE);

static struct slab_cache proc_cache, place_cache;
static struct list all_procs GUARDED_BY(tree_lock) = LIST_INIT(all_procs);
static unsigned nthreads GUARDED_BY(tree_lock); /* of processes */
static int last_pid GUARDED_BY(tree_lock);
struct proc *proc_of_init; /* [const] */

void proc_init(void)
{
    slab_init(&proc_cache, "process", sizeof(struct proc));
    slab_init(&place_cache, "place", sizeof(struct place));
}

struct thread *proc_find_thread(int tid)
{
    list_for_each (node, &all_procs) {
        const struct proc *p = list_entry(node, struct proc, all_node);
        list_for_each (thread, &p->threads)
            if (list_entry(thread, struct thread, proc_node)->tid == tid)
                return list_entry(thread, struct thread, proc_node);
    }
    return NULL;
}

struct proc *proc_find(int pid)
{
    list_for_each (node, &all_procs) {
        struct proc *p = list_entry(node, struct proc, all_node);
        if (p->pid == pid)
            return p;
    }
    return NULL;
}

void proc_for_each(void (*visit)(struct proc *p, void *arg), void *arg)
{
    spin_lock(&tree_lock);
    list_for_each (node, &all_procs)
        visit(list_entry(node, struct proc, all_node), arg);
    spin_unlock(&tree_lock);
}

/* --- Beginning --- */

/* Whether a number is in use, for a thread, or a process or group that outlives its threads. */
static bool pid_is_taken(int pid) REQUIRES(tree_lock)
{
    list_for_each (node, &all_procs) {
        const struct proc *p = list_entry(node, struct proc, all_node);
        if (p->pid == pid || p->group == pid || p->session == pid)
            return true;
    }
    return proc_find_thread(pid) != NULL;
}

static int next_pid(void) REQUIRES(tree_lock)
{
    do
        last_pid = last_pid + 1 < MAX_PID ? last_pid + 1 : 2;
    while (pid_is_taken(last_pid));
    return last_pid;
}

static bool is_full(void) REQUIRES(tree_lock)
{
    return nthreads >= MAX_PROCS || nthreads >= process_limit(RLIMIT_NPROC);
}

static void enter_thread(struct proc *p, struct thread *t, int tid) REQUIRES(tree_lock)
{
    t->tid = tid;
    list_push_back(&p->threads, &t->proc_node);
    p->nthreads++;
    nthreads++;
}

/* Enters a new process in the tree below `parent` (NULL: it is the first). 0 or -EAGAIN. */
static int enter_tree(struct proc *p, struct thread *t, struct proc *parent)
{
    spin_lock(&tree_lock);
    bool full = is_full();
    if (!full) {
        p->pid = parent == NULL ? 1 : next_pid();
        p->group = parent == NULL ? 1 : parent->group;
        p->session = parent == NULL ? 1 : parent->session;
        p->parent = parent;
        p->started_ns = clock_monotonic_ns();
        list_push_back(&all_procs, &p->all_node);
        if (parent != NULL)
            list_push_back(&parent->children, &p->sibling_node);
        enter_thread(p, t, p->pid);
    }
    spin_unlock(&tree_lock);
    return full ? -EAGAIN : 0;
}

/* Another thread of the current process: 0, -EAGAIN, or -EINTR if the process is ending. */
static int enter_second(struct thread *t)
{
    struct proc *p = t->proc;
    spin_lock(&tree_lock);
    int err = proc_thread_must_end() ? -EINTR : is_full() ? -EAGAIN : 0;
    if (err == 0)
        enter_thread(p, t, next_pid());
    spin_unlock(&tree_lock);
    return err;
}

bool proc_leave_thread(struct thread *t)
{
    struct proc *p = t->proc;
    list_remove(&t->proc_node);
    p->ended_ticks += thread_run_ticks(t);
    nthreads--;
    p->nthreads--;
    pending_remove(&t->pending, ~0UL);
    signal_wake_threads(p); /* what it was woken for, others may have to take */
    signal_note_stop(p);
    waitq_wake_all(&p->thread_exit);
    return p->nthreads == 0;
}

void proc_leave_tree(struct proc *p)
{
    list_remove(&p->sibling_node);
    list_remove(&p->all_node);
}

void proc_free(struct proc *p)
{
    slab_free(&proc_cache, p);
}

static struct proc *new_proc(void)
{
    struct proc *p = slab_alloc(&proc_cache);
    if (p == NULL)
        return NULL;
    list_init(&p->children);
    list_init(&p->sibling_node);
    list_init(&p->all_node);
    list_init(&p->threads);
    list_init(&p->alarm_node);
    waitq_init(&p->child_exit);
    waitq_init(&p->thread_exit);
    waitq_init(&p->resumed);
    pending_init(&p->pending);
    p->exit_signal = SIGCHLD;
    return p;
}

/*
 * Frees what a process holds besides its threads; parts may be missing. They leave the process
 * under the lock: others may be looking at it.
 */
void proc_release_parts(struct proc *p)
{
    spin_lock(&tree_lock);
    struct fdtable *files = p->files;
    struct place *place = p->place;
    bool last_there = place != NULL && --place->refs == 0;
    struct mm *mm = p->mm;
    p->files = NULL;
    p->place = NULL;
    struct ksigaction *actions = p->actions;
    p->mm = NULL;
    p->actions = NULL;
    proc_release_vfork_parent(p);
    alarm_cancel(p);
    spin_unlock(&tree_lock);
    if (files != NULL)
        fdtable_put(files);
    if (last_there) {
        inode_put(place->cwd);
        slab_free(&place_cache, place);
    }
    if (mm != NULL)
        mm_put(mm);
    kfree(actions);
}

void proc_release_vfork_parent(struct proc *p)
{
    struct thread *parent = p->vfork_parent;
    p->vfork_parent = NULL;
    if (parent == NULL)
        return;
    parent->vfork_done = true;
    thread_unpark(parent);
}

struct inode *proc_hold_cwd(void)
{
    struct proc *p = proc_current();
    spin_lock(&tree_lock);
    struct inode *cwd = p->place->cwd;
    inode_hold(cwd);
    spin_unlock(&tree_lock);
    return cwd;
}

/* A process that nobody has seen yet, and its thread. */
static void discard(struct proc *p, struct thread *t)
{
    proc_release_parts(p);
    if (t != NULL)
        thread_discard(t);
    slab_free(&proc_cache, p);
}

/* --- Copies --- */

static struct mm *share_or_copy_memory(const struct proc *parent, bool share)
{
    if (!share)
        return mm_fork(parent->mm);
    mm_get(parent->mm);
    return parent->mm;
}

static struct fdtable *share_or_copy_files(const struct proc *parent, bool share)
{
    if (!share)
        return fdtable_copy(parent->files);
    fdtable_share(parent->files);
    return parent->files;
}

static struct place *share_or_copy_place(const struct proc *parent, bool share)
{
    struct place *place = parent->place, *copy = share ? NULL : slab_alloc(&place_cache);
    if (!share && copy == NULL)
        return NULL;
    spin_lock(&tree_lock);
    if (share) {
        place->refs++;
        copy = place;
    } else {
        *copy = (struct place){1, place->cwd, place->umask};
        inode_hold(copy->cwd);
    }
    spin_unlock(&tree_lock);
    return copy;
}

/* Everything of the parent's that a child gets, in order of cost. False: no memory. */
static bool copy_parts(struct proc *child, const struct proc *parent, uint64_t flags)
{
    child->exit_signal = (int)(flags & CSIGNAL);
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    strlcpy(child->name, parent->name, sizeof(child->name));
    child->place = share_or_copy_place(parent, flags & CLONE_FS);
    if (child->place == NULL)
        return false;
    if (signal_fork(child, parent) != 0)
        return false;
    child->files = share_or_copy_files(parent, flags & CLONE_FILES);
    if (child->files == NULL)
        return false;
    child->mm = share_or_copy_memory(parent, flags & CLONE_VM);
    return child->mm != NULL;
}

/* The child's registers: the maker's, but for the result and what the request says. */
static void copy_thread(struct thread *child, const struct clone_request *r)
{
    struct thread *self = thread_current();
    struct thread_core *from = &self->core, *to = &child->core;
    struct thread_core *owner = to->frame->owner;
    *to->frame = *from->frame;
    to->frame->owner = owner;
    to->frame->x[REG_A0] = 0;
    if (r->stack != 0)
        to->frame->x[REG_SP] = r->stack;
    if (r->flags & CLONE_SETTLS)
        to->frame->x[REG_TP] = r->tls;
    if (r->flags & CLONE_CHILD_CLEARTID)
        child->clear_tid_at = r->child_tid;
    to->mm = child->proc->mm;
    to->uses_fp = from->uses_fp;
    if (from->uses_fp) {
        if ((csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS_DIRTY)
            fp_save(&from->fp);
        to->fp = from->fp;
    }
    child->blocked = self->restores_blocked ? self->blocked_before : self->blocked;
    if (!(r->flags & CLONE_VM) || (r->flags & CLONE_VFORK))
        child->signal_stack = self->signal_stack;
}

/* Stores the child's number in its memory, which may be a copy: the page is made the child's. */
static void store_child_tid(const struct thread *child, uint64_t address)
{
    int32_t tid = child->tid;
    struct mm *mine = thread_core_self()->mm;
    thread_core_self()->mm = child->proc->mm;
    mm_activate(child->proc->mm);
    copy_to_user(address, &tid, sizeof(tid)); /* a bad address is the child's own misfortune */
    thread_core_self()->mm = mine;
    mm_activate(mine);
}

static int start(struct thread *child, const struct clone_request *r)
{
    int32_t tid = child->tid;
    if (r->flags & CLONE_CHILD_SETTID)
        store_child_tid(child, r->child_tid);
    if (r->flags & CLONE_PARENT_SETTID)
        copy_to_user(r->parent_tid, &tid, sizeof(tid)); /* as Linux: no error for it */
    thread_start(child);
    return tid;
}

/* Until the child has ended or executes a program; only its own end interrupts that. */
static void wait_for_vfork(void)
{
    struct thread *self = thread_current();
    spin_lock(&tree_lock);
    while (!self->vfork_done) {
        spin_unlock(&tree_lock);
        thread_park(TIME_NEVER);
        spin_lock(&tree_lock);
    }
    spin_unlock(&tree_lock);
}

static int clone_process(const struct clone_request *r)
{
    struct proc *parent = proc_current(), *child = new_proc();
    if (child == NULL)
        return -ENOMEM;
    struct thread *t = thread_new(child);
    int err = t != NULL && copy_parts(child, parent, r->flags) ? 0 : -ENOMEM;
    if (err == 0) {
        copy_thread(t, r);
        err = enter_tree(child, t, parent);
    }
    if (err != 0) {
        discard(child, t);
        return err;
    }
    if (r->flags & CLONE_VFORK) {
        thread_current()->vfork_done = false;
        child->vfork_parent = thread_current();
    }
    int pid = start(t, r);
    if (r->flags & CLONE_VFORK)
        wait_for_vfork();
    return pid;
}

static int clone_thread(const struct clone_request *r)
{
    struct thread *t = thread_new(proc_current());
    if (t == NULL)
        return -ENOMEM;
    copy_thread(t, r);
    int err = enter_second(t);
    if (err != 0) {
        thread_discard(t);
        return err;
    }
    return start(t, r);
}

/* A thread shares all that a process has; processes may share all but what signals do. */
int proc_clone(const struct clone_request *r)
{
    const uint64_t of_thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    const uint64_t known = of_thread | CSIGNAL | CLONE_VFORK | CLONE_SYSVSEM | CLONE_SETTLS |
                           CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_DETACHED |
                           CLONE_CHILD_SETTID;
    if ((r->flags & ~known) || (r->flags & CSIGNAL) >= NSIG)
        return -EINVAL;
    if (r->flags & CLONE_THREAD)
        return (r->flags & of_thread) == of_thread ? clone_thread(r) : -EINVAL;
    return r->flags & CLONE_SIGHAND ? -EINVAL : clone_process(r);
}

int proc_start_init(const char *path, const char *command)
{
    struct proc *p = new_proc();
    if (p == NULL)
        return -ENOMEM;
    struct thread *t = thread_new(p);
    limits_init(p);
    p->place = slab_alloc(&place_cache);
    if (p->place != NULL)
        *p->place = (struct place){1, path_root(), 022};
    p->files = fdtable_new();
    int err = t == NULL || p->files == NULL || p->place == NULL ? -ENOMEM : 0;
    if (err == 0)
        err = exec_first(t, path, command);
    if (err == 0)
        err = enter_tree(p, t, NULL);
    if (err != 0) {
        discard(p, t);
        return err;
    }
    proc_of_init = p;
    thread_start(t);
    return 0;
}

/* --- Groups --- */

bool proc_group_is_orphan(const struct proc *p)
{
    list_for_each (node, &all_procs) {
        const struct proc *member = list_entry(node, struct proc, all_node);
        const struct proc *parent = member->parent;
        if (member->group == p->group && parent != NULL && parent->group != p->group &&
            parent->session == p->session)
            return false;
    }
    return true;
}

int proc_set_group(int pid, int group)
{
    struct proc *self = proc_current();
    int err = 0;
    spin_lock(&tree_lock);
    struct proc *p = pid == 0 ? self : proc_find(pid);
    if (p == NULL || (p != self && p->parent != self))
        err = -ESRCH;
    else if (group < 0)
        err = -EINVAL;
    else if (p->session == p->pid || p->session != self->session)
        err = -EPERM;
    else
        p->group = group == 0 ? p->pid : group;
    spin_unlock(&tree_lock);
    return err;
}

int proc_new_session(void)
{
    struct proc *p = proc_current();
    spin_lock(&tree_lock);
    int result = p->group == p->pid ? -EPERM : p->pid;
    if (result > 0)
        p->group = p->session = p->pid;
    spin_unlock(&tree_lock);
    return result;
}

/* --- Looking at it --- */

char proc_state_letter(const struct proc *p)
{
    if (p->state == PROC_ZOMBIE)
        return 'Z';
    if (p->stopped)
        return 'T';
    list_for_each (node, &p->threads)
        if (list_entry(node, struct thread, proc_node)->state != THREAD_PARKED)
            return 'R';
    return 'S';
}

/* Its address space is the process's own; only numbers that may be a moment old are read. */
static void describe(const struct proc *p, struct quire_proc *entry) REQUIRES(tree_lock)
{
    struct usage usage;
    proc_get_usage(p, &usage);
    *entry = (struct quire_proc){.pid = p->pid, .pgid = p->group, .state = proc_state_letter(p)};
    entry->ppid = p->parent == NULL ? 0 : p->parent->pid;
    strlcpy(entry->name, p->name, sizeof(entry->name));
    entry->cpu_ns = usage.user_ns + usage.system_ns;
    if (p->mm != NULL) {
        entry->vm_pages = (uint64_t)p->mm->use.all;
        entry->rss_pages = p->mm->rss_pages;
    }
}

unsigned proc_list(struct quire_proc *entries, unsigned count)
{
    unsigned n = 0;
    spin_lock(&tree_lock);
    list_for_each (node, &all_procs) {
        if (n == count)
            break;
        describe(list_entry(node, struct proc, all_node), &entries[n++]);
    }
    spin_unlock(&tree_lock);
    return n;
}
