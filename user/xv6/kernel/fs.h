/*
 * The numbers and structures of xv6's file system. The disk here is Quire's own, so of these only
 * directory records are what a program meets: read() of a directory gives them.
 */
#ifndef XV6_KERNEL_FS_H
#define XV6_KERNEL_FS_H

#include "types.h"

#define ROOTINO   1
#define BSIZE     1024

#define FSMAGIC   0x10203040

#define NDIRECT   12
#define NINDIRECT (BSIZE / sizeof(uint))
#define MAXFILE   (NDIRECT + NINDIRECT)

struct superblock {
    uint magic;
    uint size;
    uint nblocks;
    uint ninodes;
    uint nlog;
    uint logstart;
    uint inodestart;
    uint bmapstart;
};

struct dinode {
    short type;
    short major;
    short minor;
    short nlink;
    uint size;
    uint addrs[NDIRECT + 1];
};

#define IPB           (BSIZE / sizeof(struct dinode))
#define IBLOCK(i, sb) ((i) / IPB + (sb).inodestart)
#define BPB           (BSIZE * 8)
#define BBLOCK(b, sb) ((b) / BPB + (sb).bmapstart)

#define DIRSIZ        14

/* A name of all 14 bytes has no zero behind it. */
struct dirent {
    ushort inum; /* 0: no file */
    char name[DIRSIZ];
};

#endif
