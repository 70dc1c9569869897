/* The real-time clock (QEMU's Goldfish RTC). */
#ifndef DEV_RTC_H
#define DEV_RTC_H

#include <stdint.h>

/* Nanoseconds since 1970; 0 if the machine has no clock. */
uint64_t rtc_read_ns(void);

#endif
