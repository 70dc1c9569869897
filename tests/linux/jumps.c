/* setjmp, longjmp, and what atexit has registered. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf place;
static sigjmp_buf other;

static void dive(int depth)
{
    volatile char room[100];
    room[0] = (char)depth;
    if (depth > 0)
        dive(depth - 1);
    else
        longjmp(place, 42);
    printf("never here: %d\n", room[0]);
}

static void last(void)
{
    printf("the last\n");
}

static void before(void)
{
    printf("before it\n");
}

int main(void)
{
    volatile int times = 0;
    volatile double x = 2.5;
    atexit(last);
    atexit(before);
    int value = setjmp(place);
    if (value == 0)
        dive(100);
    printf("came back with %d, %g\n", value, x);
    if (sigsetjmp(other, 1) < 5) {
        times++;
        siglongjmp(other, times);
    }
    printf("%d times\n", times);
    exit(3);
}
