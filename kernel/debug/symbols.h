/* Function names for backtraces. */
#ifndef DEBUG_SYMBOLS_H
#define DEBUG_SYMBOLS_H

#include <stdint.h>

/* The function that `pc` lies in and how far into it; "?" outside the kernel's code. */
const char *symbol_name(uintptr_t pc, uint64_t *offset);

#endif
