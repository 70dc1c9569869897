/*
 * The serial port (National Semiconductor 16550A): bytes out by polling, bytes in by interrupt.
 */
#ifndef DEV_UART_H
#define DEV_UART_H

#include <stddef.h>

/* From now on kprintf goes to the port, and `receive` is called for each byte that comes in. */
void uart_init(void (*receive)(char c));

/* Writes text, each newline as CR LF; never sleeps. May be called before uart_init. */
void uart_write(const char *text, size_t n);

/* For a panic: takes no lock from now on. */
void uart_break_lock(void);

#endif
