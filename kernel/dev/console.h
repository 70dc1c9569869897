/*
 * The console: a terminal on the serial port. Input is edited line by line (unless a program turns
 * that off), some keys send signals to the foreground process group.
 *
 *   Backspace, ^H   takes back a character        ^C  SIGINT to the foreground
 *   ^U              takes back the line           ^\  SIGQUIT
 *   ^D              ends the input, or the line as it is
 *
 * Locks: one spinlock inside (RANK_PIPE).
 */
#ifndef DEV_CONSOLE_H
#define DEV_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/termios.h"

struct watch;

/* Connects to the serial port. `signal(group, number)` is called from interrupts. */
void console_init(void (*signal)(int group, int number));

/*
 * Waits for input; returns up to n bytes of one line, 0 at the end of input, -EAGAIN if it should
 * not wait, -EINTR.
 */
long console_read(char *to, size_t n, bool nonblocking);

/* May sleep until the port has taken what was written before. */
void console_write(const char *text, size_t n);

/* Bytes that a read would get at once. */
size_t console_available(void);

/* Whether a read would find something now; enters the watch, if there is one, where reads wait. */
bool console_is_readable(struct watch *w);

void console_get_termios(struct termios *t);
void console_set_termios(const struct termios *t, bool drop_input);

/* The foreground process group; 0: none. */
int console_get_group(void);
void console_set_group(int group);

#endif
