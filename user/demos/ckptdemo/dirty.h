/*
 * Which pages of a range have been stored to since one looked last, found in two ways: by
 * protection, where the first store to a page runs into a handler, or by asking the kernel for its
 * soft-dirty bits (/proc/self/pagemap, /proc/self/clear_refs).
 */
#ifndef DEMOS_CKPTDEMO_DIRTY_H
#define DEMOS_CKPTDEMO_DIRTY_H

#include <stdbool.h>
#include <stddef.h>

enum way { BY_PROTECTION, BY_SOFT_DIRTY, WAYS };

enum { PAGES_MAX = 4096 };

/* Begins to watch; no page is dirty. Returns false if the kernel has no means for it. */
bool dirty_watch(enum way way, char *at, size_t pages);

/* Fills in which pages have been stored to; after that none is. Returns how many. */
size_t dirty_take(bool dirty[PAGES_MAX]);

/* How often the handler has run. */
unsigned long dirty_traps(void);

#endif
