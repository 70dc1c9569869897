/*
 * Changing names: each operation is atomic, after a crash it has happened or not (one handle each).
 * Errors are Linux's for the call of the same name. No locks are held by the caller.
 */
#ifndef FS_NAMESPACE_H
#define FS_NAMESPACE_H

#include "fs/path.h"

/*
 * Makes a file, directory (S_IFDIR), or device under a new name and gives it with a reference.
 * -EEXIST if the name is taken.
 */
int namespace_create(const struct path_end *end, struct new_inode what, struct inode **ip);

/* A symbolic link. `target` has at most PATH_MAX - 1 bytes. */
int namespace_symlink(const struct path_end *end, const char *target);

int namespace_link(struct inode *ip, const struct path_end *end);
int namespace_unlink(const struct path_end *end);
int namespace_rmdir(const struct path_end *end);

/* renameat2 without flags, or with RENAME_NOREPLACE. */
int namespace_rename(const struct path_end *from, const struct path_end *to, bool no_replace);

void namespace_init(void);

#endif
