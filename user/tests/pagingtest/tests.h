/*
 * What the parts of pagingtest share. A program that manages its own memory wants of the kernel
 * (Appel and Li, 1991, and their names): TRAP, a fault comes to a handler; PROT1 and PROTN, pages
 * are made inaccessible; UNPROT, a page is made accessible again; MAP2, a page has two addresses;
 * and DIRTY, which pages were stored to.
 */
#ifndef PAGINGTEST_TESTS_H
#define PAGINGTEST_TESTS_H

#include "../processes.h"

/* So many traps are too many: the program would take the same one for ever. */
enum { TRAPS_MAX = 100000 };

/* Each may be changed by a handler. */
struct traps {
    volatile unsigned count;
    uint8_t *volatile address; /* of the last one */
    volatile int code;
};

extern struct traps traps;

/* Makes this the handler of SIGSEGV; traps count from 0. False: it could not. */
bool take_traps(void (*handler)(int, siginfo_t *, void *), int flags);

/* A handler that counts the trap and makes its page accessible. */
void open_page(int number, siginfo_t *info, void *context);

/* Counts the trap and remembers it; ends the process if there are too many. */
void note_trap(const siginfo_t *info);

static inline uint8_t *page_start(const void *at)
{
    return (uint8_t *)((uintptr_t)at & ~(uintptr_t)(PAGE - 1));
}

/* mprotect that must succeed, for handlers too. */
void protect(void *at, size_t pages, int protection);

/* So many pages twice, both with these contents at first. */
void map_twice(size_t pages, uint8_t **first, uint8_t **second);

#define NEED_TRAPS(handler, flags)       \
    do {                                 \
        if (!take_traps(handler, flags)) \
            return;                      \
    } while (0)

void trap_address(void);
void trap_wide(void);
void trap_code(void);
void prot1(void);
void protn(void);
void unprot(void);
void one_open(void);
void nested(void);
void jump_out(void);
void kernel_access(void);
void forked(void);

void map2(void);
void map2_file(void);
void map2_barrier(void);

void dirty_present(void);
void dirty_stores(void);
void dirty_kernel(void);
void dirty_shared(void);
void dirty_kept(void);

void dsm(void);
void dsm_readers(void);
void store_load(void);
void store_abort(void);
void store_commit(void);

#endif
