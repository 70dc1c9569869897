/*
 * xv6's map of memory, for programs that reckon with it: a machine of 128 MiB, and two pages at the
 * top of a program's addresses that are not its own. Both hold on Quire as well (`MEM=128M`).
 */
#ifndef XV6_KERNEL_MEMLAYOUT_H
#define XV6_KERNEL_MEMLAYOUT_H

#include "param.h"
#include "riscv.h"

#define UART0       0x10000000L
#define UART0_IRQ   10
#define VIRTIO0     0x10001000
#define VIRTIO0_IRQ 1
#define PLIC        0x0c000000L

#define KERNBASE    0x80000000L
#define PHYSTOP     (KERNBASE + 128 * 1024 * 1024)

#define TRAMPOLINE  (MAXVA - PGSIZE)
#define TRAPFRAME   (TRAMPOLINE - PGSIZE)
#define KSTACK(p)   (TRAMPOLINE - ((p) + 1) * 2 * PGSIZE)

#endif
