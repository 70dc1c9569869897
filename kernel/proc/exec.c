/*
 * execve(2): see exec.h. The new address space is made complete, with its stack, while the old one
 * still stands; only then the process changes over.
 *
 * The new stack, from its top down: ARG_MAX bytes of room for strings (16 random bytes, the
 * program's path, arguments, environment, in this order from the room's start), then the auxiliary
 * vector, the environment's pointers, the arguments' pointers, and their number, where sp points.
 */
#include "proc/exec.h"

#include "abi/auxv.h"
#include "abi/errno.h"
#include "abi/limits.h"
#include "arch/csr.h"
#include "fs/path.h"
#include "lib/elf.h"
#include "lib/random.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/fault.h"
#include "mm/mmap.h"
#include "mm/pagetable.h"
#include "mm/usercopy.h"
#include "proc/futex.h"
#include "proc/proc.h"
#include "proc/sigframe.h"
#include "proc/signal.h"

#define STRINGS   (STACK_TOP - ARG_MAX)
#define LOAD_BIAS 0x400000 /* where position-independent executables go */
#define RANDOM    16       /* bytes behind AT_RANDOM */
#define AUXV_SIZE (17 * 2 * sizeof(uint64_t))

/* The letters of the extensions that user code may use: IMAFDC. */
#define HWCAP                                                                             \
    (1 << ('I' - 'A') | 1 << ('M' - 'A') | 1 << 0 | 1 << ('F' - 'A') | 1 << ('D' - 'A') | \
     1 << ('C' - 'A'))

/* A list of strings: an array of pointers in user memory, or one in the kernel's. */
struct strings {
    uint64_t user;
    const char *const *kernel;
    unsigned count;
};

/* What is being made. */
/* A page of memory that nobody runs in yet, as the kernel sees it. */
struct window {
    uint64_t va;
    char *data; /* NULL: none so far */
};

struct image {
    struct mm *mm;
    struct inode *cwd; /* where its path begins */
    struct elf_image elf;
    uint64_t at;                  /* where the next string goes */
    uint64_t vector;              /* where sp will point */
    uint64_t slot;                /* where the next word of the vector goes */
    struct window strings, words; /* where these were written last */
};

/* --- Writing to memory that nobody runs in yet --- */

/* The kernel's view of a byte of private memory, whose page is made the address space's own. */
static char *own_byte(struct mm *mm, struct window *w, uint64_t va)
{
    if (w->data == NULL || va - w->va >= PAGE_SIZE) {
        if (fault_is_fatal(fault_serve(mm, va, PROT_WRITE)))
            return NULL;
        w->data = direct_of(pte_pa(pte_read(pt_find(mm, va))));
        w->va = round_down(va, PAGE_SIZE);
    }
    return w->data + va % PAGE_SIZE;
}

static int push_word(struct image *i, uint64_t word)
{
    char *to = own_byte(i->mm, &i->words, i->slot);
    if (to == NULL)
        return -ENOMEM;
    *(uint64_t *)to = word;
    i->slot += sizeof(word);
    return 0;
}

static int push_bytes(struct image *i, const void *bytes, size_t n)
{
    for (const char *from = bytes; n > 0; n--, from++) {
        char *to = own_byte(i->mm, &i->strings, i->at);
        if (to == NULL || i->at == STACK_TOP)
            return to == NULL ? -ENOMEM : -E2BIG;
        *to = *from;
        i->at++;
    }
    return 0;
}

/* Appends a string of the user's, page by page of the stack. */
static int push_user_string(struct image *i, uint64_t string)
{
    for (;;) {
        if (i->at == STACK_TOP)
            return -E2BIG;
        size_t room = PAGE_SIZE - i->at % PAGE_SIZE;
        char *to = own_byte(i->mm, &i->strings, i->at);
        if (to == NULL)
            return -ENOMEM;
        long length = copy_string_from_user(to, string, room);
        if (length >= 0) {
            i->at += (uint64_t)length + 1;
            return 0;
        }
        if (length != -ENAMETOOLONG)
            return (int)length;
        i->at += room;
        string += room;
    }
}

/* --- Arguments and environment --- */

/* The pointer numbered n of a list in user memory. */
static int fetch_pointer(const struct strings *s, unsigned n, uint64_t *pointer)
{
    return copy_from_user(pointer, s->user + n * sizeof(*pointer), sizeof(*pointer));
}

/* Counts a list in user memory; NULL counts as an empty one, as on Linux. */
static int count_strings(struct strings *s)
{
    uint64_t pointer;
    if (s->user == 0)
        return 0;
    for (;; s->count++) {
        if (s->count > ARG_MAX / sizeof(pointer))
            return -E2BIG;
        int err = fetch_pointer(s, s->count, &pointer);
        if (err != 0 || pointer == 0)
            return err;
    }
}

/* Copies a list's strings and puts their addresses into the vector, with 0 behind the last. */
static int push_strings(struct image *i, const struct strings *s)
{
    int err = 0;
    for (unsigned n = 0; n < s->count && err == 0; n++) {
        uint64_t pointer = 0;
        err = push_word(i, i->at);
        if (err == 0 && s->kernel != NULL)
            err = push_bytes(i, s->kernel[n], strlen(s->kernel[n]) + 1);
        else if (err == 0)
            err = fetch_pointer(s, n, &pointer);
        if (err == 0 && s->kernel == NULL)
            err = push_user_string(i, pointer);
    }
    return err == 0 ? push_word(i, 0) : err;
}

static int push_auxv(struct image *i, uint64_t random, uint64_t path)
{
    const uint64_t auxv[][2] = {
        {AT_PHDR, i->elf.headers},
        {AT_PHENT, ELF_HEADER_SIZE},
        {AT_PHNUM, i->elf.nheaders},
        {AT_PAGESZ, PAGE_SIZE},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, i->elf.entry},
        {AT_UID, 0},
        {AT_EUID, 0},
        {AT_GID, 0},
        {AT_EGID, 0},
        {AT_HWCAP, HWCAP},
        {AT_CLKTCK, 100},
        {AT_SECURE, 0},
        {AT_RANDOM, random},
        {AT_EXECFN, path},
        {AT_NULL, 0},
    };
    _Static_assert(sizeof(auxv) == AUXV_SIZE, "room for the vector");
    int err = 0;
    for (unsigned n = 0; n < ARRAY_SIZE(auxv) && err == 0; n++) {
        err = push_word(i, auxv[n][0]);
        if (err == 0)
            err = push_word(i, auxv[n][1]);
    }
    return err;
}

static int make_stack(struct image *i, const char *path, const struct strings *argv,
                      const struct strings *envp)
{
    const uint64_t words = 1 + argv->count + 1 + envp->count + 1;
    const uint64_t size = words * sizeof(uint64_t) + AUXV_SIZE;
    if (size > ARG_MAX)
        return -E2BIG;
    struct mapping stack = {
        .start = STACK_TOP - STACK_INITIAL,
        .size = STACK_INITIAL,
        .prot = PROT_READ | PROT_WRITE,
        .flags = VMA_GROWS_DOWN | VMA_MAY_READ | VMA_MAY_WRITE,
        .fixed = true,
    };
    int64_t start = mm_map(i->mm, &stack);
    if (start < 0)
        return (int)start;
    i->at = STRINGS;
    i->vector = i->slot = round_down(STRINGS - size, 16);
    const uint64_t random[RANDOM / 8] = {random_next(), random_next()};
    int err = push_word(i, argv->count);
    if (err == 0)
        err = push_bytes(i, random, sizeof(random));
    uint64_t path_at = i->at;
    if (err == 0)
        err = push_bytes(i, path, strlen(path) + 1);
    i->mm->arg_start = i->at;
    if (err == 0)
        err = push_strings(i, argv);
    i->mm->arg_end = i->mm->env_start = i->at;
    if (err == 0)
        err = push_strings(i, envp);
    i->mm->env_end = i->at;
    return err == 0 ? push_auxv(i, STRINGS, path_at) : err;
}

/* --- Segments --- */

static int map_part(struct mm *mm, const struct mapping *part)
{
    int64_t start = part->size == 0 ? 0 : mm_map(mm, part);
    return start < 0 ? (int)start : 0;
}

/* The bytes of the last page from the file that lie behind the segment's file part. */
static int zero_rest(struct mm *mm, uint64_t end)
{
    if (end % PAGE_SIZE == 0)
        return 0;
    struct window last = {0, NULL};
    char *at = own_byte(mm, &last, end);
    if (at == NULL)
        return -ENOMEM;
    memset(at, 0, PAGE_SIZE - end % PAGE_SIZE);
    return 0;
}

/* A segment is a private mapping of the file and, behind it, anonymous memory. */
static int map_segment(struct mm *mm, const struct elf_segment *s, struct object *o)
{
    uint64_t start = round_down(s->start, PAGE_SIZE);
    uint64_t file_end = s->start + s->file_size, end = s->start + s->memory_size;
    uint64_t boundary = s->file_size == 0 ? start : round_up(file_end, PAGE_SIZE);
    struct mapping file = {
        .start = start,
        .size = boundary - start,
        .prot = s->prot,
        .flags = VMA_MAY_READ | VMA_MAY_WRITE,
        .object = o,
        .first = s->offset / PAGE_SIZE,
        .fixed = true,
    };
    struct mapping rest = {
        .start = boundary,
        .size = round_up(end, PAGE_SIZE) > boundary ? round_up(end, PAGE_SIZE) - boundary : 0,
        .prot = s->prot,
        .flags = VMA_MAY_READ | VMA_MAY_WRITE,
        .fixed = true,
    };
    if (file.size > 0)
        object_get(o);
    int err = map_part(mm, &file);
    if (err != 0)
        object_put(o);
    if (err == 0)
        err = map_part(mm, &rest);
    if (err == 0 && s->file_size > 0 && s->file_size < s->memory_size)
        err = zero_rest(mm, file_end);
    return err;
}

static int read_headers(struct inode *ip, struct elf_image *elf)
{
    const struct elf_limits limits = {
        .file_size = inode_size(ip), .lowest = USER_START, .highest = MAP_BASE, .bias = LOAD_BIAS};
    struct page *page;
    int err = object_read_page(&ip->object, 0, &page);
    if (err < 0)
        return err == -ENXIO ? -ENOEXEC : err;
    err = elf_read(page_data(page), min_u64(limits.file_size, PAGE_SIZE), &limits, elf);
    page_unpin(page);
    return err;
}

/* --- The whole --- */

/* The address space for a program with everything in it; the caller puts i->mm also on failure. */
static int make_image(struct image *i, struct inode *ip, const char *path,
                      const struct strings *argv, const struct strings *envp)
{
    if (!inode_is_regular(ip) || (ip->mode & 0111) == 0)
        return -EACCES;
    int err = read_headers(ip, &i->elf);
    if (err != 0)
        return err;
    i->mm = mm_new();
    if (i->mm == NULL)
        return -ENOMEM;
    object_get(&ip->object);
    i->mm->program = &ip->object;
    for (unsigned n = 0; n < i->elf.nsegments && err == 0; n++)
        err = map_segment(i->mm, &i->elf.segments[n], &ip->object);
    const struct elf_segment *last = &i->elf.segments[i->elf.nsegments - 1];
    i->mm->heap_start = i->mm->heap_end = round_up(last->start + last->memory_size, PAGE_SIZE);
    if (err == 0)
        err = sigframe_map_return(i->mm);
    return err == 0 ? make_stack(i, path, argv, envp) : err;
}

static void set_name(struct proc *p, const char *path)
{
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/')
            name = at + 1;
    strlcpy(p->name, name, sizeof(p->name));
}

/* Gives the process its new registers; of the old ones nothing is left. */
static void set_registers(struct thread_core *core, const struct image *i)
{
    struct trapframe *frame = core->frame;
    memset(frame->x, 0, sizeof(frame->x));
    frame->pc = i->elf.entry;
    frame->x[REG_SP] = i->vector;
    core->mm = i->mm;
    core->uses_fp = false;
}

static int find_program(const char *path, struct image *i, const struct strings *argv,
                        const struct strings *envp)
{
    struct inode *ip, *cwd = i->cwd;
    int err = path_find(cwd, path, &ip);
    if (err != 0)
        return err;
    err = make_image(i, ip, path, argv, envp);
    inode_put(ip);
    if (err != 0 && i->mm != NULL)
        mm_put(i->mm);
    return err;
}

/* A program has no other threads, and descriptors of its own. Without memory for that: -ENOMEM. */
static int own_all(struct proc *p, const struct image *i)
{
    int err = 0;
    struct fdtable *files = p->files, *own = NULL;
    if (__atomic_load_n(&files->refs, __ATOMIC_RELAXED) > 1) {
        own = fdtable_copy(files);
        err = own == NULL ? -ENOMEM : 0;
    }
    if (err == 0)
        err = proc_end_other_threads();
    if (err != 0) {
        mm_put(i->mm);
        files = own;
    } else if (own != NULL) {
        p->files = own;
    }
    if (own != NULL)
        fdtable_put(files);
    return err;
}

int exec_replace(const char *path, uint64_t argv_user, uint64_t envp_user)
{
    struct proc *p = proc_current();
    struct strings argv = {.user = argv_user}, envp = {.user = envp_user};
    struct image i = {.mm = NULL, .cwd = proc_hold_cwd()};
    int err = count_strings(&argv);
    if (err == 0)
        err = count_strings(&envp);
    if (err == 0)
        err = find_program(path, &i, &argv, &envp);
    inode_put(i.cwd);
    if (err == 0)
        err = own_all(p, &i);
    if (err != 0)
        return err;
    struct mm *old = p->mm;
    futex_thread_exit(thread_current()); /* its locks were in that memory */
    spin_lock(&tree_lock);
    p->mm = i.mm;
    proc_release_vfork_parent(p);
    spin_unlock(&tree_lock);
    set_registers(thread_core_self(), &i);
    csr_clear(sstatus, SSTATUS_FS);
    mm_activate(i.mm);
    set_name(p, path);
    fdtable_close_on_exec(p->files);
    signal_exec(p);
    mm_put(old);
    return 0;
}

int exec_first(struct thread *t, const char *path, const char *command)
{
    struct proc *p = t->proc;
    static const char *const environment[] = {"PATH=/bin", "HOME=/", "TERM=vt100"};
    const char *const arguments[] = {path, command};
    const struct strings argv = {.kernel = arguments, .count = command[0] == '\0' ? 1 : 2};
    const struct strings envp = {.kernel = environment, .count = ARRAY_SIZE(environment)};
    struct image i = {.mm = NULL, .cwd = p->place->cwd};
    int err = find_program(path, &i, &argv, &envp);
    if (err != 0)
        return err;
    p->mm = i.mm;
    set_registers(&t->core, &i);
    set_name(p, path);
    return 0;
}
