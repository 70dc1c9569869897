/* The serial port: see uart.h. */
#include "dev/uart.h"

#include "arch/sbi.h"
#include "dev/intc.h"
#include "dev/machine.h"
#include "dev/mmio.h"
#include "lib/print.h"
#include "sync/spinlock.h"

/* Registers, and the bits that are used here. */
enum {
    DATA = 0,
    INTERRUPT_ENABLE = 1,
    FIFO_CONTROL = 2,
    LINE_CONTROL = 3,
    LINE_STATUS = 5,
};
#define ENABLE_RECEIVE  0x01
#define FIFO_ON         0x07 /* enabled, both directions emptied */
#define LINE_8_BITS     0x03
#define STATUS_RECEIVED 0x01
#define STATUS_ROOM     0x20

static struct spinlock output_lock = SPINLOCK_INIT(RANK_PRINT);
static bool lock_is_broken;
static void (*receiver)(char c);

static void put(char c)
{
    if (machine.uart == 0) {
        sbi_console_putchar(c);
        return;
    }
    while (!(mmio_read8(machine.uart + LINE_STATUS) & STATUS_ROOM))
        ;
    mmio_write8(machine.uart + DATA, (uint8_t)c);
}

static void put_all(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '\n')
            put('\r');
        put(text[i]);
    }
}

void uart_write(const char *text, size_t n)
{
    if (lock_is_broken) {
        put_all(text, n);
        return;
    }
    spin_lock(&output_lock);
    put_all(text, n);
    spin_unlock(&output_lock);
}

void uart_break_lock(void)
{
    lock_is_broken = true;
}

static void uart_interrupt(void *arg)
{
    while (mmio_read8(machine.uart + LINE_STATUS) & STATUS_RECEIVED)
        receiver((char)mmio_read8(machine.uart + DATA));
}

void uart_init(void (*receive)(char c))
{
    receiver = receive;
    mmio_write8(machine.uart + LINE_CONTROL, LINE_8_BITS);
    mmio_write8(machine.uart + FIFO_CONTROL, FIFO_ON);
    mmio_write8(machine.uart + INTERRUPT_ENABLE, ENABLE_RECEIVE);
    intc_connect(machine.uart_irq, uart_interrupt, NULL);
}
