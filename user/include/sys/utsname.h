/* The system's name. */
#ifndef SYS_UTSNAME_H
#define SYS_UTSNAME_H

#include "abi/utsname.h"

int uname(struct utsname *name);

#endif
