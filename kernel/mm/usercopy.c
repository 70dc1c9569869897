/* Between kernel and user memory: see usercopy.h. */
#include "mm/usercopy.h"

#include "abi/errno.h"
#include "arch/usercopy.h"
#include "lib/string.h"
#include "lib/util.h"

int copy_from_user(void *to, uint64_t from, size_t n)
{
    if (!user_range_is_valid(from, n) || arch_user_copy(to, (const void *)from, n) != 0)
        return -EFAULT;
    return 0;
}

int copy_to_user(uint64_t to, const void *from, size_t n)
{
    if (!user_range_is_valid(to, n) || arch_user_copy((void *)to, from, n) != 0)
        return -EFAULT;
    return 0;
}

long copy_string_from_user(char *to, uint64_t from, size_t size)
{
    if (from >= USER_END)
        return -EFAULT;
    size_t room = min_u64(size, USER_END - from);
    long length = arch_user_string(to, (const char *)from, room);
    if (length < 0 || ((size_t)length == room && room < size))
        return -EFAULT;
    return (size_t)length == size ? -ENAMETOOLONG : length;
}

enum direction { TO_KERNEL, TO_USER, ZEROS_TO_USER };

static size_t move_in_kernel(void *here, void *there, size_t n, enum direction direction)
{
    if (direction == TO_KERNEL)
        memcpy(there, here, n);
    else if (direction == TO_USER)
        memcpy(here, there, n);
    else
        memset(here, 0, n);
    return n;
}

/* Moves up to n bytes at one user address; returns how many were moved. */
static size_t move(uint64_t user, void *kernel, size_t n, enum direction direction)
{
    if (!user_range_is_valid(user, n))
        return 0;
    switch (direction) {
    case TO_KERNEL: return n - arch_user_copy(kernel, (const void *)user, n);
    case TO_USER: return n - arch_user_copy((void *)user, kernel, n);
    default: return n - arch_user_zero((void *)user, n);
    }
}

static size_t transfer(struct uio *u, char *kernel, size_t n, enum direction direction)
{
    size_t done = 0;
    while (done < n && u->left > 0) {
        size_t here = u->vectors->iov_len - u->offset;
        if (here == 0) {
            u->vectors++;
            u->count--;
            u->offset = 0;
            continue;
        }
        size_t part = min_u64(here, n - done);
        uint64_t user = (uint64_t)u->vectors->iov_base + u->offset;
        char *there = kernel == NULL ? NULL : kernel + done;
        size_t moved = u->in_kernel ? move_in_kernel((void *)user, there, part, direction)
                                    : move(user, there, part, direction);
        u->offset += moved;
        u->left -= moved;
        done += moved;
        if (moved < part)
            break;
    }
    return done;
}

size_t uio_read(struct uio *u, void *to, size_t n)
{
    return transfer(u, to, n, TO_KERNEL);
}

size_t uio_write(struct uio *u, const void *from, size_t n)
{
    return transfer(u, (char *)from, n, TO_USER);
}

size_t uio_write_zeros(struct uio *u, size_t n)
{
    return transfer(u, NULL, n, ZEROS_TO_USER);
}
