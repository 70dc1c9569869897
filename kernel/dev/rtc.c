/* The real-time clock: see rtc.h. Reading the low half latches the high one. */
#include "dev/rtc.h"

#include "dev/machine.h"
#include "dev/mmio.h"

#define TIME_LOW  0x00
#define TIME_HIGH 0x04

uint64_t rtc_read_ns(void)
{
    if (machine.rtc == 0)
        return 0;
    uint64_t low = mmio_read32(machine.rtc + TIME_LOW);
    return (uint64_t)mmio_read32(machine.rtc + TIME_HIGH) << 32 | low;
}
