/* Moving bytes between descriptors. */
#ifndef COMMON_BYTES_H
#define COMMON_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all of it, or returns false and leaves errno. */
bool write_all(int fd, const void *from, size_t n);

enum copy_result { COPY_DONE, COPY_READ_FAILED, COPY_WRITE_FAILED };

/* From one descriptor to the other until the end of the first. */
enum copy_result copy_bytes(int from, int to);

#endif
