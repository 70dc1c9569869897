/* Device registers, by physical address. Each access is ordered with everything around it. */
#ifndef DEV_MMIO_H
#define DEV_MMIO_H

#include <stdint.h>

#include "arch/boot.h"

static inline void mmio_fence(void)
{
    __asm__ volatile("fence iorw, iorw" : : : "memory");
}

static inline uint8_t mmio_read8(uint64_t pa)
{
    uint8_t value = *(volatile uint8_t *)pa_to_direct(pa);
    mmio_fence();
    return value;
}

static inline void mmio_write8(uint64_t pa, uint8_t value)
{
    mmio_fence();
    *(volatile uint8_t *)pa_to_direct(pa) = value;
}

static inline uint32_t mmio_read32(uint64_t pa)
{
    uint32_t value = *(volatile uint32_t *)pa_to_direct(pa);
    mmio_fence();
    return value;
}

static inline void mmio_write32(uint64_t pa, uint32_t value)
{
    mmio_fence();
    *(volatile uint32_t *)pa_to_direct(pa) = value;
}

#endif
