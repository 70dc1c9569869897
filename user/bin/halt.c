/* halt [status]: writes everything to the disk and switches the machine off with that status. */
#include <err.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int status = argc > 1 ? atoi(argv[1]) : 0;
    if (status < 0 || status > 255)
        errx(1, "a status is a number from 0 to 255");
    sync();
    quire_power_off(status);
    err(1, "cannot power off");
}
