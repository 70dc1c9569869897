/* The printf family: where the text that format.c makes goes to. */
#include "format.h"
#include "stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct output_stream {
    struct output out;
    FILE *stream;
};

static void write_stream(struct output *out, const char *text, size_t n)
{
    __stream_put(((struct output_stream *)out)->stream, text, n);
}

static int print(FILE *stream, const char *format, va_list args)
{
    struct output_stream to = {.out = {.write = write_stream}, .stream = stream};
    bool had_error = stream->error;
    stream->error = false;
    int length = __format(&to.out, format, args);
    if (stream->error)
        length = -1;
    stream->error |= had_error;
    return length;
}

/* A stream without a buffer has one for the time of the call: a message is one write(2). */
static int print_unbuffered(FILE *stream, const char *format, va_list args)
{
    unsigned char buffer[512];
    struct stream copy = {.fd = stream->fd, .writable = true, .mode_is_set = true};
    copy.mode = _IOFBF;
    copy.buffer = buffer;
    copy.size = sizeof(buffer);
    int length = print(&copy, format, args);
    if (__stream_sync(&copy) < 0)
        length = -1;
    stream->error |= copy.error;
    return length;
}

int vfprintf(FILE *restrict stream, const char *restrict format, va_list args)
{
    __stream_lock(stream);
    bool unbuffered = stream->mode == _IONBF && __stream_start(stream, STREAM_WRITING) == 0;
    int length = unbuffered ? print_unbuffered(stream, format, args) : print(stream, format, args);
    __stream_unlock(stream);
    return length;
}

int vprintf(const char *restrict format, va_list args)
{
    return vfprintf(stdout, format, args);
}

int vdprintf(int fd, const char *restrict format, va_list args)
{
    struct stream stream = {.fd = fd, .writable = true, .mode = _IONBF, .mode_is_set = true};
    return print_unbuffered(&stream, format, args);
}

struct output_memory {
    struct output out;
    char *to;
    size_t size;
};

static void write_memory(struct output *out, const char *text, size_t n)
{
    struct output_memory *memory = (struct output_memory *)out;
    if (out->length >= memory->size)
        return;
    size_t room = memory->size - out->length;
    memcpy(memory->to + out->length, text, n < room ? n : room);
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list args)
{
    struct output_memory memory = {{.write = write_memory}, to, size > 0 ? size - 1 : 0};
    int length = __format(&memory.out, format, args);
    size_t stored = memory.out.length;
    if (size > 0)
        to[stored < size ? stored : size - 1] = '\0';
    return length;
}

int vsprintf(char *restrict to, const char *restrict format, va_list args)
{
    return vsnprintf(to, SIZE_MAX - (uintptr_t)to, format, args);
}

int vasprintf(char **restrict to, const char *restrict format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    *to = length < 0 ? NULL : malloc((size_t)length + 1);
    if (*to == NULL)
        length = -1;
    else
        vsnprintf(*to, (size_t)length + 1, format, again);
    va_end(again);
    return length;
}

int printf(const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vprintf(format, args);
    va_end(args);
    return length;
}

int fprintf(FILE *restrict stream, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vfprintf(stream, format, args);
    va_end(args);
    return length;
}

int dprintf(int fd, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vdprintf(fd, format, args);
    va_end(args);
    return length;
}

int sprintf(char *restrict to, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsprintf(to, format, args);
    va_end(args);
    return length;
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(to, size, format, args);
    va_end(args);
    return length;
}

int asprintf(char **restrict to, const char *restrict format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vasprintf(to, format, args);
    va_end(args);
    return length;
}
