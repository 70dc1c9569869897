/* Moving bytes between descriptors. See bytes.h. */
#include "bytes.h"

#include <unistd.h>

bool write_all(int fd, const void *from, size_t n)
{
    const char *at = from;
    while (n > 0) {
        ssize_t written = write(fd, at, n);
        if (written < 0)
            return false;
        at += written;
        n -= (size_t)written;
    }
    return true;
}

enum copy_result copy_bytes(int from, int to)
{
    static char buffer[65536];
    ssize_t n;
    while ((n = read(from, buffer, sizeof(buffer))) > 0)
        if (!write_all(to, buffer, (size_t)n))
            return COPY_WRITE_FAILED;
    return n < 0 ? COPY_READ_FAILED : COPY_DONE;
}
