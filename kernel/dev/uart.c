/* The serial port: see uart.h. */
#include "dev/uart.h"

#include <stdint.h>

#include "arch/sbi.h"
#include "dev/intc.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "sync/waitq.h"

/* Registers, and the bits that are used here (16550A data sheet). */
enum {
    DATA = 0,
    INTERRUPT_ENABLE = 1,
    FIFO_CONTROL = 2,
    LINE_CONTROL = 3,
    LINE_STATUS = 5,
};
#define ENABLE_RECEIVE  0x01
#define ENABLE_TRANSMIT 0x02
#define FIFO_ON         0x07 /* enabled, both directions emptied */
#define FIFO_SIZE       16
#define LINE_8_BITS     0x03
#define STATUS_RECEIVED 0x01
#define STATUS_EMPTY    0x20 /* the transmit queue is empty: it takes FIFO_SIZE bytes */

#define RING_SIZE       4096 /* a power of two */

static struct spinlock output_lock = SPINLOCK_INIT(RANK_PRINT);
static char ring[RING_SIZE];          /* [output_lock] */
static uint32_t ring_start, ring_end; /* [output_lock] positions since boot */
static bool has_interrupts;           /* [output_lock] uart_init was called */
static bool lock_is_broken;

static struct spinlock room_lock = SPINLOCK_INIT(RANK_WAIT);
static struct waitq waiting = WAITQ_INIT(waiting); /* [room_lock] for room in the ring */

static void (*receiver)(char c);

static uint8_t reg_read(unsigned reg)
{
    return mmio_read8(machine.uart + reg);
}

static void reg_write(unsigned reg, uint8_t value)
{
    mmio_write8(machine.uart + reg, value);
}

/* If the port's queue is empty, fills it from the ring. */
static void feed(void) REQUIRES(output_lock)
{
    if (ring_start == ring_end || !(reg_read(LINE_STATUS) & STATUS_EMPTY))
        return;
    for (unsigned i = 0; i < FIFO_SIZE && ring_start != ring_end; i++)
        reg_write(DATA, (uint8_t)ring[ring_start++ % RING_SIZE]);
}

static void put(char c) REQUIRES(output_lock)
{
    while (ring_end - ring_start == RING_SIZE)
        feed();
    ring[ring_end++ % RING_SIZE] = c;
}

static void put_all(const char *text, size_t n) REQUIRES(output_lock)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n')
            put('\r');
        put(text[i]);
    }
}

/* The interrupt for an empty queue is on exactly while the ring holds something. */
static void set_interrupts(void) REQUIRES(output_lock)
{
    uint8_t transmit = ring_start != ring_end ? ENABLE_TRANSMIT : 0;
    if (has_interrupts)
        reg_write(INTERRUPT_ENABLE, ENABLE_RECEIVE | transmit);
}

static void drain_locked(void) REQUIRES(output_lock)
{
    while (ring_start != ring_end)
        feed();
}

/* Before the device tree is read there is only the firmware's console. */
static void write_early(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sbi_console_putchar(text[i]);
}

void uart_write(const char *text, size_t n) UNCHECKED_LOCKING /* a panic has no lock */
{
    if (machine.uart == 0) {
        write_early(text, n);
        return;
    }
    if (!lock_is_broken)
        spin_lock(&output_lock);
    put_all(text, n);
    feed();
    if (lock_is_broken || !has_interrupts)
        drain_locked();
    set_interrupts();
    if (!lock_is_broken)
        spin_unlock(&output_lock);
}

void uart_drain(void)
{
    if (machine.uart == 0)
        return;
    spin_lock(&output_lock);
    drain_locked();
    spin_unlock(&output_lock);
}

void uart_break_lock(void)
{
    lock_is_broken = true;
}

static bool has_room(void)
{
    spin_lock(&output_lock);
    bool room = ring_end - ring_start <= RING_SIZE / 2;
    spin_unlock(&output_lock);
    return room;
}

void uart_wait_for_room(void)
{
    spin_lock(&room_lock);
    while (!has_room())
        waitq_sleep(&waiting, &room_lock);
    spin_unlock(&room_lock);
}

static void uart_interrupt(void *arg)
{
    while (reg_read(LINE_STATUS) & STATUS_RECEIVED)
        receiver((char)reg_read(DATA));
    spin_lock(&output_lock);
    feed();
    set_interrupts();
    spin_unlock(&output_lock);
    spin_lock(&room_lock);
    if (has_room())
        waitq_wake_all(&waiting);
    spin_unlock(&room_lock);
}

void uart_init(void (*receive)(char c))
{
    receiver = receive;
    reg_write(LINE_CONTROL, LINE_8_BITS);
    reg_write(FIFO_CONTROL, FIFO_ON);
    intc_connect(machine.uart_irq, uart_interrupt, NULL);
    spin_lock(&output_lock);
    has_interrupts = true;
    set_interrupts();
    spin_unlock(&output_lock);
}
