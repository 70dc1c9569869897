/* Counting page faults: see faults.h. Each hart counts for itself. */
#include "sys/faults.h"

#include "proc/proc.h"

static struct {
    uint64_t count[FAULT_NKINDS];
} __attribute__((aligned(64))) hart_faults[MAX_HARTS]; /* [that hart] */

void faults_count(enum fault_kind kind)
{
    __atomic_fetch_add(&proc_current()->faults[kind], 1, __ATOMIC_RELAXED);
    hart_faults[hart_self()].count[kind]++;
}

void faults_sum(uint64_t counts[FAULT_NKINDS])
{
    for (unsigned kind = 0; kind < FAULT_NKINDS; kind++) {
        counts[kind] = 0;
        for (unsigned hart = 0; hart < MAX_HARTS; hart++)
            counts[kind] += hart_faults[hart].count[kind];
    }
}
