/* Random numbers that are the same everywhere, and the log, which is the standard output. */
#include "fuzz.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void random_start(uint64_t seed)
{
    fuzz.random = seed * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 8; i++)
        below(2);
}

/* xorshift64* */
unsigned below(unsigned limit)
{
    uint64_t x = fuzz.random;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    fuzz.random = x;
    return limit == 0 ? 0 : (unsigned)((x * 0x2545f4914f6cdd1du) >> 33) % limit;
}

/* FNV-1a */
uint32_t digest_of(uint32_t digest, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;
    for (size_t i = 0; i < n; i++)
        digest = (digest ^ from[i]) * 16777619u;
    return digest;
}

/* Unbuffered: a child continues the log, and a step that kills the program has been announced. */
void say(const char *format, ...)
{
    char text[256];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    if (write(STDOUT_FILENO, text, (size_t)n) != n)
        _exit(99);
}

static const char *error_name(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {EPERM, "EPERM"},   {EBADF, "EBADF"},     {EAGAIN, "EAGAIN"}, {ENOMEM, "ENOMEM"},
        {EACCES, "EACCES"}, {EFAULT, "EFAULT"},   {EBUSY, "EBUSY"},   {EEXIST, "EEXIST"},
        {ENODEV, "ENODEV"}, {EINVAL, "EINVAL"},   {EFBIG, "EFBIG"},   {ENOSPC, "ENOSPC"},
        {EPIPE, "EPIPE"},   {ENOSYS, "ENOSYS"},   {EIO, "EIO"},       {EOVERFLOW, "EOVERFLOW"},
        {ENXIO, "ENXIO"},   {ENOTSUP, "ENOTSUP"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].error == error)
            return names[i].name;
    return NULL;
}

void say_result(long result)
{
    const char *name = result < 0 ? error_name(errno) : NULL;
    if (result >= 0)
        say(" = %ld\n", result);
    else if (name != NULL)
        say(" = %s\n", name);
    else
        say(" = errno %d\n", errno);
}

void say_ended(int status)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGSEGV)
        say(" = SIGSEGV\n");
    else if (signal == SIGBUS)
        say(" = SIGBUS\n");
    else if (signal == SIGKILL)
        say(" = SIGKILL\n");
    else
        say(" = wait status %#x\n", (unsigned)status);
}
