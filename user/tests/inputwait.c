/*
 * inputwait: waits by poll for a line from the console, and says what came; for the tests of the
 * console. Nothing may be read before the line is complete, and something when poll says so.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    char line[100];
    struct pollfd entries[] = {{0, POLLIN, 0}, {1, POLLOUT, 0}, {0, POLLIN, 0}};
    int idle = poll(entries, 1, 0), ready = poll(entries, 2, -1);
    printf("inputwait: %d now, %d of both\n", idle, ready);
    fcntl(0, F_SETFL, O_NONBLOCK);
    printf("inputwait: waits, read says %d\n", (int)read(0, line, sizeof(line)));
    fflush(stdout);
    ready = poll(&entries[2], 1, -1);
    ssize_t n = read(0, line, sizeof(line));
    fcntl(0, F_SETFL, 0);
    printf("inputwait: %d, %s, %.*s", ready, entries[2].revents == POLLIN ? "a line" : "not that",
           n < 0 ? 0 : (int)n, line);
    return 0;
}
