/*
 * Address spaces. An address space is a sorted set of VMAs, each a range of pages with one
 * protection over one object (or over nothing: private anonymous memory), and a page table that
 * faults fill in from them. Text, data, heap, stack and mappings are all VMAs.
 *
 * Invariants:
 *  M1. VMAs are page-aligned, not empty, inside [USER_START, USER_END), and do not overlap.
 *  M2. The page table maps nothing outside VMAs.
 *  M3. A VMA over an object stands in the object's list for as long as the page table may have
 *      entries for it.
 *  M4. A writable entry in a private VMA points to an ANON page with this one reference.
 *
 * Locks: mm->lock (sleeping, RANK_MM) for writing by whoever changes VMAs; for reading by faults,
 * which never do I/O under it. mm->pt_lock (spin) guards the page table's entries. A VMA over an
 * object changes only under that object's lock too, so that rmap, which takes no mm->lock, sees it
 * whole.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/layout.h"
#include "arch/pte.h"
#include "lib/list.h"
#include "lib/tree.h"
#include "sync/mutex.h"

#define USER_START 0x1000 /* the first page stays unmapped: NULL */

/* What is mapped, or comes and goes (then negative), in pages, as the limits count it. */
struct vm_use {
    int64_t all;    /* RLIMIT_AS */
    int64_t data;   /* RLIMIT_DATA: private and writable, but for stacks */
    int64_t locked; /* RLIMIT_MEMLOCK */
};

struct mm {
    struct rwlock lock;     /* RANK_MM */
    struct tree vmas;       /* [lock] by address */
    unsigned nvmas;         /* [lock] */
    struct vm_use use;      /* [lock] of all VMAs */
    uint64_t rss_pages;     /* [pt_lock] that the page table maps */
    uint32_t future;        /* [lock] after mlockall(MCL_FUTURE): VMA_* of what is mapped next */
    uint64_t heap_start;    /* [const] after exec */
    uint64_t heap_end;      /* [lock] the program break, any byte */
    struct object *program; /* [const] after exec: its file, with a reference; or NULL */
    uint64_t arg_start, arg_end, env_start, env_end; /* [const] after exec: the strings */
    bool undumpable;                                 /* [racy] PR_SET_DUMPABLE, for who asks */
    uint32_t refs;                                   /* [atomic] */
    uint32_t harts;          /* [atomic] bit n: hart n may have translations of it */
    uint32_t stale_icache;   /* [atomic] bit n: hart n needs fence.i before it runs this */
    struct spinlock pt_lock; /* RANK_PT: the entries of the page table */
    pte_t *root;             /* [const] */
    struct list all;         /* [list lock] for the audit */
};

void mm_init(void);

/* An empty address space with one reference; NULL without memory. */
struct mm *mm_new(void);
void mm_get(struct mm *mm);

/* Gives up a reference; the last one unmaps everything, flushes shared file pages, and may sleep.
 */
void mm_put(struct mm *mm);

/* A copy for a child: private memory copy-on-write, every mapping kept. NULL without memory. */
struct mm *mm_fork(struct mm *parent);

/* This hart runs in `mm` from now on; NULL: in no address space. */
void mm_activate(struct mm *mm);

/* Of every address space in turn, with all other harts stopped; for the audit. */
void mm_for_each(void (*visit)(struct mm *mm, void *arg), void *arg);

#endif
