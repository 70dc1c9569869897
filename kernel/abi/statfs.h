/* statfs(2): a mounted file system's size and use, Linux's structure for 64-bit machines. */
#ifndef ABI_STATFS_H
#define ABI_STATFS_H

#include <stdint.h>

/* 120 bytes. All counts of blocks are in units of f_bsize bytes. */
struct statfs {
    uint64_t f_type;
    uint64_t f_bsize;
    uint64_t f_blocks;
    uint64_t f_bfree;
    uint64_t f_bavail;
    uint64_t f_files;
    uint64_t f_ffree;
    int32_t f_fsid[2];
    uint64_t f_namelen;
    uint64_t f_frsize;
    uint64_t f_flags;
    uint64_t f_spare[4];
};

#define ST_VALID    0x0020 /* f_flags means something */
#define ST_RELATIME 0x1000

#endif
