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
    if (S_ISLNK(ip->mode))
        return flags & O_PATH ? 0 : -ELOOP; /* only O_NOFOLLOW leads here */
    if (inode_is_dir(ip))
        return writes || (flags & O_CREAT) ? -EISDIR : 0;
    if (flags & O_DIRECTORY)
        return -ENOTDIR;
    return 0;
}

int open_truncate(struct inode *ip, uint64_t size)
{
    if (inode_is_dir(ip))
        return -EISDIR;
    if (!inode_is_regular(ip))
        return -EINVAL;
    mutex_lock(&ip->lock);
    int err = data_truncate(ip, size);
    mutex_unlock(&ip->lock);
    return err;
}

static int make_file(struct inode *ip, uint32_t flags, struct file **file)
{
    const struct file_ops *ops = S_ISCHR(ip->mode) ? device_ops(ip->rdev) : &inode_file_ops;
    if (ops == NULL || S_ISFIFO(ip->mode))
        return -ENXIO;
    int err = 0;
    if ((flags & O_TRUNC) && inode_is_regular(ip))
        err = open_truncate(ip, 0);
    if (err != 0)
        return err;
    *file = file_new(ops, flags & ~(uint32_t)(O_CREAT | O_EXCL | O_TRUNC | O_NOCTTY | O_CLOEXEC),
                     ip);
    return *file == NULL ? -ENOMEM : 0;
}

int open_path(struct inode *start, const char *path, uint32_t flags, uint32_t mode,
              struct file **file)
{
    struct inode *ip;
    int err = (flags & O_CREAT) && !(flags & O_PATH) ? find_or_create(start, path, flags, mode, &ip)
                                                     : find_existing(start, path, flags, &ip);
    if (err != 0)
        return err;
    err = check_kind(ip, flags);
    if (err == 0)
        err = make_file(ip, flags, file);
    if (err != 0)
        inode_put(ip);
    return err;
}
