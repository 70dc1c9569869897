/*
 * Caps against a run-away program. Nothing in the kernel is a fixed table; these are only where it
 * says "enough", so that one program cannot take all memory for kernel structures.
 */
#ifndef LIB_CAPS_H
#define LIB_CAPS_H

/* VMAs in one address space: Linux's default (vm.max_map_count), which programs know. -ENOMEM */
#define MAX_VMAS 65530

/* Processes in the system: each costs some 40 KiB of kernel memory. -EAGAIN */
#define MAX_PROCS 4096

/* Process ids are below this, as on Linux by default; they are used round and round. */
#define MAX_PID 32768

/* Descriptors of one process: Linux's default soft limit of RLIMIT_NOFILE. -EMFILE */
#define MAX_FDS 1024

/* Locks on one file: a spinlock is held while they are walked. -ENOLCK */
#define MAX_FILE_LOCKS 8192

/* Holders of locks that are asked whom they wait for before a process waits. */
#define DEADLOCK_STEPS 1000

#endif
