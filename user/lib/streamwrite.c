/* Writing to streams. */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static size_t write_directly(FILE *stream, const char *from, size_t n)
{
    size_t done = 0;
    while (done < n) {
        ssize_t written = write(stream->fd, from + done, n - done);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            stream->error = true;
            break;
        }
        done += (size_t)written;
    }
    return done;
}

/* Into the buffer; what is greater than the buffer, and finds it empty, goes past it. */
static size_t put_buffered(FILE *stream, const char *from, size_t n)
{
    if (n > stream->size - stream->end) {
        if (__stream_sync(stream) < 0 || __stream_start(stream, STREAM_WRITING) < 0)
            return 0;
        if (n >= stream->size)
            return write_directly(stream, from, n);
    }
    memcpy(stream->buffer + stream->end, from, n);
    stream->end += n;
    return n;
}

/* Lines go out when they are complete. */
static size_t put_lines(FILE *stream, const char *from, size_t n)
{
    const char *newline = memrchr(from, '\n', n);
    if (newline == NULL)
        return put_buffered(stream, from, n);
    size_t lines = (size_t)(newline + 1 - from);
    size_t done = put_buffered(stream, from, lines);
    if (done < lines || __stream_sync(stream) < 0 || __stream_start(stream, STREAM_WRITING) < 0)
        return done;
    return done + put_buffered(stream, from + lines, n - lines);
}

size_t __stream_put(FILE *stream, const void *from, size_t n)
{
    if (__stream_start(stream, STREAM_WRITING) < 0)
        return 0;
    switch (stream->mode) {
    case _IONBF: return write_directly(stream, from, n);
    case _IOLBF: return put_lines(stream, from, n);
    default: return put_buffered(stream, from, n);
    }
}

static size_t put(FILE *stream, const void *from, size_t n)
{
    __stream_lock(stream);
    size_t done = __stream_put(stream, from, n);
    __stream_unlock(stream);
    return done;
}

size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict stream)
{
    size_t n;
    if (__builtin_mul_overflow(size, count, &n) || n == 0)
        return 0;
    size_t done = put(stream, from, n);
    return done == n ? count : done / size;
}

int putc_unlocked(int c, FILE *stream)
{
    unsigned char byte = (unsigned char)c;
    bool plain = stream->mode == _IOFBF && stream->phase == STREAM_WRITING;
    if (plain && stream->end < stream->size) {
        stream->buffer[stream->end++] = byte;
        return byte;
    }
    return __stream_put(stream, &byte, 1) == 1 ? byte : EOF;
}

int putchar_unlocked(int c)
{
    return putc_unlocked(c, stdout);
}

int fputc(int c, FILE *stream)
{
    __stream_lock(stream);
    int result = putc_unlocked(c, stream);
    __stream_unlock(stream);
    return result;
}

int putc(int c, FILE *stream)
{
    return fputc(c, stream);
}

int putchar(int c)
{
    return fputc(c, stdout);
}

int fputs(const char *restrict text, FILE *restrict stream)
{
    size_t length = strlen(text);
    return put(stream, text, length) == length ? 0 : EOF;
}

int puts(const char *text)
{
    __stream_lock(stdout);
    int result = fputs(text, stdout) < 0 || putc_unlocked('\n', stdout) < 0 ? EOF : 0;
    __stream_unlock(stdout);
    return result;
}

void perror(const char *text)
{
    int number = errno;
    bool named = text != NULL && text[0] != '\0';
    fprintf(stderr, "%s%s%s\n", named ? text : "", named ? ": " : "", strerror(number));
}
