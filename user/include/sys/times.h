/* What a process and its children have used, in ticks of sysconf(_SC_CLK_TCK). */
#ifndef SYS_TIMES_H
#define SYS_TIMES_H

#include <sys/types.h>

struct tms {
    clock_t tms_utime, tms_stime;
    clock_t tms_cutime, tms_cstime;
};

clock_t times(struct tms *used);

#endif
