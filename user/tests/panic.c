/* panic: asks the kernel to panic, to try what it says then. */
#include <stdio.h>
#include <sys/quire.h>

int main(void)
{
    quire(QUIRE_PANIC, NULL, 0);
    perror("panic");
    return 1;
}
