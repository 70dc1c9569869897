/* Sizes that programs may build upon. */
#ifndef ABI_LIMITS_H
#define ABI_LIMITS_H

#define PAGE_SIZE 4096
#define NAME_MAX  255    /* bytes in one name of a path, without the final zero */
#define PATH_MAX  4096   /* bytes in a path, with the final zero */
#define PIPE_BUF  4096   /* bytes that a write to a pipe keeps together */
#define ARG_MAX   131072 /* bytes of arguments and environment that execve takes */

#endif
