/* Arguments that several system calls take: see arguments.h. */
#include "sys/arguments.h"

#include "abi/errno.h"
#include "abi/time.h"
#include "fs/fdtable.h"
#include "mm/usercopy.h"
#include "proc/proc.h"

#define NS_PER_S    1000000000L
#define FARTHEST_NS (UINT64_MAX / 4) /* 146 years: added to any time, it does not overflow */

/* Where a path begins: at the root, the working directory, or a directory that is open. */
static int find_start(struct path_argument *at, int dirfd)
{
    int err = 0;
    if (at->path[0] == '/' || dirfd == AT_FDCWD) {
        at->start = proc_hold_cwd();
        return 0;
    }
    struct file *f = fdtable_get(proc_current()->files, dirfd);
    if (f == NULL)
        return -EBADF;
    at->start = f->inode;
    if (f->inode == NULL || (!inode_is_dir(f->inode) && at->path[0] != '\0'))
        err = -ENOTDIR;
    else
        inode_hold(at->start);
    file_put(f);
    return err;
}

int path_argument_get(struct path_argument *at, int dirfd, uint64_t path)
{
    at->page = kalloc(PAGE_BUFFER);
    if (at->page == NULL)
        return -ENOMEM;
    char *text = page_data(at->page);
    at->path = text;
    long length = copy_string_from_user(text, path, PATH_MAX);
    int err = length < 0 ? (int)length : find_start(at, dirfd);
    if (err != 0)
        page_put(at->page);
    return err;
}

void path_argument_put(struct path_argument *at)
{
    inode_put(at->start);
    page_put(at->page);
}

struct file *file_argument_get(long fd)
{
    struct file *f = fdtable_get(proc_current()->files, (int)fd);
    if (f != NULL && (f->flags & O_PATH)) {
        file_put(f);
        f = NULL;
    }
    return f;
}

int time_argument_get(uint64_t *ns, uint64_t from)
{
    struct timespec t;
    int err = copy_from_user(&t, from, sizeof(t));
    if (err != 0)
        return err;
    if (t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= NS_PER_S)
        return -EINVAL;
    *ns = (uint64_t)t.tv_sec > FARTHEST_NS / NS_PER_S
              ? FARTHEST_NS
              : (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
    return 0;
}
