/*
 * File systems, as far as they differ. There are several: the one on the disk (namespace.c), files
 * of memory with names (shm.c), those without (memfile.c), and what processes look like (procfs.c).
 * Each inode belongs to one, which its `fs` names; and what is done to a directory's names goes
 * through that structure. What is done to a file's bytes is its object's affair (mm/object.h).
 *
 * A file system lies over a directory of another one. The walk of a path (path.c), which is the
 * only place that knows, steps from that directory to the root that lies over it, and back at "..".
 * For the rest of the kernel there is one tree.
 *
 *         (disk) /            vfs_mount(fs, dir):   dir->leads_to = fs->root
 *               /  \                                fs->covers = dir
 *            tmp    dev
 *                     \
 *                     shm  --leads_to-->  (shm) /
 *                          <--covers----       / \
 *                                             a   b
 */
#ifndef FS_VFS_H
#define FS_VFS_H

#include <stdbool.h>
#include <stdint.h>

struct inode;
struct file_ops;
struct path_end;

struct dir_name {
    const char *text; /* no final zero needed */
    unsigned length;  /* 1 to NAME_MAX */
};

struct dir_entry {
    uint64_t ino; /* inode_number */
    uint8_t type; /* DT_* */
    struct dir_name name;
    uint64_t next; /* the position behind it */
};

/* Takes an entry; false: no more of them. It may touch user memory, but not sleep for long. */
typedef bool dir_emit(void *arg, const struct dir_entry *entry);

struct new_inode {
    uint32_t mode;
    uint32_t rdev;
};

/* Changing names: namespace.h says what, and calls these once the file system is known. */
struct name_ops {
    int (*create)(const struct path_end *end, struct new_inode what, struct inode **ip);
    int (*symlink)(const struct path_end *end, const char *target);
    int (*link)(struct inode *ip, const struct path_end *end);
    int (*remove)(const struct path_end *end, bool as_dir);
    int (*rename)(const struct path_end *from, const struct path_end *to, bool no_replace);
};

struct file_system {
    const char *name; /* [const] as /proc/mounts has it */
    uint64_t magic;   /* [const] as statfs(2) has it */
    uint32_t dev;     /* [const] as stat(2) has it */

    /*
     * The inode that a name in a directory means, with a reference; of "." and ".." too. Called by
     * the walk without locks. 0, -ENOENT, -EIO, -ENOMEM.
     */
    int (*lookup)(struct inode *dir, struct dir_name name, struct inode **ip);

    /*
     * Calls emit(arg, entry) for each name from position *at on, until it returns false or the end
     * is reached; *at is then where to go on. Called without locks. 0, -ENOENT (the directory is
     * deleted), -EIO, -ENOMEM.
     */
    int (*list)(struct inode *dir, uint64_t *at, dir_emit *emit, void *arg);

    /* The last reference to one of its inodes in memory is gone. NULL: there is nothing to do. */
    void (*forget)(struct inode *ip);

    const struct name_ops *names; /* [const] NULL: nobody changes names */
    const struct file_ops *files; /* [const] of regular files; NULL: inode_file_ops */
    struct inode *root;           /* [const after mount] NULL: the disk's, or there is none */
    struct inode *covers;         /* [const after mount] the directory that the root lies over */
};

extern struct file_system disk_fs; /* namespace.c */

/* Lays a file system, with a root, over the directory `path`: 0, or why that is not to be had. */
int vfs_mount(struct file_system *fs, const char *path);

#endif
