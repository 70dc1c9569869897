/* Numbers that look random: see random.h. */
#include "lib/random.h"

#include <stdbool.h>

static uint64_t state = 1; /* [atomic] never 0 */

void random_seed(uint64_t seed)
{
    __atomic_store_n(&state, seed == 0 ? 1 : seed, __ATOMIC_RELAXED);
}

static uint64_t step(uint64_t x)
{
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return x;
}

uint64_t random_next(void)
{
    uint64_t before = __atomic_load_n(&state, __ATOMIC_RELAXED), after;
    do
        after = step(before);
    while (!__atomic_compare_exchange_n(&state, &before, after, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
    return after * 0x2545f4914f6cdd1dUL;
}
