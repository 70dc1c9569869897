/* The registers that a signal interrupted, as the third argument of its handler. */
#ifndef UCONTEXT_H
#define UCONTEXT_H

#include <signal.h>

/* Places in __gregs: the others are x1 to x31 by their numbers. */
#define NGREG     32
#define REG_PC    0
#define REG_RA    1
#define REG_SP    2
#define REG_TP    4
#define REG_S0    8
#define REG_S1    9
#define REG_A0    10
#define REG_S2    18
#define REG_NARGS 8

#endif
