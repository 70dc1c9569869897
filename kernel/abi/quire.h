/*
 * quire(2): the one system call that Linux does not have. It looks into the kernel (fault counts,
 * page records, disk counters, processes) and asks it to check itself; tests and tools build on it.
 *
 *     long quire(int op, void *arg, unsigned long size);
 *
 * Each operation names the structure that `arg` points to; `size` is that structure's size, or the
 * size of the whole array where it says array. Errors: EINVAL (unknown op, wrong size), EFAULT.
 * On Linux the call fails with ENOSYS, by which a test knows that it is not on Quire.
 */
#ifndef ABI_QUIRE_H
#define ABI_QUIRE_H

#include <stdint.h>

enum quire_op {
    QUIRE_FAULTS_SELF,     /* struct quire_faults: of the calling process */
    QUIRE_FAULTS_CHILDREN, /* struct quire_faults: of its waited-for children and theirs */
    QUIRE_FAULTS_SYSTEM,   /* struct quire_faults: of the whole system since boot */
    QUIRE_MEMORY,          /* struct quire_memory */
    QUIRE_PAGE,            /* struct quire_page: the page behind one of the caller's addresses */
    QUIRE_DISK,            /* struct quire_disk */
    QUIRE_PROCS,           /* array of struct quire_proc; returns how many were filled in */
    QUIRE_AUDIT,           /* NULL, 0: checks every page record; returns the number of violations */
    QUIRE_DROP_CACHES,     /* NULL, 0: writes back, then frees all cached data that is not in use */
    QUIRE_BOOT,            /* struct quire_boot */
    QUIRE_FAIL_ALLOC, /* NULL, n: the n-th allocation in system calls of the caller fails from now
                         on, 0: none; returns how many were still to come of the last such call */
    QUIRE_PANIC,      /* NULL, 0: panics, to try the panic path; never returns */
    QUIRE_TRACE, /* NULL, 1: the console shows the system calls of the calling thread, and of what
                    it starts, from now on; 0: no longer. Returns what it was before */
};

/*
 * Page faults by kind. A fault that was served counts once, under the first kind of this list that
 * fits it; one that killed its process counts under SEGV, BUS or OOM. So the kinds add up to the
 * number of page-fault traps, those taken by the kernel while it copies from or to user memory
 * included.
 */
enum fault_kind {
    FAULT_STACK_GROW,   /* the stack's mapping was extended downwards */
    FAULT_DISK_READ,    /* the page had to be read from the disk */
    FAULT_COW_COPY,     /* a private page was made by copying a shared one, or a file's */
    FAULT_COW_REUSE,    /* the last owner of a copy-on-write page got it back writable */
    FAULT_ZERO_FILL,    /* a private anonymous page was made, all zero */
    FAULT_ZERO_READ,    /* a read of an untouched anonymous page got the shared zero page */
    FAULT_CACHE_HIT,    /* a page that the object had, or could make without I/O, was mapped */
    FAULT_WRITE_ENABLE, /* a page already mapped in a shared mapping became writable */
    FAULT_SPURIOUS,     /* nothing was left to do: another hart, or a stale translation */
    FAULT_SEGV,         /* no mapping, or its protection forbids the access */
    FAULT_BUS,          /* past the end of file, a disk error, or no block for a hole */
    FAULT_OOM,          /* no memory was left */
    FAULT_NKINDS
};

struct quire_faults {
    uint64_t count[FAULT_NKINDS];
};

/* What a page is used for; every page of RAM is in exactly one class. */
enum page_state {
    PAGE_FREE,
    PAGE_ANON,   /* private memory of processes */
    PAGE_CACHE,  /* owned by an object: file data, metadata, shared anonymous memory */
    PAGE_TABLE,  /* page tables */
    PAGE_SLAB,   /* small kernel structures */
    PAGE_STACK,  /* kernel stacks */
    PAGE_BUFFER, /* pipe contents, argument strings and other short-lived buffers */
    PAGE_KERNEL, /* firmware, kernel image, page records: from boot to power-off */
    PAGE_NSTATES
};

#define QUIRE_NSLABS 24

struct quire_memory {
    uint64_t pages[PAGE_NSTATES]; /* in pages of 4096 bytes; they add up to the machine's RAM */
    uint64_t dirty;               /* cache pages waiting to be written */
    uint64_t pins;                /* short-lived references held at this moment */
    struct {
        char name[16]; /* "" behind the last one */
        uint64_t in_use;
        uint64_t object_size; /* bytes */
    } slabs[QUIRE_NSLABS];
};

struct quire_page {
    uint64_t va;       /* in: the address to look up */
    uint64_t pfn;      /* out: physical frame number, 0 if nothing is mapped there */
    uint32_t refs;     /* out: its reference count */
    uint32_t state;    /* out: enum page_state */
    uint32_t writable; /* out: 1 if the hardware lets user code store to it now */
    uint32_t dirty;    /* out: 1 if the hardware's dirty bit is set in this mapping */
};

/* Requests that reached the device, and how many 4096-byte blocks they moved. */
struct quire_disk {
    uint64_t reads, writes, flushes;
    uint64_t blocks_read, blocks_written;
};

struct quire_proc {
    int32_t pid, ppid, pgid;
    char state; /* R running or runnable, S asleep, Z ended and not yet waited for */
    char name[19];
    uint64_t vm_pages;  /* sum of its mappings' sizes */
    uint64_t rss_pages; /* pages its page tables map */
    uint64_t cpu_ns;
};

/* What the start took; `instructions` by the boot hart's instret counter: see make bench. */
struct quire_boot {
    uint64_t instructions; /* from reset to the first instruction of init */
    uint64_t slept; /* counted by instret until now while the caller's hart waited for interrupts */
};

#endif
