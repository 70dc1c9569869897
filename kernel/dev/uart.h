/*
 * The serial port (National Semiconductor 16550A). Both directions run on interrupts: what is
 * written goes into a ring, and the port asks for more when its own queue is empty.
 */
#ifndef DEV_UART_H
#define DEV_UART_H

#include <stdbool.h>
#include <stddef.h>

/* From now on `receive` is called for each byte that comes in. */
void uart_init(void (*receive)(char c));

/*
 * Writes text, each newline as CR LF. Never sleeps: when the ring is full it waits for the port.
 * May be called anywhere, and before uart_init.
 */
void uart_write(const char *text, size_t n);

/* Sleeps until the ring has room for a good piece, so that a process's uart_write need not wait. */
void uart_wait_for_room(void);

/* Waits until everything has left the ring: before the machine is switched off. */
void uart_drain(void);

/* For a panic: takes no lock from now on, and writes straight to the port. */
void uart_break_lock(void);

#endif
