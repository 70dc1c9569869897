/* errno: why the last call of this thread failed. */
#ifndef ERRNO_H
#define ERRNO_H

#include "abi/errno.h"

#define ENOTSUP EOPNOTSUPP

/* `const`: it is the same for a thread all its life. */
int *__errno_location(void) __attribute__((const));

#define errno (*__errno_location())

#endif
