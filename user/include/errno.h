/* errno: why the last call failed. There are no threads, so it is one variable. */
#ifndef ERRNO_H
#define ERRNO_H

#include "abi/errno.h"

#define ENOTSUP EOPNOTSUPP

int *__errno_location(void);

#define errno (*__errno_location())

#endif
