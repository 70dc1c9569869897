/*
 * From names to inodes. A path is a kernel string of at most PATH_MAX - 1 bytes; `start` is where a
 * relative one begins. Symbolic links on the way are followed, 40 of them at the most.
 *
 * Errors of everything here: -ENOENT, -ENOTDIR, -ENAMETOOLONG, -ELOOP, -EIO, -ENOMEM.
 */
#ifndef FS_PATH_H
#define FS_PATH_H

#include "abi/limits.h"
#include "fs/dir.h"

/* The inode with a reference; a symbolic link at the end is followed, or with `_link` not. */
int path_find(struct inode *start, const char *path, struct inode **ip);
int path_find_link(struct inode *start, const char *path, struct inode **ip);

/*
 * The directory that holds the last name, with a reference, and that name, which need not exist.
 * `followed`: a symbolic link at the end is followed to where it points first (as open does).
 */
struct path_end {
    struct inode *dir;
    struct dir_name name; /* in `text` */
    bool must_be_dir;     /* a slash stood behind it */
    bool is_root;         /* the path was all slashes; the name is "." */
    char text[NAME_MAX + 1];
};
int path_find_parent(struct inode *start, const char *path, struct path_end *end);
int path_find_parent_followed(struct inode *start, const char *path, struct path_end *end);

/* The root directory with a reference. */
struct inode *path_root(void);
void path_set_root(struct inode *root);

/*
 * The absolute path of a directory into `buffer`: its length with the final zero, or -ERANGE,
 * -ENOENT (it is deleted).
 */
long path_of_dir(struct inode *dir, char *buffer, size_t size);

/*
 * The same for any inode, for people to read. Files do not know their paths: the directory in which
 * it was last found is searched for its number, so this takes time. If its name is not there any
 * more, the last one that was taken away stands for it, with " (deleted)" behind. No inode locks
 * are held.
 */
long path_of(struct inode *ip, char *buffer, size_t size);

#endif
