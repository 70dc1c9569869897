/* System call numbers, for syscall(). */
#ifndef SYS_SYSCALL_H
#define SYS_SYSCALL_H

#include "abi/syscall.h"

#endif
