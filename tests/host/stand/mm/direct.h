/* Physical memory is an array of the test's; both ways are checked against its bounds. */
#ifndef STAND_MM_DIRECT_H
#define STAND_MM_DIRECT_H

#include <stdint.h>

#include "arch/boot.h"

uint64_t pa_of(const void *direct);
void *direct_of(uint64_t pa);

#endif
