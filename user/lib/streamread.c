/* Reading from streams. */
#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who waits for a terminal's answer must have seen the question. Another thread's may wait. */
static void flush_prompt(const FILE *stream)
{
    bool asks = stream->mode != _IOFBF && stdout->mode == _IOLBF;
    if (!asks || stdout->phase != STREAM_WRITING || ftrylockfile(stdout) != 0)
        return;
    if (stdout->phase == STREAM_WRITING)
        __stream_sync(stdout);
    __stream_unlock(stdout);
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

int getc_unlocked(FILE *stream)
{
    if (stream->pushed_count > 0)
        return stream->pushed[--stream->pushed_count];
    bool have = stream->phase == STREAM_READING && stream->at < stream->end;
    if (!have && __stream_fill(stream) < 0)
        return EOF;
    return stream->buffer[stream->at++];
}

int getchar_unlocked(void)
{
    return getc_unlocked(stdin);
}

int fgetc(FILE *stream)
{
    __stream_lock(stream);
    int c = getc_unlocked(stream);
    __stream_unlock(stream);
    return c;
}

int getc(FILE *stream)
{
    return fgetc(stream);
}

int getchar(void)
{
    return fgetc(stdin);
}

static int push(int c, FILE *stream)
{
    bool room = stream->pushed_count < STREAM_PUSHED_MAX;
    if (c == EOF || !room || __stream_start(stream, STREAM_READING) < 0)
        return EOF;
    stream->pushed[stream->pushed_count++] = (unsigned char)c;
    stream->eof = false;
    return (unsigned char)c;
}

int ungetc(int c, FILE *stream)
{
    __stream_lock(stream);
    int pushed = push(c, stream);
    __stream_unlock(stream);
    return pushed;
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
    __stream_lock(stream);
    size_t done = read_bytes(stream, to, n);
    __stream_unlock(stream);
    return done == n ? count : done / size;
}

static char *read_text(char *to, int size, FILE *stream)
{
    int n = 0;
    while (n < size - 1) {
        int c = getc_unlocked(stream);
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

char *fgets(char *restrict to, int size, FILE *restrict stream)
{
    __stream_lock(stream);
    char *text = read_text(to, size, stream);
    __stream_unlock(stream);
    return text;
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

static ssize_t read_line(char **line, size_t *size, int delimiter, FILE *stream)
{
    size_t n = 0;
    for (int c = 0; c != delimiter || n == 0;) {
        c = getc_unlocked(stream);
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

ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict stream)
{
    __stream_lock(stream);
    ssize_t length = read_line(line, size, delimiter, stream);
    __stream_unlock(stream);
    return length;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict stream)
{
    return getdelim(line, size, '\n', stream);
}
