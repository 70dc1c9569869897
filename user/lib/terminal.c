/* The terminal: its settings, and the process group that it listens to. */
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int tcgetattr(int fd, struct termios *settings)
{
    return ioctl(fd, TCGETS, settings);
}

/* The three ways to set follow each other as the three requests do. */
int tcsetattr(int fd, int when, const struct termios *settings)
{
    return ioctl(fd, TCSETS + (unsigned long)when, settings);
}

/* Every byte at once and as it is, in both directions. */
void cfmakeraw(struct termios *settings)
{
    settings->c_iflag &= ~(uint32_t)(BRKINT | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    settings->c_oflag &= ~(uint32_t)OPOST;
    settings->c_lflag &= ~(uint32_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
}

pid_t tcgetpgrp(int fd)
{
    pid_t pgid;
    return ioctl(fd, TIOCGPGRP, &pgid) < 0 ? -1 : pgid;
}

int tcsetpgrp(int fd, pid_t pgid)
{
    return ioctl(fd, TIOCSPGRP, &pgid);
}

int isatty(int fd)
{
    struct termios settings;
    return tcgetattr(fd, &settings) == 0;
}
