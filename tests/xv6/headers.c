/* Every header, in an order that xv6's own programs have, and the numbers that they promise. */
#include "kernel/param.h"
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include "kernel/fs.h"
#include "kernel/fcntl.h"
#include "kernel/syscall.h"
#include "kernel/memlayout.h"
#include "kernel/riscv.h"
#include "kernel/spinlock.h"
#include "kernel/sleeplock.h"
#include "kernel/file.h"

#include "check.h"

static void types(void)
{
    CHECK(sizeof(uchar) == 1 && sizeof(ushort) == 2 && sizeof(uint) == 4);
    CHECK(sizeof(uint8) == 1 && sizeof(uint16) == 2 && sizeof(uint32) == 4 && sizeof(uint64) == 8);
    CHECK(sizeof(struct stat) == 24 && sizeof(struct dirent) == 16 && sizeof(struct dinode) == 64);
    CHECK(sizeof(pte_t) == 8 && sizeof(size_t) == 8 && sizeof(off_t) == 8);
    CHECK(sizeof(struct superblock) == 32 && sizeof(struct spinlock) > 0);
    CHECK(sizeof(struct sleeplock) > sizeof(struct spinlock) && sizeof(struct file) > 0);
}

static void numbers(void)
{
    CHECK(BSIZE == 1024 && DIRSIZ == 14 && NDIRECT == 12 && NINDIRECT == 256 && MAXFILE == 268);
    CHECK(PGSIZE == 4096 && PGROUNDUP(4097) == 8192 && PGROUNDDOWN(8191) == 4096);
    CHECK(MAXVA == 0x4000000000 && TRAMPOLINE == 0x3ffffff000 && TRAPFRAME == 0x3fffffe000);
    CHECK(KERNBASE == 0x80000000 && PHYSTOP - KERNBASE == 128 << 20);
    CHECK(O_CREATE == 0x200 && O_TRUNC == 0x400 && O_RDWR == 2);
    CHECK(T_DIR == 1 && T_FILE == 2 && T_DEVICE == 3);
    CHECK(PROT_READ == 1 && PROT_WRITE == 2 && MAP_SHARED == 1 && MAP_PRIVATE == 2);
    CHECK(NPROC == 64 && NOFILE == 16 && MAXARG == 32 && MAXPATH == 128 && ROOTDEV == 1);
    CHECK(SYS_fork == 1 && SYS_close == 21 && CONSOLE == 1 && USERSTACK > 0);
    CHECK(SBRK_ERROR == (char *)-1 && mkdev(1, 2) == 0x10002 && major(0x10002) == 1);
}

static void registers(void)
{
    uint64 local;
    CHECK(r_sp() <= (uint64)&local && r_sp() + PGSIZE > (uint64)&local);
    CHECK(r_fp() > r_sp() && r_fp() - r_sp() < PGSIZE);
    uint64 before = r_time();
    CHECK(r_time() >= before);
}

int main(void)
{
    types();
    numbers();
    registers();
    exit(check_end());
}
