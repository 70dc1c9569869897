/* What the kernel told the program at its start. */
#ifndef SYS_AUXV_H
#define SYS_AUXV_H

#include "abi/auxv.h"

unsigned long getauxval(unsigned long type);

#endif
