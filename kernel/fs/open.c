/* open(2): see open.h. */
#include "fs/open.h"

#include "abi/errno.h"
#include "fs/data.h"
#include "fs/device.h"
#include "fs/namespace.h"
#include "fs/path.h"

static int find_existing(struct inode *start, const char *path, uint32_t flags, struct inode **ip)
{
    return flags & O_NOFOLLOW ? path_find_link(start, path, ip) : path_find(start, path, ip);
}

/* The file at the end of the path, made if it is not there; between looks others may come. */
static int find_or_create(struct inode *start, const char *path, uint32_t flags, uint32_t mode,
                          struct inode **ip)
{
    struct path_end end;
    int err;
    do {
        bool follow = !(flags & (O_EXCL | O_NOFOLLOW));
        err = follow ? path_find_parent_followed(start, path, &end)
                     : path_find_parent(start, path, &end);
        if (err != 0)
            return err;
        err = end.must_be_dir ? -EISDIR
                              : namespace_create(&end, (struct new_inode){S_IFREG | mode, 0}, ip);
        inode_put(end.dir);
        if (err == -EEXIST && !(flags & O_EXCL)) {
            err = find_existing(start, path, flags, ip);
            if (err == -ENOENT)
                err = -EAGAIN; /* it was there and has gone */
        }
    } while (err == -EAGAIN);
    return err;
}

/* Whether an inode may be opened so. */
static int check_kind(const struct inode *ip, uint32_t flags)
{
    bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);
    if ((flags & O_DIRECTORY) && !inode_is_dir(ip))
        return -ENOTDIR;
    if (S_ISLNK(ip->mode))
        return flags & O_PATH ? 0 : -ELOOP; /* only O_NOFOLLOW leads here */
    if (inode_is_dir(ip))
        return writes || (flags & O_CREAT) ? -EISDIR : 0;
    return 0;
}

int open_truncate(struct inode *ip, uint64_t size)
{
    if (inode_is_dir(ip))
        return -EISDIR;
    if (!inode_is_regular(ip))
        return -EINVAL;
    if (ip->fs->files != NULL)
        return 0; /* its contents are made when they are read */
    mutex_lock(&ip->lock);
    int err = size > inode_size(ip) ? file_check_limit(size) : 0;
    if (err == 0)
        err = data_truncate(ip, size);
    mutex_unlock(&ip->lock);
    return err;
}

int open_allocate(struct inode *ip, int mode, uint64_t offset, uint64_t length)
{
    if (inode_is_dir(ip))
        return -EISDIR;
    if (S_ISFIFO(ip->mode))
        return -ESPIPE;
    if (!inode_is_regular(ip))
        return -ENODEV;
    if (ip->fs->files != NULL)
        return -EOPNOTSUPP;
    if (offset > FS_MAX_FILE_SIZE || length > FS_MAX_FILE_SIZE - offset)
        return -EFBIG;
    mutex_lock(&ip->lock);
    bool grows = !(mode & FALLOC_FL_KEEP_SIZE) && offset + length > inode_size(ip);
    int err = grows ? file_check_limit(offset + length) : 0;
    if (err == 0)
        err = data_allocate(ip, offset, offset + length, mode & FALLOC_FL_KEEP_SIZE);
    mutex_unlock(&ip->lock);
    return err;
}

/* Makes a fresh file one of this inode, whose reference it takes over if that succeeds. */
static int attach(struct file *f, struct inode *ip, uint32_t flags)
{
    const struct file_ops *ops = &inode_file_ops;
    if (S_ISCHR(ip->mode))
        ops = device_ops(ip->rdev);
    else if (inode_is_regular(ip) && ip->fs->files != NULL)
        ops = ip->fs->files;
    if (ops == NULL || S_ISFIFO(ip->mode))
        return -ENXIO;
    if ((flags & O_TRUNC) && inode_is_regular(ip)) {
        int err = open_truncate(ip, 0);
        if (err != 0)
            return err;
    }
    f->ops = ops;
    f->inode = ip;
    return 0;
}

/*
 * Takes, for a fresh file, the one that an inode of /proc stands for, as dup(2) would: it has no
 * inode from which another could be made. A mode that it was not opened with is -EACCES.
 */
static int share(struct file **f, struct inode *ip)
{
    struct file *open = ip->stands_for;
    bool reads = file_is_readable(*f), writes = file_is_writable(*f);
    if ((reads && !file_is_readable(open)) || (writes && !file_is_writable(open)))
        return -EACCES;
    file_get(open);
    file_put(*f);
    *f = open;
    inode_put(ip);
    return 0;
}

static int open_into(struct file **f, struct inode *start, const char *path, uint32_t mode,
                     uint32_t flags)
{
    struct inode *ip;
    int err = flags & O_CREAT ? find_or_create(start, path, flags, mode, &ip)
                              : find_existing(start, path, flags, &ip);
    if (err != 0)
        return err;
    err = check_kind(ip, flags);
    if (err == 0 && ip->stands_for != NULL && !(flags & O_PATH))
        err = share(f, ip);
    else if (err == 0)
        err = attach(*f, ip, flags);
    if (err != 0)
        inode_put(ip);
    return err;
}

/* The memory is had first: nothing is made or emptied if there is none. */
int open_path(struct inode *start, const char *path, uint32_t flags, uint32_t mode,
              struct file **file)
{
    const uint32_t for_now = O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_CLOEXEC;
    if (flags & O_PATH)
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if ((flags & O_CREAT) && (flags & O_DIRECTORY))
        return -EINVAL;
    struct file *f = file_new(&inode_file_ops, flags & ~for_now, NULL);
    if (f == NULL)
        return -ENOMEM;
    int err = open_into(&f, start, path, mode, flags);
    if (err != 0)
        file_put(f);
    else
        *file = f;
    return err;
}
