/* lib/util, lib/random and lib/crc32c, each against a definition that is slow and plain. */
#include "lib/crc32c.h"
#include "lib/random.h"
#include "lib/util.h"

#include <stdlib.h>

#include "tests/host/test.h"

static void arithmetic(void)
{
    for (int i = 0; i < 20000; i++) {
        uint64_t a = test_random() >> test_below(64), b = test_random() >> test_below(64);
        uint64_t unit = (uint64_t)1 << test_below(40);
        EXPECT(min_u64(a, b) == (a < b ? a : b) && max_u64(a, b) == (a > b ? a : b));
        EXPECT(round_down(a, unit) == a - a % unit);
        uint64_t up = a % unit == 0 ? a : a - a % unit + unit;
        EXPECT(round_up(a, unit) == up, "%lx up to %lx", (long)a, (long)unit);
        b = b == 0 ? 1 : b;
        EXPECT(div_round_up(a, b) == a / b + (a % b == 0 ? 0 : 1));
        if (a != 0)
            EXPECT(lowest_bit(a) == (unsigned)__builtin_ctzll(a), "%lx", (long)a);
    }
    for (unsigned bit = 0; bit < 64; bit++)
        EXPECT(lowest_bit((uint64_t)1 << bit) == bit && lowest_bit(UINT64_MAX << bit) == bit);
    EXPECT(KIB(3) == 3072 && MIB(5000) == (uint64_t)5000 * 1024 * 1024);
}

/* The first numbers of xorshift64* from seed 1, and that a seed starts the same sequence again. */
static void random_sequence(void)
{
    uint64_t x = 1;
    random_seed(1);
    for (int i = 0; i < 1000; i++) {
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        EXPECT(random_next() == x * 2685821657736338717U, "number %d", i);
    }
    random_seed(12345);
    uint64_t first = random_next();
    random_seed(12345);
    EXPECT(random_next() == first);
    random_seed(0); /* would yield nothing but zeros */
    EXPECT(random_next() != 0);
}

static void random_spread(void)
{
    unsigned ones[64] = {0};
    random_seed(test_random());
    for (int i = 0; i < 10000; i++) {
        uint64_t number = random_next();
        for (int bit = 0; bit < 64; bit++)
            ones[bit] += number >> bit & 1;
    }
    for (int bit = 0; bit < 64; bit++)
        EXPECT(ones[bit] > 4700 && ones[bit] < 5300, "bit %d is set %u times", bit, ones[bit]);
}

static uint32_t slow_crc(uint32_t crc, const uint8_t *at, size_t n)
{
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    return ~crc;
}

static void checksums(void)
{
    EXPECT(crc32c(0, "123456789", 9) == 0xe3069283);
    for (int i = 0; i < 3000; i++) {
        size_t n = test_below(200), skip = test_below(16), cut = test_below(n + 1);
        uint8_t *bytes = test_alloc(skip + n), *at = bytes + skip;
        test_fill(bytes, skip + n);
        uint32_t expected = slow_crc(7, at, n);
        EXPECT(crc32c(7, at, n) == expected, "%zu bytes at %zu", n, skip);
        EXPECT(crc32c(crc32c(7, at, cut), at + cut, n - cut) == expected);
        free(bytes);
    }
}

int main(void)
{
    TEST_SEEDS(arithmetic, 2);
    TEST(random_sequence);
    TEST_SEEDS(random_spread, 3);
    TEST_SEEDS(checksums, 2);
    return test_end();
}
