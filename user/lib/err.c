/* Messages that begin with the program's name. See <err.h>. */
#include "start.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What was printed before comes first, and the line is one write, so that those of several
 * processes do not mix.
 */
static void say(int error, const char *format, va_list args)
{
    char text[512];
    fflush(stdout);
    vsnprintf(text, sizeof(text), format, args);
    const char *colon = error != 0 ? ": " : "", *why = error != 0 ? strerror(error) : "";
    fprintf(stderr, "%s: %s%s%s\n", __program_name, text, colon, why);
}

void warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(errno, format, args);
    va_end(args);
}

void warnx(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(0, format, args);
    va_end(args);
}

void err(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(errno, format, args);
    va_end(args);
    exit(status);
}

void errx(int status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(0, format, args);
    va_end(args);
    exit(status);
}
