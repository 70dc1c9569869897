/*
 * Between kernel and user memory. Every user address goes through here: ranges that leave user
 * space or wrap round are refused, and a page that cannot be had ends the copy. May sleep; no
 * spinlock, busy page or journal handle is held.
 *
 * The host tests bring a stand-in of this header, whose user memory is the test's own.
 */
#ifndef MM_USERCOPY_H
#define MM_USERCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/uio.h"
#include "arch/layout.h"

static inline bool user_range_is_valid(uint64_t va, size_t n)
{
    return va <= USER_END && n <= USER_END - va;
}

/* 0 or -EFAULT. */
int copy_from_user(void *to, uint64_t from, size_t n);
int copy_to_user(uint64_t to, const void *from, size_t n);

/* A string with its final zero: its length, -EFAULT, or -ENAMETOOLONG if it does not fit. */
long copy_string_from_user(char *to, uint64_t from, size_t size);

/*
 * The user's side of a read or write: a list of buffers and how far they are used. A copy moves as
 * many bytes as it can and returns their number; fewer than asked for means a bad address.
 */
struct uio {
    const struct iovec *vectors; /* kernel memory */
    unsigned count;
    size_t offset;  /* in vectors[0] */
    size_t left;    /* bytes in all that remain */
    bool refused;   /* nobody will ever read what is written, also when a part was taken: SIGPIPE */
    bool in_kernel; /* the buffers are not the user's but the kernel's own */
};

static inline struct uio uio_of(const struct iovec *vectors, unsigned count, size_t total)
{
    return (struct uio){vectors, count, 0, total, false, false};
}

size_t uio_read(struct uio *u, void *to, size_t n);
size_t uio_write(struct uio *u, const void *from, size_t n);
size_t uio_write_zeros(struct uio *u, size_t n);

#endif
