/* System calls on names: see table.h. */
#include "abi/errno.h"
#include "abi/statfs.h"
#include "abi/statx.h"
#include "fs/data.h"
#include "fs/fdtable.h"
#include "fs/mount.h"
#include "fs/namespace.h"
#include "fs/open.h"
#include "fs/path.h"
#include "fs/shm.h"
#include "lib/string.h"
#include "lib/util.h"
#include "mm/usercopy.h"
#include "proc/proc.h"
#include "sys/arguments.h"
#include "sys/table.h"

#define NS_PER_S 1000000000

/* --- Finding --- */

/* The inode that a call's directory and path mean, with a reference. */
static int find(long dirfd, long path, long flags, struct inode **ip)
{
    struct path_argument at;
    int err = path_argument_get(&at, (int)dirfd, (uint64_t)path);
    if (err != 0)
        return err;
    if (at.path[0] == '\0' && (flags & AT_EMPTY_PATH)) {
        inode_hold(at.start);
        *ip = at.start;
    } else if (flags & AT_SYMLINK_NOFOLLOW) {
        err = path_find_link(at.start, at.path, ip);
    } else {
        err = path_find(at.start, at.path, ip);
    }
    path_argument_put(&at);
    return err;
}

/* The directory and the last name of a path. The caller puts end->dir. */
static int find_parent(long dirfd, long path, struct path_end *end)
{
    struct path_argument at;
    int err = path_argument_get(&at, (int)dirfd, (uint64_t)path);
    if (err != 0)
        return err;
    err = path_find_parent(at.start, at.path, end);
    path_argument_put(&at);
    return err;
}

/* fstatat of an open pipe: it has no inode. */
static bool stat_descriptor(long dirfd, long path, long flags, struct stat *st, long *err)
{
    char first;
    if (!(flags & AT_EMPTY_PATH) || copy_from_user(&first, (uint64_t)path, 1) != 0 || first != '\0')
        return false;
    struct file *f = fdtable_get(proc_current()->files, (int)dirfd);
    if (f == NULL)
        return false;
    file_stat(f, st);
    file_put(f);
    *err = 0;
    return true;
}

#define STAT_FLAGS (AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT)

static long stat_path(long dirfd, long path, long flags, struct stat *st)
{
    struct inode *ip;
    long err;
    if (stat_descriptor(dirfd, path, flags, st, &err))
        return err;
    err = find(dirfd, path, flags, &ip);
    if (err != 0)
        return err;
    inode_stat(ip, st);
    inode_put(ip);
    return 0;
}

long sys_newfstatat(long dirfd, long path, long to, long flags)
{
    struct stat st;
    if (flags & ~(long)STAT_FLAGS)
        return -EINVAL;
    long err = stat_path(dirfd, path, flags, &st);
    return err != 0 ? err : copy_to_user((uint64_t)to, &st, sizeof(st));
}

static struct statx_timestamp statx_time(const struct timespec *t)
{
    return (struct statx_timestamp){t->tv_sec, (uint32_t)t->tv_nsec, 0};
}

/* When a file was made is not known. */
static void fill_statx(struct statx *x, const struct stat *st)
{
    *x = (struct statx){
        .stx_mask = STATX_BASIC_STATS,
        .stx_blksize = (uint32_t)st->st_blksize,
        .stx_nlink = st->st_nlink,
        .stx_uid = st->st_uid,
        .stx_gid = st->st_gid,
        .stx_mode = (uint16_t)st->st_mode,
        .stx_ino = st->st_ino,
        .stx_size = (uint64_t)st->st_size,
        .stx_blocks = (uint64_t)st->st_blocks,
        .stx_atime = statx_time(&st->st_atim),
        .stx_ctime = statx_time(&st->st_ctim),
        .stx_mtime = statx_time(&st->st_mtim),
        .stx_rdev_major = (uint32_t)DEV_MAJOR(st->st_rdev),
        .stx_rdev_minor = (uint32_t)DEV_MINOR(st->st_rdev),
        .stx_dev_major = (uint32_t)DEV_MAJOR(st->st_dev),
        .stx_dev_minor = (uint32_t)DEV_MINOR(st->st_dev),
    };
}

long sys_statx(long dirfd, long path, long flags, long mask, long to)
{
    struct stat st;
    struct statx x;
    if (flags & ~(long)(STAT_FLAGS | AT_STATX_SYNC_TYPE))
        return -EINVAL;
    if ((mask & STATX__RESERVED) || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
        return -EINVAL;
    long err = stat_path(dirfd, path, flags & ~(long)AT_STATX_SYNC_TYPE, &st);
    if (err != 0)
        return err;
    fill_statx(&x, &st);
    return copy_to_user((uint64_t)to, &x, sizeof(x));
}

/* --- The file system --- */

#define PIPEFS_MAGIC 0x50495045 /* Linux's: for what is in no file system */

static int fill_statfs(const struct inode *ip, struct statfs *s)
{
    struct fs_usage usage;
    bool on_disk = ip != NULL && !inode_is_memory(ip);
    *s = (struct statfs){.f_type = ip != NULL ? ip->fs->magic : PIPEFS_MAGIC,
                         .f_bsize = FS_BLOCK_SIZE,
                         .f_frsize = FS_BLOCK_SIZE,
                         .f_namelen = NAME_MAX,
                         .f_flags = ST_VALID | ST_RELATIME};
    if (ip != NULL && ip->fs == &shm_fs) {
        s->f_blocks = page_total();
        s->f_bfree = s->f_bavail = page_count_free();
    }
    if (!on_disk)
        return 0;
    int err = fs_get_usage(&usage);
    if (err != 0)
        return err;
    s->f_blocks = usage.blocks;
    s->f_bfree = s->f_bavail = usage.free_blocks;
    s->f_files = usage.inodes;
    s->f_ffree = usage.free_inodes;
    return 0;
}

long sys_statfs(long path, long to)
{
    struct statfs s;
    struct inode *ip;
    long err = find(AT_FDCWD, path, 0, &ip);
    if (err != 0)
        return err;
    err = fill_statfs(ip, &s);
    inode_put(ip);
    return err != 0 ? err : copy_to_user((uint64_t)to, &s, sizeof(s));
}

long sys_fstatfs(long fd, long to)
{
    struct statfs s;
    struct file *f = fdtable_get(proc_current()->files, (int)fd);
    if (f == NULL)
        return -EBADF;
    long err = fill_statfs(f->inode, &s);
    file_put(f);
    return err != 0 ? err : copy_to_user((uint64_t)to, &s, sizeof(s));
}

/* Everybody is uid 0, who may read and write everything, and run what anybody may run. */
long sys_faccessat2(long dirfd, long path, long mode, long flags)
{
    struct inode *ip;
    if ((mode & ~7L) || (flags & ~(long)(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)))
        return -EINVAL;
    long err = find(dirfd, path, flags & ~(long)AT_EACCESS, &ip);
    if (err != 0)
        return err;
    if ((mode & 1) && !inode_is_dir(ip) && (ip->mode & 0111) == 0)
        err = -EACCES;
    inode_put(ip);
    return err;
}

long sys_faccessat(long dirfd, long path, long mode)
{
    return sys_faccessat2(dirfd, path, mode, 0);
}

/* What lies where is decided at boot. */
long sys_mount(void)
{
    return -EPERM;
}

long sys_truncate(long path, long size)
{
    struct inode *ip;
    if (size < 0)
        return -EINVAL;
    long err = find(AT_FDCWD, path, 0, &ip);
    if (err != 0)
        return err;
    err = open_truncate(ip, (uint64_t)size);
    inode_put(ip);
    return err;
}

long sys_readlinkat(long dirfd, long path, long buffer, long size)
{
    struct inode *ip;
    if ((int)size <= 0)
        return -EINVAL;
    long err = find(dirfd, path, AT_SYMLINK_NOFOLLOW, &ip);
    if (err != 0)
        return err;
    struct iovec vector = {(void *)buffer, (size_t)(int)size};
    struct uio u = uio_of(&vector, 1, vector.iov_len);
    err = S_ISLNK(ip->mode) ? data_read(ip, &u, 0) : -EINVAL;
    if (err > 0)
        inode_note_read(ip);
    inode_put(ip);
    return err;
}

/* --- Permissions --- */

/* What chmod and chown set; an owner of -1 stays. */
struct ownership {
    uint32_t mode, uid, gid;
};

#define NO_CHANGE UINT32_MAX

static long set_ownership(struct inode *ip, const struct ownership *to)
{
    struct handle h;
    mutex_lock(&ip->lock);
    long err = journal_begin(&h, INODE_UPDATE_CREDITS);
    if (err == 0) {
        if (to->mode != NO_CHANGE)
            ip->mode = (ip->mode & S_IFMT) | (to->mode & 07777);
        else if (!inode_is_dir(ip)) /* a new owner's program does not run as the old one's */
            ip->mode &= ~(uint32_t)(ip->mode & S_IXGRP ? S_ISUID | S_ISGID : S_ISUID);
        ip->uid = to->uid == NO_CHANGE ? ip->uid : to->uid;
        ip->gid = to->gid == NO_CHANGE ? ip->gid : to->gid;
        inode_touch(ip, INODE_CTIME);
        err = inode_update(&h, ip);
        journal_end(&h);
    }
    mutex_unlock(&ip->lock);
    return err;
}

static long set_ownership_at(long dirfd, long path, long flags, const struct ownership *to)
{
    struct inode *ip;
    long err = find(dirfd, path, flags, &ip);
    if (err != 0)
        return err;
    err = set_ownership(ip, to);
    inode_put(ip);
    return err;
}

static long set_ownership_of(long fd, const struct ownership *to)
{
    struct file *f = file_argument_get(fd);
    if (f == NULL)
        return -EBADF;
    long err = f->inode == NULL ? -EINVAL : set_ownership(f->inode, to);
    file_put(f);
    return err;
}

long sys_fchmodat(long dirfd, long path, long mode)
{
    struct ownership to = {(uint32_t)mode & 07777, NO_CHANGE, NO_CHANGE};
    return set_ownership_at(dirfd, path, 0, &to);
}

long sys_fchmod(long fd, long mode)
{
    struct ownership to = {(uint32_t)mode & 07777, NO_CHANGE, NO_CHANGE};
    return set_ownership_of(fd, &to);
}

long sys_fchownat(long dirfd, long path, long uid, long gid, long flags)
{
    struct ownership to = {NO_CHANGE, (uint32_t)uid, (uint32_t)gid};
    if (flags & ~(long)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    return set_ownership_at(dirfd, path, flags, &to);
}

long sys_fchown(long fd, long uid, long gid)
{
    struct ownership to = {NO_CHANGE, (uint32_t)uid, (uint32_t)gid};
    return set_ownership_of(fd, &to);
}

long sys_umask(long mask)
{
    struct proc *p = proc_current();
    uint32_t before = p->place->umask;
    p->place->umask = (uint32_t)mask & 0777;
    return before;
}

/* --- Times --- */

/* One of utimensat's two times: 0 and *ns, set to what it becomes, or -EINVAL. */
static int choose_time(const struct timespec *t, int64_t *ns)
{
    if (t->tv_nsec == UTIME_OMIT)
        return 0;
    if (t->tv_nsec != UTIME_NOW && (t->tv_nsec < 0 || t->tv_nsec >= NS_PER_S))
        return -EINVAL;
    *ns = t->tv_nsec == UTIME_NOW ? (int64_t)clock_realtime_ns()
                                  : (int64_t)((uint64_t)t->tv_sec * NS_PER_S) + t->tv_nsec;
    return 0;
}

static long set_times(struct inode *ip, const struct timespec times[2])
{
    int64_t atime = ip->atime, mtime = ip->mtime;
    if (choose_time(&times[0], &atime) != 0 || choose_time(&times[1], &mtime) != 0)
        return -EINVAL;
    ip->atime = atime;
    ip->mtime = mtime;
    inode_touch(ip, INODE_CTIME);
    return inode_write_times(ip);
}

/* A NULL path means the descriptor itself: futimens. */
long sys_utimensat(long dirfd, long path, long times, long flags)
{
    struct timespec t[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
    struct inode *ip;
    if (flags & ~(long)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    if (times != 0 && copy_from_user(t, (uint64_t)times, sizeof(t)) != 0)
        return -EFAULT;
    if (path == 0) {
        struct file *f = file_argument_get(dirfd);
        if (f == NULL)
            return -EBADF;
        long err = f->inode == NULL ? -EINVAL : set_times(f->inode, t);
        file_put(f);
        return err;
    }
    long err = find(dirfd, path, flags, &ip);
    if (err != 0)
        return err;
    err = set_times(ip, t);
    inode_put(ip);
    return err;
}

/* --- Making and removing --- */

static long create(long dirfd, long path, struct new_inode what)
{
    struct path_end end;
    struct inode *ip;
    long err = find_parent(dirfd, path, &end);
    if (err != 0)
        return err;
    err = namespace_create(&end, what, &ip);
    inode_put(end.dir);
    if (err == 0)
        inode_put(ip);
    return err;
}

static uint32_t permissions(long mode)
{
    return (uint32_t)mode & 07777 & ~proc_current()->place->umask;
}

long sys_mkdirat(long dirfd, long path, long mode)
{
    return create(dirfd, path, (struct new_inode){S_IFDIR | permissions(mode), 0});
}

long sys_mknodat(long dirfd, long path, long mode, long dev)
{
    uint32_t type = (uint32_t)mode & S_IFMT;
    if (type == 0)
        type = S_IFREG;
    if (type != S_IFREG && type != S_IFCHR && type != S_IFIFO)
        return type == S_IFDIR ? -EPERM : -EINVAL;
    uint32_t rdev = type == S_IFCHR ? (uint32_t)dev : 0;
    return create(dirfd, path, (struct new_inode){type | permissions(mode), rdev});
}

long sys_symlinkat(long target, long dirfd, long path)
{
    struct path_end end;
    struct page *page = kalloc(PAGE_BUFFER);
    if (page == NULL)
        return -ENOMEM;
    long err = copy_string_from_user(page_data(page), (uint64_t)target, PATH_MAX);
    if (err == 0)
        err = -ENOENT;
    if (err > 0)
        err = find_parent(dirfd, path, &end);
    if (err == 0) {
        err = namespace_symlink(&end, page_data(page));
        inode_put(end.dir);
    }
    page_put(page);
    return err;
}

long sys_linkat(long from_dirfd, long from, long to_dirfd, long to, long flags)
{
    struct inode *ip;
    struct path_end end;
    if (flags & ~(long)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return -EINVAL;
    long nofollow = flags & AT_SYMLINK_FOLLOW ? 0 : AT_SYMLINK_NOFOLLOW;
    long err = find(from_dirfd, from, nofollow | (flags & AT_EMPTY_PATH), &ip);
    if (err != 0)
        return err;
    err = find_parent(to_dirfd, to, &end);
    if (err == 0) {
        err = namespace_link(ip, &end);
        inode_put(end.dir);
    }
    inode_put(ip);
    return err;
}

long sys_unlinkat(long dirfd, long path, long flags)
{
    struct path_end end;
    if (flags & ~(long)AT_REMOVEDIR)
        return -EINVAL;
    long err = find_parent(dirfd, path, &end);
    if (err != 0)
        return err;
    err = flags & AT_REMOVEDIR ? namespace_rmdir(&end) : namespace_unlink(&end);
    inode_put(end.dir);
    return err;
}

long sys_renameat2(long from_dirfd, long from, long to_dirfd, long to, long flags)
{
    struct path_end from_end, to_end;
    if (flags & ~(long)RENAME_NOREPLACE)
        return -EINVAL;
    long err = find_parent(from_dirfd, from, &from_end);
    if (err != 0)
        return err;
    err = find_parent(to_dirfd, to, &to_end);
    if (err == 0) {
        err = namespace_rename(&from_end, &to_end, flags & RENAME_NOREPLACE);
        inode_put(to_end.dir);
    }
    inode_put(from_end.dir);
    return err;
}

/* --- The working directory --- */

/* Takes over the reference. */
static long change_dir(struct inode *ip)
{
    struct proc *p = proc_current();
    if (!inode_is_dir(ip)) {
        inode_put(ip);
        return -ENOTDIR;
    }
    spin_lock(&tree_lock); /* /proc may be looking at it */
    struct inode *before = p->place->cwd;
    p->place->cwd = ip;
    spin_unlock(&tree_lock);
    inode_put(before);
    return 0;
}

long sys_chdir(long path)
{
    struct inode *ip;
    long err = find(AT_FDCWD, path, 0, &ip);
    return err != 0 ? err : change_dir(ip);
}

long sys_fchdir(long fd)
{
    struct file *f = fdtable_get(proc_current()->files, (int)fd);
    long err = -ENOTDIR;
    if (f == NULL)
        return -EBADF;
    if (f->inode != NULL) {
        inode_hold(f->inode);
        err = change_dir(f->inode);
    }
    file_put(f);
    return err;
}

long sys_getcwd(long buffer, long size)
{
    struct page *page = kalloc(PAGE_BUFFER);
    if (page == NULL)
        return -ENOMEM;
    struct inode *cwd = proc_hold_cwd();
    long length = path_of_dir(cwd, page_data(page), min_u64((uint64_t)size, PATH_MAX));
    inode_put(cwd);
    if (length > 0) {
        int err = copy_to_user((uint64_t)buffer, page_data(page), (size_t)length);
        length = err == 0 ? length : err;
    }
    page_put(page);
    return length;
}

long sys_sync(void)
{
    fs_sync(); /* errors are for the fsync of those whom they concern */
    return 0;
}
