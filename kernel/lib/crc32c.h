/*
 * CRC-32C (Castagnoli), the checksum of iSCSI (RFC 3720, section 12.1) and of the journal here.
 * Start with 0 and feed piece by piece: crc32c(crc32c(0, a, n), b, m) is that of a followed by b.
 */
#ifndef LIB_CRC32C_H
#define LIB_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(uint32_t crc, const void *data, size_t n);

#endif
