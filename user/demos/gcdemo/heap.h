/*
 * A heap with a copying collector that works a page at a time (Appel, Ellis and Li 1988).
 *
 * There are two spaces, and each page of both is mapped twice: for the program, and for the
 * collector, who may always store to it. The program has its objects in one space, the to-space; of
 * the other one every page is protected.
 *
 *     to-space   | copies, scanned or not -> |    free    | <- new objects |
 *                0                       copied        allocated         end
 *
 * A collection begins when the free part is used up. The spaces change places (a flip), and what
 * the roots point to is copied. Copies may still point into the from-space, so their pages stay
 * protected. When the program touches one, the handler of SIGSEGV scans that page: it copies all
 * that the page points to, mends the pointers, and only then lets the program have the page. So the
 * program never sees a pointer into the from-space. With each new object some pages are scanned
 * too, so that the collection ends before the space does.
 */
#ifndef DEMOS_GCDEMO_HEAP_H
#define DEMOS_GCDEMO_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 0: nothing; odd: a number; even: an object, by the address at which the program sees it. */
typedef uint64_t ref;

#define NOTHING ((ref)0)

static inline ref of_number(uint64_t number)
{
    return number << 1 | 1;
}

static inline uint64_t number_of(ref v)
{
    return v >> 1;
}

/* Interruptions of the program by the collector, of one kind. */
struct pauses {
    uint64_t count;
    uint64_t total, longest; /* in TICKS; without what the kernel needs to deliver a signal */
    uint64_t most_words;     /* scanned or copied in one */
};

struct heap_stats {
    struct pauses flips, traps, steps;
    uint64_t collections, unprotected, copied_words;
};

/* Makes the heap: two spaces of so many pages. A collection that is not incremental stops all. */
void heap_make(size_t pages, bool incremental, struct heap_stats *stats);

/* A new object, all of whose fields are nothing. May flip: objects that are no roots are lost. */
ref heap_new(unsigned fields);

/* What the program does with objects is loads and stores and nothing else. */
static inline ref get(ref object, unsigned field)
{
    return ((ref *)object)[1 + field];
}

static inline void set(ref object, unsigned field, ref v)
{
    ((ref *)object)[1 + field] = v;
}

/* --- The roots: a stack of values that the collector knows --- */

enum { ROOTS_MAX = 256 };

extern ref roots[ROOTS_MAX];
extern unsigned nroots;

static inline unsigned root_push(ref v)
{
    roots[nroots] = v;
    return nroots++;
}

#endif
