/* Names: see counts.h. */
#include "counts.h"

const char *const fault_names[FAULT_NKINDS] = {
    [FAULT_STACK_GROW] = "stack grown",
    [FAULT_DISK_READ] = "read from disk",
    [FAULT_COW_COPY] = "copied on write",
    [FAULT_COW_REUSE] = "reused on write",
    [FAULT_ZERO_FILL] = "filled with zeros",
    [FAULT_ZERO_READ] = "zero page mapped",
    [FAULT_CACHE_HIT] = "found in cache",
    [FAULT_WRITE_ENABLE] = "made writable",
    [FAULT_SPURIOUS] = "nothing to do",
    [FAULT_SEGV] = "segmentation fault",
    [FAULT_BUS] = "bus error",
    [FAULT_OOM] = "out of memory",
};

const char *const page_state_names[PAGE_NSTATES] = {
    [PAGE_FREE] = "free",        [PAGE_ANON] = "anonymous", [PAGE_CACHE] = "cache",
    [PAGE_TABLE] = "page table", [PAGE_SLAB] = "slab",      [PAGE_STACK] = "stack",
    [PAGE_BUFFER] = "buffer",    [PAGE_KERNEL] = "kernel",
};
