/* errno, the result of a system call, and syscall() for calls that have no function of their own.
 */
#include "syscall.h"

#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#define MAX_ERRNO 4095

static _Thread_local int last_error;

int *__errno_location(void)
{
    return &last_error;
}

long __syscall_result(long result)
{
    if (result >= 0 || result < -MAX_ERRNO)
        return result;
    errno = (int)-result;
    return -1;
}

long syscall(long number, ...)
{
    va_list list;
    va_start(list, number);
    struct syscall_args args;
    args.a = va_arg(list, long);
    args.b = va_arg(list, long);
    args.c = va_arg(list, long);
    args.d = va_arg(list, long);
    args.e = va_arg(list, long);
    args.f = va_arg(list, long);
    va_end(list);
    return __syscall_result(syscall6(number, args));
}
