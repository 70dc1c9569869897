/*
 * The sizes of xv6's tables. NPROC, NOFILE, MAXARG and MAXPATH are what the library here keeps
 * programs to; the others are only here because programs name them. A stack of Quire grows to
 * 8 MiB, and below it lies a gap: from one to the other it is USERSTACK pages.
 */
#ifndef XV6_KERNEL_PARAM_H
#define XV6_KERNEL_PARAM_H

#define NPROC       64
#define NCPU        8
#define NOFILE      16
#define NFILE       100
#define NINODE      50
#define NDEV        10
#define ROOTDEV     1
#define MAXARG      32
#define MAXOPBLOCKS 10
#define LOGSIZE     (MAXOPBLOCKS * 3)
#define LOGBLOCKS   (MAXOPBLOCKS * 3)
#define NBUF        (MAXOPBLOCKS * 3)
#define FSSIZE      2000
#define MAXPATH     128
#define USERSTACK   2050

#endif
