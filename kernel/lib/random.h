/* Numbers that look random (xorshift64*, Vigna 2016); not for secrets. Any thread may call. */
#ifndef LIB_RANDOM_H
#define LIB_RANDOM_H

#include <stdint.h>

void random_seed(uint64_t seed);
uint64_t random_next(void);

#endif
