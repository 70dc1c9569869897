/* What the system is called: uname(2) and /proc. */
#ifndef PROC_SYSTEM_H
#define PROC_SYSTEM_H

#include "abi/utsname.h"

extern struct utsname system_names;

#endif
