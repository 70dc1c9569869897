/* How the programs call what the kernel counts. */
#ifndef COMMON_COUNTS_H
#define COMMON_COUNTS_H

#include <sys/quire.h>

extern const char *const fault_names[FAULT_NKINDS];
extern const char *const page_state_names[PAGE_NSTATES];

#endif
