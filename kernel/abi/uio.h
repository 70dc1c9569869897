/* Scatter and gather: readv(2), writev(2). */
#ifndef ABI_UIO_H
#define ABI_UIO_H

#include <stddef.h>

struct iovec {
    void *iov_base;
    size_t iov_len;
};

#define IOV_MAX 1024

#endif
