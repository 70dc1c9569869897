/* The numbers of a process in /proc/PID, in Linux's formats (proc(5)). */
#include "abi/errno.h"
#include "lib/caps.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/footprint.h"
#include "mm/pagetable.h"
#include "proc/procfs_nodes.h"
#include "proc/sched.h"

#define TICK_NS 10000000 /* times are in hundredths of a second: AT_CLKTCK */

/* --- Memory --- */

/* What the mappings of a process are for, in bytes. */
struct sizes {
    uint64_t all, code, data, stack, locked;
    struct footprint footprint; /* of all that is in memory */
    uint64_t shared;            /* of that, pages of shared anonymous objects and /dev/shm */
};

static void add_mapping(struct sizes *s, const struct vma *vma) REQUIRES_SHARED(vma->mm->lock)
{
    uint64_t size = vma->end - vma->start;
    struct inode *ip = vma->object == NULL ? NULL : inode_of_object(vma->object);
    uint64_t files = s->footprint.resident - s->footprint.anonymous;
    footprint_add(&s->footprint, vma);
    if (vma->object != NULL && (ip == NULL || inode_is_memory(ip)))
        s->shared += s->footprint.resident - s->footprint.anonymous - files;
    s->all += size;
    if (vma->flags & VMA_GROWS_DOWN)
        s->stack += size;
    else if ((vma->prot & PROT_WRITE) && !(vma->flags & VMA_SHARED))
        s->data += size;
    else if (vma->prot & PROT_EXEC)
        s->code += size;
    if (vma->flags & VMA_LOCKED)
        s->locked += size;
}

static void get_sizes(struct mm *mm, struct sizes *s)
{
    *s = (struct sizes){.all = 0};
    if (mm == NULL)
        return;
    rwlock_read_lock(&mm->lock);
    for (struct vma *vma = vma_find(mm, 0); vma != NULL; vma = vma_next(vma)) {
        rwlock_check_read_held(&vma->mm->lock);
        add_mapping(s, vma);
    }
    rwlock_read_unlock(&mm->lock);
}

int print_statm(struct text *t, struct proc_view *v)
{
    struct sizes s;
    get_sizes(v->mm, &s);
    uint64_t files = s.footprint.resident - s.footprint.anonymous;
    text_print(t, "%lu %lu %lu %lu 0 %lu 0\n", (long)(s.all / PAGE_SIZE),
               (long)(s.footprint.resident / PAGE_SIZE), (long)(files / PAGE_SIZE),
               (long)(s.code / PAGE_SIZE), (long)((s.data + s.stack) / PAGE_SIZE));
    return 0;
}

/* --- Everything in one line --- */

static void print_numbers(struct text *t, const uint64_t *numbers, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        text_print(t, " %lu", (long)numbers[i]);
}

/* Fields that mean nothing here are 0, as they are on Linux where it has nothing to say. */
int print_stat(struct text *t, struct proc_view *v)
{
    const struct mm *mm = v->mm;
    const bool has = mm != NULL;
    text_print(t, "%d (%s) %c %d %d %d 0 -1 0", v->id.pid, v->name, v->state, v->parent, v->group,
               v->session);
    const uint64_t until_size[] = {
        v->minor_faults,
        0,
        v->major_faults,
        0,
        v->user_ns / TICK_NS,
        v->system_ns / TICK_NS,
        v->children_user_ns / TICK_NS,
        v->children_system_ns / TICK_NS,
        20, /* priority, nice */
        0,
        v->threads,
        0,
        v->started_ns / TICK_NS,
        has ? (uint64_t)mm->use.all * PAGE_SIZE : 0,
        has ? mm->rss_pages : 0,
        v->limits[RLIMIT_RSS].rlim_cur,
    };
    print_numbers(t, until_size, ARRAY_SIZE(until_size));
    /* startcode endcode startstack esp eip; sets of signals; wchan nswap cnswap, SIGCHLD, ... */
    text_print(t, " 0 0 %lu 0 0 %lu %lu %lu %lu 0 0 0 17 0 0 0 0 0 0", has ? (long)STACK_TOP : 0L,
               (long)v->pending, (long)v->blocked, (long)v->ignored, (long)v->caught);
    const uint64_t addresses[] = {
        0,
        0,
        has ? mm->heap_start : 0,
        has ? mm->arg_start : 0,
        has ? mm->arg_end : 0,
        has ? mm->env_start : 0,
        has ? mm->env_end : 0,
        0,
    };
    print_numbers(t, addresses, ARRAY_SIZE(addresses));
    text_put(t, "\n", 1);
    return 0;
}

/* --- status --- */

static void print_kib(struct text *t, const char *name, uint64_t bytes)
{
    text_print(t, "%s:\t%8lu kB\n", name, (long)(bytes / 1024));
}

static void print_memory(struct text *t, struct mm *mm)
{
    struct sizes s;
    get_sizes(mm, &s);
    uint64_t files = s.footprint.resident - s.footprint.anonymous - s.shared;
    print_kib(t, "VmSize", s.all);
    print_kib(t, "VmLck", s.locked);
    print_kib(t, "VmPin", 0);
    print_kib(t, "VmRSS", s.footprint.resident);
    print_kib(t, "RssAnon", s.footprint.anonymous);
    print_kib(t, "RssFile", files);
    print_kib(t, "RssShmem", s.shared);
    print_kib(t, "VmData", s.data);
    print_kib(t, "VmStk", s.stack);
    print_kib(t, "VmExe", s.code);
    print_kib(t, "VmLib", 0);
    rwlock_read_lock(&mm->lock); /* tables stay while it is held */
    uint64_t tables = pt_count_pages(mm);
    rwlock_read_unlock(&mm->lock);
    print_kib(t, "VmPTE", tables * PAGE_SIZE);
    print_kib(t, "VmSwap", 0);
}

static const char *state_word(char state)
{
    return state == 'R'   ? "running"
           : state == 'S' ? "sleeping"
           : state == 'T' ? "stopped"
                          : "zombie";
}

static void print_signals(struct text *t, const struct proc_view *v)
{
    text_print(t, "Threads:\t%u\nSigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", v->threads,
               (long)v->thread_pending, (long)v->pending, (long)v->blocked);
    text_print(t, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", (long)v->ignored, (long)v->caught);
}

int print_status(struct text *t, struct proc_view *v)
{
    text_print(t, "Name:\t%s\nUmask:\t0%u%u%u\nState:\t%c (%s)\n", v->name, v->umask >> 6 & 7,
               v->umask >> 3 & 7, v->umask & 7, v->state, state_word(v->state));
    text_print(t, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n", v->id.pid, v->id.pid,
               v->parent);
    text_print(t, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t%d\nGroups:\t\n", MAX_FDS);
    if (v->mm != NULL)
        print_memory(t, v->mm);
    print_signals(t, v);
    text_print(t, "Cpus_allowed:\t%lx\n", (long)sched_harts());
    return 0;
}

int print_comm(struct text *t, struct proc_view *v)
{
    text_print(t, "%s\n", v->name);
    return 0;
}

/* --- Limits --- */

static void print_limit(struct text *t, uint64_t limit)
{
    if (limit == RLIM_INFINITY)
        text_print(t, "%-20s ", "unlimited");
    else
        text_print(t, "%-20lu ", (long)limit);
}

int print_limits(struct text *t, struct proc_view *v)
{
    static const struct {
        const char *name, *unit;
    } names[RLIM_NLIMITS] = {
        {"Max cpu time", "seconds"},     {"Max file size", "bytes"},
        {"Max data size", "bytes"},      {"Max stack size", "bytes"},
        {"Max core file size", "bytes"}, {"Max resident set", "bytes"},
        {"Max processes", "processes"},  {"Max open files", "files"},
        {"Max locked memory", "bytes"},  {"Max address space", "bytes"},
        {"Max file locks", "locks"},     {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},  {"Max nice priority", ""},
        {"Max realtime priority", ""},   {"Max realtime timeout", "us"},
    };
    text_print(t, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (unsigned i = 0; i < RLIM_NLIMITS; i++) {
        text_print(t, "%-25s ", names[i].name);
        print_limit(t, v->limits[i].rlim_cur);
        print_limit(t, v->limits[i].rlim_max);
        text_print(t, "%-10s\n", names[i].unit);
    }
    return 0;
}

/* --- Arguments --- */

/* The bytes of a range of the process's memory, up to what it has unmapped. */
static int print_bytes(struct text *t, struct mm *mm, uint64_t start, uint64_t end)
{
    char bytes[128];
    while (start < end && t->err == 0) {
        size_t n = min_u64(end - start, sizeof(bytes));
        size_t got = footprint_read(mm, start, bytes, n);
        text_put(t, bytes, got);
        start += got;
        if (got < n)
            break;
    }
    return 0;
}

int print_cmdline(struct text *t, struct proc_view *v)
{
    return v->mm == NULL ? 0 : print_bytes(t, v->mm, v->mm->arg_start, v->mm->arg_end);
}

int print_environ(struct text *t, struct proc_view *v)
{
    return v->mm == NULL ? 0 : print_bytes(t, v->mm, v->mm->env_start, v->mm->env_end);
}
