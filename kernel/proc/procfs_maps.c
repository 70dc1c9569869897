/*
 * /proc/PID/maps and smaps: the mappings of a process. They are looked at one by one: what is
 * printed of one is true of one moment, and the next one is the first behind it when its turn
 * comes. The names of files are found without the address space's lock, since that takes inodes'
 * locks and maybe the disk.
 */
#include "abi/errno.h"
#include "abi/mman.h"
#include "fs/path.h"
#include "lib/string.h"
#include "mm/footprint.h"
#include "proc/procfs_nodes.h"

#define NAME_COLUMN 73

/* One mapping at one moment. */
struct mapping_view {
    uint64_t start, end, offset;
    uint32_t flags, prot;
    struct object *object; /* with a reference, or NULL */
    bool is_heap;
    struct footprint footprint;
};

/* The path of the last file: neighbours are often of the same one. */
struct path_memory {
    struct object *object; /* with a reference, or NULL */
    struct page *page;     /* holds the path */
    uint64_t length;
};

/* The mapping at or behind `at`; false: there is none. */
static bool look(struct mm *mm, uint64_t at, bool with_pages, struct mapping_view *m)
{
    rwlock_read_lock(&mm->lock);
    struct vma *vma = vma_find(mm, at);
    if (vma != NULL) {
        *m = (struct mapping_view){.start = vma->start,
                                   .end = vma->end,
                                   .offset = vma->first * PAGE_SIZE,
                                   .flags = vma->flags,
                                   .prot = vma->prot,
                                   .object = vma->object,
                                   .is_heap = vma->object == NULL};
        m->is_heap &= vma->start < mm->heap_end && vma->end > mm->heap_start;
        if (m->object != NULL)
            object_get(m->object);
        if (with_pages) {
            rwlock_check_read_held(&vma->mm->lock);
            footprint_add(&m->footprint, vma);
        }
    }
    rwlock_read_unlock(&mm->lock);
    return vma != NULL;
}

/* Finds the path of a file; that of a shared anonymous object is what Linux says of one. */
static void remember_path(struct path_memory *memory, struct object *o)
{
    struct inode *ip = inode_of_object(o);
    char *text = page_data(memory->page);
    if (memory->object == o)
        return;
    if (memory->object != NULL)
        object_put(memory->object);
    object_get(o);
    memory->object = o;
    if (ip == NULL)
        strlcpy(text, "/dev/zero (deleted)", PAGE_SIZE);
    else if (path_of(ip, text, PAGE_SIZE) < 0)
        strlcpy(text, "/ (deleted)", PAGE_SIZE);
    memory->length = strlen(text);
}

static void print_name(struct text *t, const struct mapping_view *m, struct path_memory *memory)
{
    if (m->object != NULL) {
        remember_path(memory, m->object);
        text_put(t, page_data(memory->page), memory->length);
    } else if (m->is_heap) {
        text_print(t, "[heap]");
    } else {
        text_print(t, "[stack]");
    }
}

static void print_mapping(struct text *t, const struct mapping_view *m, struct path_memory *memory)
{
    struct stat st = {.st_dev = 0};
    uint64_t begin = t->length;
    struct inode *ip = m->object == NULL ? NULL : inode_of_object(m->object);
    bool is_stack = m->end == STACK_TOP && (m->flags & VMA_GROWS_DOWN);
    if (ip != NULL)
        st = (struct stat){.st_dev = ip->fs->dev, .st_ino = inode_number(ip)};
    text_print(t, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", (long)m->start, (long)m->end,
               m->prot & PROT_READ ? 'r' : '-', m->prot & PROT_WRITE ? 'w' : '-',
               m->prot & PROT_EXEC ? 'x' : '-', m->flags & VMA_SHARED ? 's' : 'p',
               m->object == NULL ? 0L : (long)m->offset, (unsigned)DEV_MAJOR(st.st_dev),
               (unsigned)DEV_MINOR(st.st_dev), (long)st.st_ino);
    if (m->object != NULL || m->is_heap || is_stack) {
        text_pad(t, t->length - begin, NAME_COLUMN);
        print_name(t, m, memory);
    }
    text_put(t, "\n", 1);
}

static void print_kib(struct text *t, const char *name, uint64_t bytes)
{
    uint64_t begin = t->length;
    text_print(t, "%s:", name);
    text_pad(t, t->length - begin, 16);
    text_print(t, "%8lu kB\n", (long)(bytes / 1024));
}

/* What VmFlags says in two letters each. */
static void print_flags(struct text *t, const struct mapping_view *m)
{
    static const struct {
        uint32_t prot, flag;
        const char *letters;
    } flags[] = {{PROT_READ, 0, "rd "},      {PROT_WRITE, 0, "wr "},   {PROT_EXEC, 0, "ex "},
                 {0, VMA_SHARED, "sh "},     {0, VMA_MAY_READ, "mr "}, {0, VMA_MAY_WRITE, "mw "},
                 {0, VMA_GROWS_DOWN, "gd "}, {0, VMA_LOCKED, "lo "},   {0, VMA_RANDOM, "rr "},
                 {0, VMA_NO_FORK, "dc "},    {0, VMA_WIPE, "wf "}};
    text_print(t, "VmFlags: ");
    for (unsigned i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if ((m->prot & flags[i].prot) || (m->flags & flags[i].flag))
            text_put(t, flags[i].letters, 3);
    text_put(t, "\n", 1);
}

static void print_footprint(struct text *t, const struct mapping_view *m)
{
    const struct footprint *f = &m->footprint;
    const uint64_t pss = f->pss >> FOOTPRINT_PSS_SHIFT;
    print_kib(t, "Size", m->end - m->start);
    print_kib(t, "KernelPageSize", PAGE_SIZE);
    print_kib(t, "MMUPageSize", PAGE_SIZE);
    print_kib(t, "Rss", f->resident);
    print_kib(t, "Pss", pss);
    print_kib(t, "Shared_Clean", f->shared_clean);
    print_kib(t, "Shared_Dirty", f->shared_dirty);
    print_kib(t, "Private_Clean", f->private_clean);
    print_kib(t, "Private_Dirty", f->private_dirty);
    print_kib(t, "Referenced", f->referenced);
    print_kib(t, "Anonymous", f->anonymous);
    print_kib(t, "LazyFree", 0);
    print_kib(t, "AnonHugePages", 0);
    print_kib(t, "Swap", 0);
    print_kib(t, "SwapPss", 0);
    print_kib(t, "Locked", m->flags & VMA_LOCKED ? pss : 0);
    text_print(t, "THPeligible:           0\n");
    print_flags(t, m);
}

static int print_all(struct text *t, struct proc_view *v, bool with_pages)
{
    struct path_memory memory = {.page = kalloc(PAGE_BUFFER)};
    struct mapping_view m;
    if (memory.page == NULL)
        return -ENOMEM;
    for (uint64_t at = 0; v->mm != NULL && t->err == 0 && look(v->mm, at, with_pages, &m);) {
        print_mapping(t, &m, &memory);
        if (with_pages)
            print_footprint(t, &m);
        if (m.object != NULL)
            object_put(m.object);
        at = m.end;
        sched_relax();
    }
    if (memory.object != NULL)
        object_put(memory.object);
    page_put(memory.page);
    return 0;
}

int print_maps(struct text *t, struct proc_view *v)
{
    return print_all(t, v, false);
}

int print_smaps(struct text *t, struct proc_view *v)
{
    return print_all(t, v, true);
}
