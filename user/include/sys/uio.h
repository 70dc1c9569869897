/* Reading and writing several buffers at once. */
#ifndef SYS_UIO_H
#define SYS_UIO_H

#include <sys/types.h>

#include "abi/uio.h"

ssize_t readv(int fd, const struct iovec *buffers, int count);
ssize_t writev(int fd, const struct iovec *buffers, int count);
ssize_t preadv(int fd, const struct iovec *buffers, int count, off_t offset);
ssize_t pwritev(int fd, const struct iovec *buffers, int count, off_t offset);

#endif
