/*
 * CRC-32C: see crc32c.h. Eight bytes a step ("slicing by 8"): slice[k][b] is the checksum's
 * change by byte b with k zero bytes behind it.
 *
 * The tables are written down by their basis. A checksum is linear over XOR, so an entry is the
 * XOR of the entries of its index's bits; and those 64 are one sequence: the polynomial
 * (reflected), then each number one step of the bitwise algorithm after the one before it. The
 * compiler multiplies them out. Little-endian machines only.
 */
#include "lib/crc32c.h"

/* An entry from its index and the entries of the indices 128, 64, 32, ... 1. */
#define PICK(n, a, b, c, d, e, f, g, h)                                           \
    (((n)&128 ? a : 0) ^ ((n)&64 ? b : 0) ^ ((n)&32 ? c : 0) ^ ((n)&16 ? d : 0) ^ \
     ((n)&8 ? e : 0) ^ ((n)&4 ? f : 0) ^ ((n)&2 ? g : 0) ^ ((n)&1 ? h : 0))
#define FOUR(n, ...)                                                          \
    PICK(n, __VA_ARGS__), PICK(n + 1, __VA_ARGS__), PICK(n + 2, __VA_ARGS__), \
        PICK(n + 3, __VA_ARGS__)
#define SIXTEEN(n, ...)                                                       \
    FOUR(n, __VA_ARGS__), FOUR(n + 4, __VA_ARGS__), FOUR(n + 8, __VA_ARGS__), \
        FOUR(n + 12, __VA_ARGS__)
#define SIXTY_FOUR(n, ...)                                                               \
    SIXTEEN(n, __VA_ARGS__), SIXTEEN(n + 16, __VA_ARGS__), SIXTEEN(n + 32, __VA_ARGS__), \
        SIXTEEN(n + 48, __VA_ARGS__)
#define SLICE(...)                                                                             \
    {                                                                                          \
        SIXTY_FOUR(0, __VA_ARGS__), SIXTY_FOUR(64, __VA_ARGS__), SIXTY_FOUR(128, __VA_ARGS__), \
            SIXTY_FOUR(192, __VA_ARGS__)                                                       \
    }

static const uint32_t slice[8][256] = {
    SLICE(0x82f63b78, 0x417b1dbc, 0x20bd8ede, 0x105ec76f, 0x8ad958cf, 0xc79a971f, 0xe13b70f7,
          0xf26b8303),
    SLICE(0xfbc3faf9, 0xff17c604, 0x7f8be302, 0x3fc5f181, 0x9d14c3b8, 0x4e8a61dc, 0x274530ee,
          0x13a29877),
    SLICE(0x8b277743, 0xc76580d9, 0xe144fb14, 0x70a27d8a, 0x38513ec5, 0x9edea41a, 0x4f6f520d,
          0xa541927e),
    SLICE(0x52a0c93f, 0xaba65fe7, 0xd725148b, 0xe964b13d, 0xf64463e6, 0x7b2231f3, 0xbf672381,
          0xdd45aab8),
    SLICE(0x6ea2d55c, 0x37516aae, 0x1ba8b557, 0x8f2261d3, 0xc5670b91, 0xe045beb0, 0x7022df58,
          0x38116fac),
    SLICE(0x1c08b7d6, 0x0e045beb, 0x85f4168d, 0xc00c303e, 0x6006181f, 0xb2f53777, 0xdb8ca0c3,
          0xef306b19),
    SLICE(0xf56e0ef4, 0x7ab7077a, 0x3d5b83bd, 0x9c5bfaa6, 0x4e2dfd53, 0xa5e0c5d1, 0xd0065990,
          0x68032cc8),
    SLICE(0x34019664, 0x1a00cb32, 0x0d006599, 0x847609b4, 0x423b04da, 0x211d826d, 0x9278fa4e,
          0x493c7d27),
};

/* Memory of any type may be read through it. */
typedef uint64_t __attribute__((may_alias)) any_word;

static uint32_t step_bytes(uint32_t crc, const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        crc = (crc >> 8) ^ slice[0][(crc ^ at[i]) & 0xff];
    return crc;
}

static uint32_t step_word(uint32_t crc, uint64_t word)
{
    word ^= crc;
    return slice[7][word & 0xff] ^ slice[6][word >> 8 & 0xff] ^ slice[5][word >> 16 & 0xff] ^
           slice[4][word >> 24 & 0xff] ^ slice[3][word >> 32 & 0xff] ^ slice[2][word >> 40 & 0xff] ^
           slice[1][word >> 48 & 0xff] ^ slice[0][word >> 56];
}

uint32_t crc32c(uint32_t crc, const void *data, size_t n)
{
    const uint8_t *at = data;
    size_t head = -(uintptr_t)at & 7;
    if (head > n)
        head = n;
    crc = step_bytes(~crc, at, head);
    at += head;
    n -= head;
    for (; n >= 8; at += 8, n -= 8)
        crc = step_word(crc, *(const any_word *)at);
    return ~step_bytes(crc, at, n);
}
