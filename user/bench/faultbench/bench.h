/* What the parts of faultbench share: the rows' rounds, and memory to measure with. */
#ifndef BENCH_FAULTBENCH_BENCH_H
#define BENCH_FAULTBENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

enum { PAGE = 4096, PAGES = 128 };

#define RW (PROT_READ | PROT_WRITE)

/* How many operations a round has, where it is not one for each of PAGES pages. */
enum { FORKS = 8, LARGE_FORKS = 2, EXECS = 4 };
enum { CALLS = 1000, MAPS = 200, TRIPS = 200, YIELDS = 500 };
enum { CHANGES = 200, MOVED = 1024, ADDED = 100 };

extern int file; /* PAGES pages, in the page cache, without a name */

/*
 * What the processor has counted: instructions, kernel and user code together; other processors
 * than RISC-V count nanoseconds.
 */
static inline uint64_t now(void)
{
#ifdef __riscv
    uint64_t instructions;
    __asm__ volatile("csrr %0, instret" : "=r"(instructions) : : "memory");
    return instructions;
#else
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
#endif
}

uint64_t time_loads(volatile char *at, size_t pages);
uint64_t time_stores(volatile char *at, size_t pages);

/* Private memory with something in it, or NULL. */
char *make_memory(size_t pages);

/* Waits for a child; whether it ended with status 0. */
bool wait_for_one(void);

/* Each is a round of a row: what it took for all its operations; 0: it failed. */
uint64_t zero_fill(void);
uint64_t zero_read(void);
uint64_t file_read(void);
uint64_t file_read_around(void);
uint64_t shared_write(void);
uint64_t private_copy(void);
uint64_t cow_copy(void);
uint64_t cow_reuse(void);

uint64_t fork_small(void);
uint64_t fork_large(void);
uint64_t fork_exec(void);

uint64_t null_syscall(void);
uint64_t pread_block(void);
uint64_t pwrite_block(void);
uint64_t pipe_rtt(void);
uint64_t yield_switch(void);

uint64_t mmap_munmap(void);
uint64_t map_touch_unmap(void);
uint64_t unmap_touched(void);
uint64_t protect_page(void);
uint64_t protect_split(void);
uint64_t remap_move(void);
uint64_t first_mmaps(void);
uint64_t last_mmaps(void);
uint64_t sync_one(void);

uint64_t sigsegv(void);
uint64_t trap_unprotect(void);
uint64_t appel_prot1(void);
uint64_t appel_protn(void);
uint64_t futex_rtt(void);
uint64_t vfork_exec(void);

/* What the kernel has. */
bool has_handlers(void);
bool has_futexes(void);
bool has_vfork(void);

#endif
