/* What fstat and stat tell of a file, in 24 bytes. */
#ifndef XV6_KERNEL_STAT_H
#define XV6_KERNEL_STAT_H

#include "types.h"

#define T_DIR     1
#define T_FILE    2
#define T_DEVICE  3
#define T_SYMLINK 4 /* of the file system lab */

struct stat {
    int dev;
    uint ino;
    short type;
    short nlink;
    uint64 size; /* bytes */
};

#endif
