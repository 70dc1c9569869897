/* Counting page faults by kind, for each process and for the whole system. */
#ifndef SYS_FAULTS_H
#define SYS_FAULTS_H

#include "abi/quire.h"

/* One fault of the current process was of this kind. */
void faults_count(enum fault_kind kind);

/* Of the whole system since boot. */
void faults_sum(uint64_t counts[FAULT_NKINDS]);

#endif
