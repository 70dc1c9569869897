/* Changing what a mapping allows: mprotect(2). */
#ifndef MM_PROTECT_H
#define MM_PROTECT_H

#include "mm/mm.h"

/*
 * Sets the protection (PROT_*) of all pages of [start, start + size), whose start is page-aligned;
 * size is rounded up. As on Linux it goes from low to high and stops at the first page that it may
 * not change (PROT_GROWSDOWN: from the start of the stack that holds the range): -ENOMEM where
 * nothing is mapped, -EACCES for writing to a shared mapping of a file that is not open for
 * writing; what lies below is changed then. -EINVAL; -ENOMEM also without memory or for too many
 * mappings, and then nothing is changed.
 */
int mm_protect(struct mm *mm, uint64_t start, uint64_t size, uint32_t prot);

#endif
