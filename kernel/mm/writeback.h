/* What object.c and writeback.c share: the end of BUSY, and the count of pages to be written. */
#ifndef MM_WRITEBACK_H
#define MM_WRITEBACK_H

#include "mm/object.h"

void writeback_init(void);

/* The page is idle again; wakes those who wait for it. May be called with the object's lock. */
void page_end_busy(struct page *page);

/* Adds to the system's count of marked pages. */
void writeback_count(int pages);

/* object_clean without a look at the mappings' dirty bits: the caller has them already. */
int writeback_clean_marked(struct object *o, uint64_t first, uint64_t last);

/*
 * Called by writers after they made pages dirty, without locks that cleaning needs: if too much of
 * memory is dirty, makes them write back this object.
 */
void writeback_throttle(struct object *o);

/* Takes all pages from `first` on out of the object and drops them, dirty or not. */
void object_drop_pages(struct object *o, uint64_t first);

#endif
