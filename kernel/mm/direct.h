/*
 * Between physical addresses and the direct map. The host tests bring a stand-in of this header in
 * which physical memory is an array.
 */
#ifndef MM_DIRECT_H
#define MM_DIRECT_H

#include "arch/boot.h"

static inline uint64_t pa_of(const void *direct)
{
    return direct_to_pa(direct);
}

static inline void *direct_of(uint64_t pa)
{
    return pa_to_direct(pa);
}

#endif
