/*
 * The layout of virtual memory (Sv39) and of the kernel image; usable from assembly.
 *
 *   0x0000000000001000  user programs: the lower half, 256 GiB
 *   0x0000004000000000  end of user space
 *   0xffffffc000000000  physical address 0: the direct map of all memory and devices, in large
 *                       global pages; the kernel runs here, at its load address + DIRECT_BASE
 *
 * The image's code and constants share the first 2 MiB page, which may be executed and not written;
 * all other pages of the direct map may be written and not executed.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define PAGE_SHIFT 12
#ifndef PAGE_SIZE
#define PAGE_SIZE 4096
#endif

#define DIRECT_BASE  0xffffffc000000000
#define KERNEL_LOAD  0x80200000 /* where OpenSBI starts the kernel */
#define LARGE_PAGE   0x200000
#define GIGA_PAGE    0x40000000
#define USER_END     0x4000000000
#define DIRECT_LIMIT 0x3f80000000 /* physical memory above this has no place in the direct map */

#define MAX_HARTS    8

/* A kernel stack is a naturally aligned block of this size, with the trap frame at its top. */
#define STACK_ORDER 1
#define STACK_SIZE  8192

#define FRAME_SIZE  272 /* struct trapframe, in 16-byte units */

#endif
