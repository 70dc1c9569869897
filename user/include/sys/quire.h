/* quire(): the call that only Quire has; the operations are in abi/quire.h. */
#ifndef SYS_QUIRE_H
#define SYS_QUIRE_H

#include "abi/quire.h"

long quire(int operation, void *argument, unsigned long size);

#endif
