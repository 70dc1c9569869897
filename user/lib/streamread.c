/* Reading from streams. */
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who waits for a terminal's answer must have seen the question. */
static void flush_prompt(const FILE *stream)
{
    bool asks = stream->mode != _IOFBF && stdout->mode == _IOLBF;
    if (asks && stdout->phase == STREAM_WRITING)
        __stream_sync(stdout);
}

static ssize_t read_some(FILE *stream, void *to, size_t n)
{
    ssize_t got;
    flush_prompt(stream);
    do
        got = read(stream->fd, to, n);
    while (got < 0 && errno == EINTR);
    stream->eof |= got == 0;
    stream->error |= got < 0;
    return got;
}

int __stream_fill(FILE *stream)
{
    if (__stream_start(stream, STREAM_READING) < 0)
        return EOF;
    stream->at = stream->end = 0;
    ssize_t n = read_some(stream, stream->buffer, stream->size);
    if (n <= 0)
        return EOF;
    stream->end = (size_t)n;
    return 0;
}

int fgetc(FILE *stream)
{
    if (stream->pushed_count > 0)
        return stream->pushed[--stream->pushed_count];
    bool have = stream->phase == STREAM_READING && stream->at < stream->end;
    if (!have && __stream_fill(stream) < 0)
        return EOF;
    return stream->buffer[stream->at++];
}

int getc(FILE *stream)
{
    return fgetc(stream);
}

int getchar(void)
{
    return fgetc(stdin);
}

int ungetc(int c, FILE *stream)
{
    bool room = stream->pushed_count < STREAM_PUSHED_MAX;
    if (c == EOF || !room || __stream_start(stream, STREAM_READING) < 0)
        return EOF;
    stream->pushed[stream->pushed_count++] = (unsigned char)c;
    stream->eof = false;
    return (unsigned char)c;
}

/* Takes what the buffer has, up to n bytes. */
static size_t take(FILE *stream, unsigned char *to, size_t n)
{
    size_t there = stream->end - stream->at;
    if (n > there)
        n = there;
    memcpy(to, stream->buffer + stream->at, n);
    stream->at += n;
    return n;
}

/* A request greater than the buffer goes past it. */
static size_t read_bytes(FILE *stream, unsigned char *to, size_t n)
{
    size_t done = 0;
    if (__stream_start(stream, STREAM_READING) < 0)
        return 0;
    while (done < n && stream->pushed_count > 0)
        to[done++] = stream->pushed[--stream->pushed_count];
    for (;;) {
        done += take(stream, to + done, n - done);
        if (done == n)
            return done;
        if (n - done < stream->size) {
            if (__stream_fill(stream) < 0)
                return done;
            continue;
        }
        ssize_t got = read_some(stream, to + done, n - done);
        if (got <= 0)
            return done;
        done += (size_t)got;
    }
}

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict stream)
{
    size_t n;
    if (__builtin_mul_overflow(size, count, &n) || n == 0)
        return 0;
    size_t done = read_bytes(stream, to, n);
    return done == n ? count : done / size;
}

char *fgets(char *restrict to, int size, FILE *restrict stream)
{
    int n = 0;
    while (n < size - 1) {
        int c = fgetc(stream);
        if (c == EOF)
            break;
        to[n++] = (char)c;
        if (c == '\n')
            break;
    }
    if (size <= 0 || (n == 0 && size > 1) || ferror(stream))
        return NULL;
    to[n] = '\0';
    return to;
}

/* Makes room for one byte more and the zero. */
static int grow_line(char **line, size_t *size, size_t used)
{
    if (*line != NULL && used + 2 <= *size)
        return 0;
    size_t wanted = *line == NULL || *size < 64 ? 128 : *size * 2;
    char *grown = realloc(*line, wanted);
    if (grown == NULL)
        return -1;
    *line = grown;
    *size = wanted;
    return 0;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict stream)
{
    size_t n = 0;
    for (int c = 0; c != delimiter || n == 0;) {
        c = fgetc(stream);
        if (c == EOF)
            break;
        if (grow_line(line, size, n) < 0) {
            stream->error = true;
            return -1;
        }
        (*line)[n++] = (char)c;
    }
    if (n == 0 || ferror(stream))
        return -1;
    (*line)[n] = '\0';
    return (ssize_t)n;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream)
{
    return getdelim(line, size, '\n', stream);
}
