/*
 * Long numbers in decimal limbs, for the exact conversion of floating-point numbers to text and
 * back. A number is the sum of limb[i] * BIG_BASE^i for i below count; the highest limb is not 0.
 */
#ifndef LIB_BIGNUM_H
#define LIB_BIGNUM_H

#include <stdint.h>

#define BIG_BASE   1000000000
#define BIG_DIGITS 9

/* Room for the longest that is needed: strtod's 800 digits from 309 places before the point on. */
#define BIG_LIMBS 192

struct bignum {
    int count;
    uint32_t limb[BIG_LIMBS];
};

/* Takes the zeros off the top. */
static inline void bignum_trim(struct bignum *n)
{
    while (n->count > 0 && n->limb[n->count - 1] == 0)
        n->count--;
}

/* number = number * factor, which is below 2^32. */
static inline void bignum_multiply(struct bignum *n, uint32_t factor)
{
    uint64_t carry = 0;
    for (int i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limb[i] * factor;
        n->limb[i] = carry % BIG_BASE;
        carry /= BIG_BASE;
    }
    for (; carry > 0; carry /= BIG_BASE)
        n->limb[n->count++] = carry % BIG_BASE;
}

/* number = number / divisor; returns the remainder. */
static inline uint32_t bignum_divide(struct bignum *n, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int i = n->count - 1; i >= 0; i--) {
        rest = rest * BIG_BASE + n->limb[i];
        n->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    bignum_trim(n);
    return (uint32_t)rest;
}

#endif
