/* Runs of one byte. */
#ifndef MKFS_BYTES_H
#define MKFS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Whether each of the n bytes has this value; true of none. */
static inline bool bytes_are(const uint8_t *bytes, size_t n, uint8_t value)
{
    return n == 0 || (bytes[0] == value && memcmp(bytes, bytes + 1, n - 1) == 0);
}

#endif
