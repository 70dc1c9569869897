/* The two halves of a device number. */
#ifndef SYS_SYSMACROS_H
#define SYS_SYSMACROS_H

#include "abi/stat.h"

#define makedev(major, minor) MAKEDEV(major, minor)
#define major(device)         ((unsigned)DEV_MAJOR(device))
#define minor(device)         ((unsigned)DEV_MINOR(device))

#endif
