/*
 * What the parts of mmapfuzz share: the arena, which is where everything is mapped, what the
 * program believes about each of its pages, random numbers and the log. main.c says what it is for.
 */
#ifndef MMAPFUZZ_FUZZ_H
#define MMAPFUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/types.h>

/* Linux's numbers, the same on each of its machines. */
#ifndef MADV_DONTFORK
#define MADV_DONTFORK 10
#define MADV_DOFORK   11
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#define MADV_KEEPONFORK 19
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ  22
#define MADV_POPULATE_WRITE 23
#endif

enum { PAGE = 4096, PAGES = 48, FILES = 3, FILE_PAGES = 12, FILE_MAX = FILE_PAGES * PAGE };

/* Descriptors: the files for reading and writing, the last one for reading and for writing only. */
enum { FD_READS = FILES, FD_WRITES, FDS };

/* Kinds of steps that a kernel may lack, and that -x leaves out. */
enum lack {
    LACK_MPROTECT = 1,
    LACK_MREMAP = 2,
    LACK_DONTUNMAP = 4,
    LACK_MSYNC = 8,
    LACK_MADVISE = 16,
    LACK_DONTFORK = 32,
    LACK_WIPEONFORK = 64,
    LACK_POPULATE = 128,
    LACK_MINCORE = 256,
};

/*
 * What is believed about a page of the arena. It decides which step is asked for, and whether a
 * touch happens here or in a child that may die of it; the kernel's answer is what is logged.
 */
struct page {
    bool mapped, shared;
    bool may_write; /* mprotect may allow stores */
    bool dontfork;
    bool zero;        /* of /dev/zero */
    int file;         /* which one; -1: memory without a file */
    int prot;         /* PROT_* */
    unsigned index;   /* the page of the file, or of the shared memory */
    unsigned limit;   /* shared memory without a file: its pages */
    unsigned segment; /* equal in adjacent pages: certainly one mapping to the kernel */
};

struct fuzz {
    uint64_t random;
    unsigned lacks; /* enum lack */
    unsigned depth; /* of forks */
    unsigned step, segments;
    unsigned focus;              /* where the last step was */
    char prefix[32];             /* of the step's number */
    int fds[FDS], zero, pipe[2]; /* zero: /dev/zero */
    struct page pages[PAGES];
};

extern struct fuzz fuzz;

/* --- random.c: numbers, and the log --- */

void random_start(uint64_t seed);
unsigned below(unsigned limit);
static inline bool one_in(unsigned n)
{
    return below(n) == 0;
}
uint32_t digest_of(uint32_t digest, const void *bytes, size_t n);
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* The end of a step's line: a result, or the errno's name if it is negative. */
void say_result(long result);

/* How a child ended, from its wait status. */
void say_ended(int status);

/* --- arena.c: what is believed --- */

/* Low enough that no kernel places anything there that may go anywhere. */
static inline uint8_t *at_page(unsigned page)
{
    return (uint8_t *)0x1000000000UL + (size_t)page * PAGE;
}

struct range {
    unsigned page, count;
};

size_t file_size(int file);
bool is_accessible(unsigned page, bool writes);

/* Whether the whole range is certainly one mapping, or is certainly free. */
bool is_one_segment(struct range range);
bool is_gap(struct range range);

/* Any range with at most so many pages; a mapped page to start with if there is one, mostly. */
struct range choose_range(unsigned most);

void forget(struct range range);
void new_segments(struct range range);

/* A mapping of consecutive pages like `first`, which becomes their first page. */
void remember(struct range range, struct page first);

/* What fork leaves out of the child. */
void forget_dontfork(void);

/* --- The kinds of steps --- */

/* mapping.c */
void step_mmap(void);
void step_mmap_wrong(void);
void step_munmap(void);

/* change.c */
void step_mprotect(void);
void step_madvise(void);
void step_msync(void);
void step_mincore(void);

/* remap.c */
void step_remap(void);
void step_remap_twice(void);
void step_remap_wrong(void);

/* touch.c */
void step_load(void);
void step_store(void);
void step_fill(void);
void step_probe(void);
void step_digest(void);
uint32_t digest_all(void);

/* files.c */
bool files_open(unsigned seed);
void step_pread(void);
void step_pwrite(void);
void step_read(void);
void step_write(void);
void step_truncate(void);
void step_flush(void);

/* steps.c: so many steps one after the other */
void run_steps(unsigned steps);

#endif
