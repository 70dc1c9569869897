/*
 * Pseudo-random numbers, the same on every run for the same seed: a linear congruence modulo 2^64,
 * of which the upper bits are given out, since the lower ones have short periods.
 */
#include <stdint.h>
#include <stdlib.h>

#define MULTIPLIER 0xd1342543de82ef95UL
#define INCREMENT  0x9e3779b97f4a7c15UL

static uint64_t state = 1; /* [atomic] */

static uint64_t step(uint64_t from)
{
    return from * MULTIPLIER + INCREMENT;
}

static int upper_bits(uint64_t value)
{
    return (int)(value >> 33);
}

int rand(void)
{
    uint64_t old = __atomic_load_n(&state, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&state, &old, step(old), 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
    return upper_bits(step(old));
}

void srand(unsigned seed)
{
    __atomic_store_n(&state, step(seed), __ATOMIC_RELAXED);
}

/* The caller's 32 bits are all the state there is. */
int rand_r(unsigned *seed)
{
    uint64_t mixed = step(step(*seed));
    *seed = (unsigned)(mixed >> 32);
    return upper_bits(step(mixed));
}

long random(void)
{
    return rand();
}

void srandom(unsigned seed)
{
    srand(seed);
}
