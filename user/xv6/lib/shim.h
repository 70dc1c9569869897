/*
 * What the files here share. They make xv6's calls of Quire's system calls, without the C library,
 * whose functions have the same names and other arguments. Whatever xv6's kernel checks and Quire
 * leaves to the caller is checked here: the lengths of its tables, and pointers, which must fail a
 * call and not end the program. All names that are not xv6's own begin with __xv6_, so that they
 * meet none of a program's.
 */
#ifndef XV6_LIB_SHIM_H
#define XV6_LIB_SHIM_H

#include <stdbool.h>
#include <stddef.h>

#include "../../lib/syscall.h"
#include "../kernel/fs.h"
#include "../kernel/param.h"
#include "../kernel/riscv.h"

/* A system call of four arguments, of any type; fewer are made up with zeros. */
#define CALL4(number, a, b, c, d) \
    syscall6(number, (struct syscall_args){(long)(a), (long)(b), (long)(c), (long)(d), 0, 0})

/* All of xv6's failures are the same one. */
static inline int __xv6_result(long result)
{
    return result < 0 ? -1 : (int)result;
}

/* Whether 8 bytes can be read there, a string of any length, or n bytes written (n at most 256). */
bool __xv6_can_read(const void *at);
bool __xv6_can_read_string(const char *text);
bool __xv6_can_write(void *at, int n);

/*
 * The path as xv6 understands it: shorter than MAXPATH, each name cut to DIRSIZ bytes. NULL if it
 * cannot be read or is too long.
 */
struct __xv6_path {
    char text[MAXPATH];
};
const char *__xv6_path_take(struct __xv6_path *path, const char *from);

/* The descriptor, or -1 if it is no descriptor or behind what xv6's table holds. */
int __xv6_descriptor(long fd);

/* Fills in n bytes of directory records; returns how many were, 0 at the end. */
int __xv6_directory_read(int fd, void *to, int n);

/* What Quire says of a file; its structure has the same name as xv6's. fd -1: by path. */
struct __xv6_status {
    uint64 device, inode, size;
    uint links;
    short type;
};
int __xv6_status_get(int fd, const char *path, struct __xv6_status *status);

/* The variables that programs are started with; xv6 has none. */
extern char **__xv6_environment;

#endif
