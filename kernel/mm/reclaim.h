/*
 * Making room: evicting cached pages that nobody uses when free memory runs short.
 *
 * A clean page that only its object refers to can go at once; the list of candidates is a clock: a
 * page used since the hand last passed gets another round. Dirty pages have to be written first,
 * which is the flusher's work (fs/sync.c): reclaim asks for it and waits.
 */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/page.h"

/* Called once, when RAM is known. */
void reclaim_init(void);

/* Below so many free pages the flusher is asked to make room. */
uint64_t reclaim_low_mark(void);
void reclaim_request(void);

/*
 * Tries to free at least `npages`; may sleep until the flusher has written something. False when
 * nothing is left to be freed. No spinlock is held; sleeping locks may be.
 */
bool reclaim_make_room(unsigned npages);

/* Evicts up to `npages` clean pages without sleeping; returns how many. */
unsigned reclaim_evict(unsigned npages);

/* Pages that might be evicted. */
uint64_t reclaim_count(void);

/* A page begins or ends being a candidate. Its object's lock is held. */
void reclaim_add(struct page *page);
void reclaim_remove(struct page *page);

/*
 * The flusher's side. reclaim_wait_work sleeps while there is nothing to write; once there is,
 * until `delay_ns` later, so that more comes together, or until a request. Then it writes, and says
 * whether more may come without being noted (through mappings).
 */
void reclaim_wait_work(uint64_t delay_ns);
void reclaim_round_done(bool more);

/* Something has to be written some time. May be called with any spinlock up to RANK_WAIT. */
void reclaim_note_work(void);

#endif
