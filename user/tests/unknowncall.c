/* unknowncall: makes system calls that there are not; with strace=1 the kernel tells of them. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    static const long numbers[] = {-1, 298, 459, 460, 20822};
    int wrong = 0;
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
        errno = 0;
        wrong += syscall(numbers[i]) != -1 || errno != ENOSYS;
    }
    printf("unknowncall: %d of them did something else\n", wrong);
    return wrong != 0;
}
