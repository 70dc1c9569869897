/*
 * The machine as the device tree describes it, read once at boot. Addresses are physical.
 */
#ifndef DEV_MACHINE_H
#define DEV_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/layout.h"

#define MAX_VIRTIO    8
#define MAX_RESERVED  8
#define BOOTARGS_SIZE 1024

struct extent {
    uint64_t start;
    uint64_t size;
};

/* All [const] after machine_read. */
struct machine {
    struct extent memory;                 /* the first bank; others are left alone */
    struct extent reserved[MAX_RESERVED]; /* inside it: firmware */
    unsigned nreserved;

    uint64_t harts;    /* bit n: hart id n exists and may be used */
    uint64_t timebase; /* ticks of rdtime a second */
    bool has_sstc;     /* on all harts */

    uint64_t uart;
    uint32_t uart_irq;
    uint64_t plic;
    uint32_t plic_context[MAX_HARTS]; /* of each hart's S-mode */
    uint64_t rtc;                     /* 0: none */
    uint64_t exit_device;             /* 0: none */
    struct {
        uint64_t base;
        uint32_t irq;
    } virtio[MAX_VIRTIO]; /* ascending addresses */
    unsigned nvirtio;

    uint64_t seed; /* from /chosen/rng-seed, or the clock */
    char bootargs[BOOTARGS_SIZE];
};

extern struct machine machine;

/* Fills in `machine`. NULL, or what is wrong with the tree, in words. */
const char *machine_read(const void *device_tree);

/*
 * The value of `name=value` in the boot arguments, copied into `value` (cut off at `size`); false
 * if it is not there. Arguments are separated by spaces; "--" ends them.
 */
bool machine_bootarg(const char *name, char *value, unsigned size);

/* What stands behind "-- " in the boot arguments, for init; "" if nothing does. */
const char *machine_init_command(void);

/* Ends the machine at once with this exit status. */
__attribute__((noreturn)) void machine_exit(unsigned status);

#endif
