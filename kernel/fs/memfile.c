/* Files of memory: see memfile.h. */
#include "fs/memfile.h"

#include "lib/string.h"

static struct file_system memfile_fs = {.name = "memfd", .magic = 0x01021994, .dev = 2};

static struct inode *new_inode(const char *name)
{
    struct inode *ip = inode_new_memory(&memfile_fs, S_IFREG | 0777);
    if (ip == NULL)
        return NULL;
    mutex_lock(&ip->lock);
    inode_note_name(ip, (struct dir_name){name, (unsigned)strlen(name)});
    mutex_unlock(&ip->lock);
    return ip;
}

struct file *memfile_new(const char *name)
{
    struct inode *ip = new_inode(name);
    struct file *f = ip == NULL ? NULL : file_new(&inode_file_ops, O_RDWR, ip);
    if (ip != NULL && f == NULL)
        inode_put(ip);
    return f;
}
