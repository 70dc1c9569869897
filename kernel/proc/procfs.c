/*
 * The tree of /proc: see procfs.h. An inode's number says all about it: which file it is (an index
 * in `nodes`), of which process, and for links to open files, the descriptor.
 *
 *     63          32 31          16 15           0
 *    |     pid      | descriptor+1 | node index+1 |
 */
#include "proc/procfs.h"

#include "abi/dirent.h"
#include "abi/errno.h"
#include "fs/data.h"
#include "fs/file.h"
#include "fs/path.h"
#include "lib/print.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/slab.h"
#include "proc/proc.h"
#include "proc/procfs_nodes.h"

/* Those with an index that others refer to. */
enum { ROOT, SYS, SYS_VM, SYS_KERNEL, SYS_RANDOM, PID, FD, FD_LINK, EXE, CWD, SELF, THREAD_SELF };

struct node {
    const char *name; /* NULL: a number */
    unsigned parent;  /* index of its directory */
    uint32_t mode;
    proc_print *print;  /* of a file; NULL: it has other ways */
    const char *target; /* of a link that is always the same */
    int64_t (*read)(struct proc_view *v, struct uio *u, uint64_t *offset);
    int (*write)(struct proc_view *v, int number);
};

#define DIR        (S_IFDIR | 0555)
#define TEXT       (S_IFREG | 0444)
#define TO_OTHERS  (S_IFLNK | 0777)
#define PID_MIN_AT 1024 /* positions in listings: fixed names, then numbers from here on */

static const struct node nodes[] = {
    [ROOT] = {.name = NULL, .parent = ROOT, .mode = DIR},
    [SYS] = {.name = "sys", .parent = ROOT, .mode = DIR},
    [SYS_VM] = {.name = "vm", .parent = SYS, .mode = DIR},
    [SYS_KERNEL] = {.name = "kernel", .parent = SYS, .mode = DIR},
    [SYS_RANDOM] = {.name = "random", .parent = SYS_KERNEL, .mode = DIR},
    [PID] = {.name = NULL, .parent = ROOT, .mode = DIR},
    [FD] = {.name = "fd", .parent = PID, .mode = S_IFDIR | 0500},
    [FD_LINK] = {.name = NULL, .parent = FD, .mode = TO_OTHERS},
    [EXE] = {.name = "exe", .parent = PID, .mode = TO_OTHERS},
    [CWD] = {.name = "cwd", .parent = PID, .mode = TO_OTHERS},
    [SELF] = {.name = "self", .parent = ROOT, .mode = TO_OTHERS},
    [THREAD_SELF] = {.name = "thread-self", .parent = ROOT, .mode = TO_OTHERS},
    {"root", PID, TO_OTHERS, .target = "/"},
    {"stat", PID, TEXT, .print = print_stat},
    {"statm", PID, TEXT, .print = print_statm},
    {"status", PID, TEXT, .print = print_status},
    {"comm", PID, TEXT, .print = print_comm},
    {"limits", PID, TEXT, .print = print_limits},
    {"cmdline", PID, TEXT, .print = print_cmdline},
    {"environ", PID, S_IFREG | 0400, .print = print_environ},
    {"maps", PID, TEXT, .print = print_maps},
    {"smaps", PID, TEXT, .print = print_smaps},
    {"mounts", PID, TEXT, .print = print_mounts},
    {"pagemap", PID, S_IFREG | 0400, .read = pagemap_read},
    {"clear_refs", PID, S_IFREG | 0200, .write = clear_refs_write},
    {"mounts", ROOT, TO_OTHERS, .target = "self/mounts"},
    {"meminfo", ROOT, TEXT, .print = print_meminfo},
    {"vmstat", ROOT, TEXT, .print = print_vmstat},
    {"cpuinfo", ROOT, TEXT, .print = print_cpuinfo},
    {"uptime", ROOT, TEXT, .print = print_uptime},
    {"loadavg", ROOT, TEXT, .print = print_loadavg},
    {"stat", ROOT, TEXT, .print = print_system_stat},
    {"version", ROOT, TEXT, .print = print_version},
    {"filesystems", ROOT, TEXT, .print = print_filesystems},
    {"overcommit_memory", SYS_VM, TEXT, .print = print_overcommit},
    {"max_map_count", SYS_VM, TEXT, .print = print_max_map_count},
    {"pid_max", SYS_KERNEL, TEXT, .print = print_pid_max},
    {"osrelease", SYS_KERNEL, TEXT, .print = print_osrelease},
    {"ostype", SYS_KERNEL, TEXT, .print = print_ostype},
    {"hostname", SYS_KERNEL, TEXT, .print = print_hostname},
    {"boot_id", SYS_RANDOM, TEXT, .print = print_boot_id},
};

/* --- Numbers --- */

static uint64_t number_of(unsigned node, int pid, int fd)
{
    return (uint64_t)(uint32_t)pid << 32 | (uint64_t)(fd + 1) << 16 | (node + 1);
}

static unsigned node_of(const struct inode *ip)
{
    return (unsigned)(ip->number & 0xffff) - 1;
}

static int fd_of(const struct inode *ip)
{
    return (int)(ip->number >> 16 & 0xffff) - 1;
}

/* pid 0 for what belongs to no process. */
static struct proc_id id_of(const struct inode *ip)
{
    return (struct proc_id){(int)(ip->number >> 32), ip->generation};
}

static bool is_here(const struct inode *ip)
{
    return id_of(ip).pid == 0 || proc_exists(id_of(ip));
}

static uint8_t type_of(unsigned node)
{
    return (uint8_t)((nodes[node].mode & S_IFMT) >> 12);
}

/* --- Inodes --- */

static struct inode *new_inode(unsigned node, struct proc_id id, int fd)
{
    struct inode *ip = inode_new_memory(&proc_fs, nodes[node].mode);
    if (ip == NULL)
        return NULL;
    ip->number = number_of(node, id.pid, fd);
    ip->generation = id.generation;
    ip->nlink = S_ISDIR(ip->mode) ? 2 : 1;
    mutex_init(&ip->lock, RANK_TEXT);
    return ip;
}

int procfs_init(void)
{
    const struct proc_id nobody = {0, 0};
    proc_fs.root = new_inode(ROOT, nobody, -1);
    return proc_fs.root == NULL ? -ENOMEM : 0;
}

/* The text of a link that leads to an inode: its path. */
static int set_path(struct inode *link, struct inode *to)
{
    struct page *page = kalloc(PAGE_BUFFER);
    if (page == NULL)
        return -ENOMEM;
    long length = path_of(to, page_data(page), PAGE_SIZE);
    if (length < 0)
        strlcpy(page_data(page), "/ (deleted)", PAGE_SIZE);
    int err = data_set_target(link, page_data(page));
    page_put(page);
    return err;
}

/* Takes over the reference to what the link leads to. NULL: the process has no such thing. */
static int lead_to(struct inode *link, struct inode *to)
{
    if (to == NULL)
        return -ENOENT;
    link->leads_to = to;
    return set_path(link, to);
}

/* --- Pipes and the like, which are open and have no inode --- */

static void forget_open(struct inode *ip)
{
    if (ip->stands_for != NULL)
        file_put(ip->stands_for);
}

static struct file_system open_fs = {.name = "pipefs", .magic = 0x50495045, .forget = forget_open};

/* The link leads to an inode that stands for the file. */
static int lead_to_open(struct inode *link, struct file *f)
{
    struct stat st;
    char text[32];
    file_stat(f, &st);
    link->leads_to = inode_new_memory(&open_fs, st.st_mode);
    if (link->leads_to == NULL)
        return -ENOMEM;
    file_get(f);
    link->leads_to->stands_for = f;
    link->leads_to->number = st.st_ino;
    link->leads_to->nlink = 1;
    ksnprintf(text, sizeof(text), "pipe:[%lu]", (unsigned long)st.st_ino);
    return data_set_target(link, text);
}

/* --- Links --- */

static int make_fd_link(struct inode *link)
{
    struct file *f = proc_get_file(id_of(link), fd_of(link));
    if (f == NULL)
        return -ENOENT;
    link->mode = S_IFLNK | (file_is_readable(f) ? 0500 : 0) | (file_is_writable(f) ? 0300 : 0);
    if (f->inode != NULL)
        inode_hold(f->inode);
    int err = f->inode != NULL ? lead_to(link, f->inode) : lead_to_open(link, f);
    file_put(f);
    return err;
}

static int make_self_link(struct inode *link, const char *format)
{
    char text[32];
    int pid = proc_current()->pid;
    ksnprintf(text, sizeof(text), format, pid);
    return data_set_target(link, text);
}

/* What a fresh link says, and where it leads. */
static int make_link(struct inode *link)
{
    unsigned node = node_of(link);
    switch (node) {
    case SELF: return make_self_link(link, "%d");
    case THREAD_SELF: return make_self_link(link, "%d");
    case FD_LINK: return make_fd_link(link);
    case EXE: return lead_to(link, proc_get_program(id_of(link)));
    case CWD: return lead_to(link, proc_get_cwd(id_of(link)));
    default: return data_set_target(link, nodes[node].target);
    }
}

/* --- Looking up --- */

/* A name that is a number as a listing writes it: without zeros in front. Otherwise -1. */
static int number_in(struct dir_name name)
{
    int n = 0;
    if (name.length == 0 || name.length > 7 || (name.text[0] == '0' && name.length > 1))
        return -1;
    for (unsigned i = 0; i < name.length; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return -1;
        n = n * 10 + (name.text[i] - '0');
    }
    return n;
}

/* What a name in a directory means. -ENOENT. */
struct found {
    unsigned node;
    struct proc_id id;
    int fd;
};

static int find(const struct inode *dir, struct dir_name name, struct found *found)
{
    unsigned at = node_of(dir);
    int number = number_in(name);
    *found = (struct found){.id = id_of(dir), .fd = -1};
    if (at == ROOT && number > 0) {
        found->node = PID;
        found->id.pid = number;
        return proc_find_generation(number, &found->id.generation) != 0 ? -ENOENT : 0;
    }
    if (at == FD && number >= 0 && number < MAX_FDS) {
        found->node = FD_LINK;
        found->fd = number;
        return 0;
    }
    for (unsigned i = SYS; i < ARRAY_SIZE(nodes); i++) {
        const char *text = nodes[i].name;
        if (nodes[i].parent != at || text == NULL || strlen(text) != name.length)
            continue;
        found->node = i;
        if (memcmp(text, name.text, name.length) == 0)
            return 0;
    }
    return -ENOENT;
}

/* "." and "..", of which the root's never gets here: the walk has left before. */
static int look_up_dots(struct inode *dir, unsigned length, struct inode **ip)
{
    unsigned parent = nodes[node_of(dir)].parent;
    struct inode *up = length == 1 ? dir : parent == ROOT ? proc_fs.root : NULL;
    if (up != NULL)
        inode_hold(up);
    else
        up = new_inode(parent, id_of(dir), -1);
    *ip = up;
    return up == NULL ? -ENOMEM : 0;
}

static int procfs_lookup(struct inode *dir, struct dir_name name, struct inode **ip)
{
    struct found found;
    if (name.text[0] == '.' && name.length <= 2 && name.text[name.length - 1] == '.')
        return look_up_dots(dir, name.length, ip);
    int err = is_here(dir) ? find(dir, name, &found) : -ENOENT;
    if (err != 0)
        return err;
    struct inode *fresh = new_inode(found.node, found.id, found.fd);
    if (fresh == NULL)
        return -ENOMEM;
    err = S_ISLNK(fresh->mode) ? make_link(fresh) : 0;
    if (err != 0)
        inode_put(fresh);
    else
        *ip = fresh;
    return err;
}

/* --- Listing --- */

static bool emit_name(const struct inode *dir, unsigned i, dir_emit *emit, void *arg)
{
    unsigned node = i < 2 ? node_of(dir) : i - 2;
    struct dir_name name = {"..", i + 1};
    if (i >= 2 && (nodes[node].parent != node_of(dir) || nodes[node].name == NULL))
        return true;
    if (i == 1)
        node = nodes[node].parent;
    if (i >= 2)
        name = (struct dir_name){nodes[node].name, (unsigned)strlen(nodes[node].name)};
    int pid = node == ROOT ? 0 : id_of(dir).pid;
    struct dir_entry entry = {number_of(node, pid, -1), type_of(node), name, i + 1};
    return emit(arg, &entry);
}

/* The number at or behind `from` that is a name in the directory; -1: none, or no such names. */
static int next_number(const struct inode *dir, int from)
{
    unsigned at = node_of(dir);
    if (at == FD)
        return proc_next_fd(id_of(dir), from);
    int pid = at == ROOT ? proc_next_pid(from) : 0;
    return pid > 0 ? pid : -1;
}

static void list_numbers(const struct inode *dir, uint64_t *at, dir_emit *emit, void *arg)
{
    unsigned node = node_of(dir) == FD ? FD_LINK : PID;
    int number;
    while ((number = next_number(dir, (int)(*at - PID_MIN_AT))) >= 0) {
        char text[16];
        unsigned length = (unsigned)ksnprintf(text, sizeof(text), "%d", number);
        struct dir_entry entry = {.type = type_of(node), .name = {text, length}};
        entry.ino = node == PID ? number_of(node, number, -1)
                                : number_of(node, id_of(dir).pid, number);
        entry.next = PID_MIN_AT + (uint64_t)number + 1;
        if (!emit(arg, &entry))
            return;
        *at = entry.next;
    }
}

static int procfs_list(struct inode *dir, uint64_t *at, dir_emit *emit, void *arg)
{
    if (!is_here(dir))
        return -ENOENT;
    for (; *at < ARRAY_SIZE(nodes) + 2; ++*at)
        if (!emit_name(dir, (unsigned)*at, emit, arg))
            return 0;
    if (*at < PID_MIN_AT)
        *at = PID_MIN_AT;
    if (*at - PID_MIN_AT < INT32_MAX)
        list_numbers(dir, at, emit, arg);
    return 0;
}

/* --- Files --- */

/* Makes the text anew. */
static int refresh(struct inode *ip) REQUIRES(ip->lock)
{
    struct text t = {.ip = ip};
    struct proc_view v;
    bool of_process = id_of(ip).pid != 0;
    int err = of_process ? proc_view_get(id_of(ip), &v) : 0;
    if (err != 0)
        return err;
    object_shrink(&ip->object, 0);
    err = nodes[node_of(ip)].print(&t, of_process ? &v : NULL);
    if (of_process)
        proc_view_put(&v);
    if (err == 0)
        err = t.err;
    object_grow(&ip->object, t.length);
    return err;
}

static int64_t read_text(struct inode *ip, struct uio *u, uint64_t *offset)
{
    mutex_lock(&ip->lock);
    int err = *offset == 0 || inode_size(ip) == 0 ? refresh(ip) : 0;
    mutex_unlock(&ip->lock);
    int64_t n = err != 0 ? err : data_read(ip, u, *offset);
    if (n > 0)
        *offset += (uint64_t)n;
    return n;
}

static int64_t procfs_read(struct file *f, struct uio *u, uint64_t *offset)
{
    const struct node *node = &nodes[node_of(f->inode)];
    struct proc_view v;
    if (node->print != NULL)
        return read_text(f->inode, u, offset);
    if (node->read == NULL)
        return -EINVAL;
    int64_t n = proc_view_get(id_of(f->inode), &v);
    if (n != 0)
        return n;
    n = node->read(&v, u, offset);
    proc_view_put(&v);
    return n;
}

/* A number, and perhaps an end of line. */
static int64_t procfs_write(struct file *f, struct uio *u, uint64_t *offset)
{
    const struct node *node = &nodes[node_of(f->inode)];
    struct proc_view v;
    char text[8];
    size_t n = min_u64(u->left, sizeof(text));
    if (node->write == NULL || u->left > sizeof(text) || n == 0)
        return -EINVAL;
    if (uio_read(u, text, n) < n)
        return -EFAULT;
    int number = number_in((struct dir_name){text, (unsigned)(text[n - 1] == '\n' ? n - 1 : n)});
    int err = number < 0 ? -EINVAL : proc_view_get(id_of(f->inode), &v);
    if (err != 0)
        return err;
    err = node->write(&v, number);
    proc_view_put(&v);
    return err != 0 ? err : (int64_t)n;
}

static const struct file_ops procfs_files = {.read = procfs_read, .write = procfs_write};

struct file_system proc_fs = {
    .name = "proc",
    .magic = 0x9fa0,
    .dev = 4,
    .lookup = procfs_lookup,
    .list = procfs_list,
    .files = &procfs_files,
};
