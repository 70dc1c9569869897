/* CRC-32C against the examples of RFC 3720, section B.4, and against the bitwise algorithm. */
#include "lib/crc32c.h"

#include <stdio.h>
#include <string.h>

#define MOST_BYTES 300

static unsigned passed, failed;

static void expect(uint32_t found, uint32_t expected, const char *test)
{
    if (found == expected) {
        passed++;
        return;
    }
    failed++;
    fprintf(stderr, "FAILED crc32c of %s: %08x instead of %08x\n", test, found, expected);
}

static uint32_t bitwise(uint32_t crc, const uint8_t *bytes, size_t n)
{
    crc = ~crc;
    for (size_t bit = 0; bit < n * 8; bit++) {
        uint32_t in = bytes[bit / 8] >> bit % 8 & 1;
        crc = crc >> 1 ^ ((crc ^ in) & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static void test_examples(void)
{
    uint8_t bytes[32];
    expect(crc32c(0, "", 0), 0, "nothing");
    expect(crc32c(0, "123456789", 9), 0xe3069283, "digits");
    memset(bytes, 0, sizeof(bytes));
    expect(crc32c(0, bytes, sizeof(bytes)), 0x8a9136aa, "zeros");
    memset(bytes, 0xff, sizeof(bytes));
    expect(crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43, "ones");
    for (uint8_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = i;
    expect(crc32c(0, bytes, sizeof(bytes)), 0x46dd794e, "rising bytes");
    for (uint8_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(31 - i);
    expect(crc32c(0, bytes, sizeof(bytes)), 0x113fdb5c, "falling bytes");
}

/* Each length from each alignment, whole and in two pieces. */
static void test_lengths(const uint8_t *bytes)
{
    for (size_t n = 0; n <= MOST_BYTES; n++) {
        for (size_t start = 0; start < 8; start++) {
            uint32_t seed = (uint32_t)n * 0x01234567;
            uint32_t right = bitwise(seed, bytes + start, n);
            uint32_t half = crc32c(seed, bytes + start, n / 2);
            expect(crc32c(seed, bytes + start, n), right, "one piece");
            expect(crc32c(half, bytes + start + n / 2, n - n / 2), right, "two pieces");
        }
    }
}

int main(void)
{
    static uint8_t bytes[MOST_BYTES + 8];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(i * i * 31 + 7);
    test_examples();
    test_lengths(bytes);
    printf("%u %u\n", passed, failed);
    return failed > 0;
}
