/* A look at one process: see procfs_view.h. */
#include "proc/procfs_view.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "proc/proc.h"

static uint32_t generation_of(const struct proc *p)
{
    return (uint32_t)p->started_ns;
}

static struct proc *find(struct proc_id id) REQUIRES(tree_lock)
{
    struct proc *p = proc_find(id.pid);
    return p != NULL && generation_of(p) == id.generation ? p : NULL;
}

static void fill_usage(struct proc_view *v, const struct proc *p) REQUIRES(tree_lock)
{
    struct usage u;
    proc_get_usage(p, &u);
    v->user_ns = u.user_ns;
    v->system_ns = u.system_ns;
    v->children_user_ns = p->children_usage.user_ns;
    v->children_system_ns = p->children_usage.system_ns;
    v->major_faults = u.faults[FAULT_DISK_READ];
    for (unsigned kind = 0; kind < FAULT_SEGV; kind++)
        v->minor_faults += u.faults[kind];
    v->minor_faults -= v->major_faults;
}

static void fill_signals(struct proc_view *v, const struct proc *p) REQUIRES(tree_lock)
{
    v->pending = p->pending.set;
    if (!list_is_empty(&p->threads)) {
        const struct thread *t = list_entry(p->threads.next, struct thread, proc_node);
        v->thread_pending = t->pending.set;
        v->blocked = t->blocked;
    }
    for (unsigned number = 1; number < NSIG && p->actions != NULL; number++) {
        sighandler_t handler = p->actions[number].handler;
        uint64_t bit = 1UL << (number - 1);
        if (handler == SIG_IGN)
            v->ignored |= bit;
        else if (handler != SIG_DFL)
            v->caught |= bit;
    }
}

static void fill(struct proc_view *v, const struct proc *p) REQUIRES(tree_lock)
{
    v->parent = p->parent == NULL ? 0 : p->parent->pid;
    v->group = p->group;
    v->session = p->session;
    v->state = proc_state_letter(p);
    v->umask = p->place == NULL ? 0 : p->place->umask;
    v->started_ns = p->started_ns;
    v->mm = p->mm;
    strlcpy(v->name, p->name, sizeof(v->name));
    memcpy(v->limits, p->limits, sizeof(v->limits));
    v->threads = p->nthreads;
    fill_usage(v, p);
    fill_signals(v, p);
}

int proc_view_get(struct proc_id id, struct proc_view *v)
{
    *v = (struct proc_view){.id = id};
    spin_lock(&tree_lock);
    const struct proc *p = find(id);
    if (p != NULL)
        fill(v, p);
    if (v->mm != NULL)
        mm_get(v->mm);
    spin_unlock(&tree_lock);
    return p == NULL ? -ESRCH : 0;
}

void proc_view_put(struct proc_view *v)
{
    if (v->mm != NULL)
        mm_put(v->mm);
}

bool proc_exists(struct proc_id id)
{
    spin_lock(&tree_lock);
    bool exists = find(id) != NULL;
    spin_unlock(&tree_lock);
    return exists;
}

int proc_find_generation(int pid, uint32_t *generation)
{
    spin_lock(&tree_lock);
    const struct proc *p = proc_find(pid);
    if (p != NULL)
        *generation = generation_of(p);
    spin_unlock(&tree_lock);
    return p == NULL ? -ESRCH : 0;
}

struct pid_search {
    int from, found;
};

static void note_pid(struct proc *p, void *arg)
{
    struct pid_search *s = arg;
    if (p->pid >= s->from && (s->found == 0 || p->pid < s->found))
        s->found = p->pid;
}

int proc_next_pid(int pid)
{
    struct pid_search s = {pid, 0};
    proc_for_each(note_pid, &s);
    return s.found;
}

/* --- What it refers to --- */

struct file *proc_get_file(struct proc_id id, int fd)
{
    spin_lock(&tree_lock);
    const struct proc *p = find(id);
    struct file *f = p == NULL || p->files == NULL ? NULL : fdtable_get(p->files, fd);
    spin_unlock(&tree_lock);
    return f;
}

int proc_next_fd(struct proc_id id, int fd)
{
    spin_lock(&tree_lock);
    const struct proc *p = find(id);
    int found = p == NULL || p->files == NULL ? -1 : fdtable_next(p->files, fd);
    spin_unlock(&tree_lock);
    return found;
}

struct inode *proc_get_cwd(struct proc_id id)
{
    spin_lock(&tree_lock);
    const struct proc *p = find(id);
    struct inode *cwd = p == NULL || p->place == NULL ? NULL : p->place->cwd;
    if (cwd != NULL)
        inode_hold(cwd);
    spin_unlock(&tree_lock);
    return cwd;
}

/* An address space holds its program's object from its beginning to its end. */
struct inode *proc_get_program(struct proc_id id)
{
    struct inode *ip = NULL;
    spin_lock(&tree_lock);
    const struct proc *p = find(id);
    if (p != NULL && p->mm != NULL && p->mm->program != NULL)
        ip = inode_of_object(p->mm->program);
    if (ip != NULL)
        inode_hold(ip);
    spin_unlock(&tree_lock);
    return ip;
}

/* --- All of them --- */

static void add(struct proc *p, void *arg) UNCHECKED_LOCKING /* proc_for_each holds tree_lock */
{
    struct proc_totals *t = arg;
    struct proc_view v = {.mm = NULL};
    fill_usage(&v, p);
    t->processes++;
    t->running += proc_state_letter(p) == 'R';
    t->last_pid = (unsigned)p->pid > t->last_pid ? (unsigned)p->pid : t->last_pid;
    if (p->state != PROC_ZOMBIE) { /* otherwise it is part of children_usage */
        t->user_ns += v.user_ns;
        t->system_ns += v.system_ns;
    }
    t->user_ns += v.children_user_ns;
    t->system_ns += v.children_system_ns;
}

void proc_get_totals(struct proc_totals *t)
{
    *t = (struct proc_totals){.processes = 0};
    proc_for_each(add, t);
}
