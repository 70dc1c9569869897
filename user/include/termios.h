/* Terminal settings. */
#ifndef TERMIOS_H
#define TERMIOS_H

#include <sys/types.h>

#include "abi/termios.h"

#define TCSANOW   0
#define TCSADRAIN 1
#define TCSAFLUSH 2

typedef uint32_t tcflag_t;
typedef uint8_t cc_t;
typedef uint32_t speed_t;

int tcgetattr(int fd, struct termios *settings);
int tcsetattr(int fd, int when, const struct termios *settings);
void cfmakeraw(struct termios *settings);

#endif
