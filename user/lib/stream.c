/* The life of streams: opening, buffers, position, closing. See stream.h for their states. */
#include "stream.h"
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE standard_error = {.fd = 2, .writable = true, .mode = _IONBF, .mode_is_set = true};
static FILE standard_output = {.fd = 1, .writable = true, .next = &standard_error};
static FILE standard_input = {.fd = 0, .readable = true, .next = &standard_output};

FILE *const stdin = &standard_input;
FILE *const stdout = &standard_output;
FILE *const stderr = &standard_error;

struct stream *__streams = &standard_input; /* [list_lock] */

static int list_lock;

void flockfile(FILE *stream)
{
    __stream_lock(stream);
}

/* 0 if it is the caller's now. */
int ftrylockfile(FILE *stream)
{
    if (__stream_lock_again(stream))
        return 0;
    if (!__lock_try(&stream->lock))
        return -1;
    __atomic_store_n(&stream->owner, __thread_self(), __ATOMIC_RELAXED);
    return 0;
}

void funlockfile(FILE *stream)
{
    __stream_unlock(stream);
}

/* The flags for open(2) that a mode like "r+b" means; -1 and errno if it means none. */
static int parse_mode(const char *mode)
{
    bool update = strchr(mode, '+') != NULL;
    int flags = strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;
    flags |= strchr(mode, 'x') != NULL ? O_EXCL : 0;
    switch (mode[0]) {
    case 'r': return flags | (update ? O_RDWR : O_RDONLY);
    case 'w': return flags | (update ? O_RDWR : O_WRONLY) | O_CREAT | O_TRUNC;
    case 'a': return flags | (update ? O_RDWR : O_WRONLY) | O_CREAT | O_APPEND;
    default: errno = EINVAL; return -1;
    }
}

static void set_access(FILE *stream, int fd, int flags)
{
    stream->fd = fd;
    stream->readable = (flags & O_ACCMODE) != O_WRONLY;
    stream->writable = (flags & O_ACCMODE) != O_RDONLY;
    stream->appending = flags & O_APPEND;
}

FILE *fdopen(int fd, const char *mode)
{
    int flags = parse_mode(mode);
    if (flags < 0)
        return NULL;
    FILE *stream = calloc(1, sizeof(*stream));
    if (stream == NULL)
        return NULL;
    set_access(stream, fd, flags);
    stream->owns_self = true;
    __lock_acquire(&list_lock);
    stream->next = __streams;
    __streams = stream;
    __lock_release(&list_lock);
    return stream;
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    int flags = parse_mode(mode);
    int fd = flags < 0 ? -1 : open(path, flags, 0666);
    if (fd < 0)
        return NULL;
    FILE *stream = fdopen(fd, mode);
    if (stream == NULL)
        close(fd);
    return stream;
}

static void release_buffer(FILE *stream)
{
    if (stream->owns_buffer)
        free(stream->buffer);
    stream->buffer = NULL;
    stream->owns_buffer = false;
    stream->size = stream->at = stream->end = 0;
    stream->pushed_count = 0;
}

static void unlink_stream(FILE *stream)
{
    __lock_acquire(&list_lock);
    FILE **link = &__streams;
    while (*link != NULL && *link != stream)
        link = &(*link)->next;
    if (*link != NULL)
        *link = stream->next;
    __lock_release(&list_lock);
}

/* Once it is out of the list nobody else may know it. */
int fclose(FILE *stream)
{
    unlink_stream(stream);
    __stream_lock(stream);
    int result = __stream_sync(stream);
    if (close(stream->fd) < 0)
        result = EOF;
    release_buffer(stream);
    __stream_unlock(stream);
    if (stream->owns_self)
        free(stream);
    return result;
}

/* The same stream on another file, and if it can be, under the same descriptor. */
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream)
{
    int flags = parse_mode(mode);
    __stream_lock(stream);
    __stream_sync(stream);
    int fd = flags < 0 ? -1 : open(path, flags, 0666);
    if (fd < 0) {
        __stream_unlock(stream);
        fclose(stream);
        return NULL;
    }
    if (fd != stream->fd && dup3(fd, stream->fd, flags & O_CLOEXEC) >= 0) {
        close(fd);
        fd = stream->fd;
    }
    set_access(stream, fd, flags);
    stream->phase = STREAM_IDLE;
    stream->eof = stream->error = false;
    release_buffer(stream);
    __stream_unlock(stream);
    return stream;
}

/* Only a stream that was not used yet changes its buffer; a size of 0 keeps the usual one. */
int setvbuf(FILE *restrict stream, char *restrict buffer, int mode, size_t size)
{
    if (mode < _IOFBF || mode > _IONBF || stream->phase != STREAM_IDLE)
        return -1;
    stream->mode = (unsigned char)mode;
    stream->mode_is_set = true;
    if (buffer != NULL && size > 0 && mode != _IONBF) {
        release_buffer(stream);
        stream->buffer = (unsigned char *)buffer;
        stream->size = size;
    }
    return 0;
}

void setbuf(FILE *restrict stream, char *restrict buffer)
{
    setvbuf(stream, buffer, buffer == NULL ? _IONBF : _IOFBF, BUFSIZ);
}

static int make_buffer(FILE *stream)
{
    int saved_errno = errno;
    if (!stream->mode_is_set) {
        stream->mode = isatty(stream->fd) ? _IOLBF : _IOFBF;
        stream->mode_is_set = true;
        errno = saved_errno;
    }
    if (stream->buffer != NULL)
        return 0;
    if (stream->mode == _IONBF) {
        stream->buffer = stream->single;
        stream->size = sizeof(stream->single);
        return 0;
    }
    stream->buffer = malloc(BUFSIZ);
    if (stream->buffer == NULL)
        return EOF;
    stream->owns_buffer = true;
    stream->size = BUFSIZ;
    return 0;
}

static off_t unread(const FILE *stream)
{
    if (stream->phase != STREAM_READING)
        return 0;
    return (off_t)(stream->end - stream->at) + stream->pushed_count;
}

static void discard(FILE *stream)
{
    stream->at = stream->end = 0;
    stream->pushed_count = 0;
    stream->phase = STREAM_IDLE;
}

int __stream_start(FILE *stream, enum stream_phase phase)
{
    if (stream->phase == phase)
        return 0;
    if (phase == STREAM_READING ? !stream->readable : !stream->writable) {
        errno = EBADF;
        stream->error = true;
        return EOF;
    }
    if (make_buffer(stream) < 0 || __stream_sync(stream) < 0)
        return EOF;
    discard(stream); /* what was read ahead and could not be given back has no place now */
    stream->phase = phase;
    return 0;
}

static int write_out(FILE *stream)
{
    size_t done = 0;
    while (done < stream->end) {
        ssize_t n = write(stream->fd, stream->buffer + done, stream->end - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            stream->error = true;
            break;
        }
        done += (size_t)n;
    }
    int result = done == stream->end ? 0 : EOF;
    stream->end = 0;
    return result;
}

/* What was read too far stays in the buffer of a stream that cannot seek: it is not lost. */
static int give_back(FILE *stream)
{
    int saved_errno = errno;
    if (unread(stream) == 0 || lseek(stream->fd, -unread(stream), SEEK_CUR) >= 0)
        discard(stream);
    errno = saved_errno;
    return 0;
}

int __stream_sync(FILE *stream)
{
    if (stream->phase == STREAM_WRITING) {
        stream->phase = STREAM_IDLE;
        return write_out(stream);
    }
    return stream->phase == STREAM_READING ? give_back(stream) : 0;
}

static int flush(FILE *stream)
{
    __stream_lock(stream);
    int result = __stream_sync(stream);
    __stream_unlock(stream);
    return result;
}

int fflush(FILE *stream)
{
    if (stream != NULL)
        return flush(stream);
    int result = 0;
    __lock_acquire(&list_lock);
    for (FILE *each = __streams; each != NULL; each = each->next)
        if (each->phase == STREAM_WRITING && flush(each) < 0)
            result = EOF;
    __lock_release(&list_lock);
    return result;
}

/* A thread that waits for input has its stream locked, perhaps for ever; there is nothing in it. */
void __stream_flush_all(void)
{
    __lock_acquire(&list_lock);
    for (FILE *each = __streams; each != NULL; each = each->next) {
        if (each->phase == STREAM_WRITING)
            flush(each);
        else if (ftrylockfile(each) == 0)
            __stream_sync(each);
    }
}

static int seek(FILE *stream, off_t offset, int whence)
{
    if (stream->phase == STREAM_WRITING && __stream_sync(stream) < 0)
        return EOF;
    if (whence == SEEK_CUR)
        offset -= unread(stream);
    if (lseek(stream->fd, offset, whence) < 0)
        return EOF;
    discard(stream);
    stream->eof = false;
    return 0;
}

int fseeko(FILE *stream, off_t offset, int whence)
{
    __stream_lock(stream);
    int result = seek(stream, offset, whence);
    __stream_unlock(stream);
    return result;
}

int fseek(FILE *stream, long offset, int whence)
{
    return fseeko(stream, offset, whence);
}

/* Bytes put to an appending stream go to the end of the file, wherever the descriptor stands. */
static off_t tell(const FILE *stream)
{
    bool at_end = stream->phase == STREAM_WRITING && stream->appending;
    off_t offset = lseek(stream->fd, 0, at_end ? SEEK_END : SEEK_CUR);
    if (offset < 0)
        return -1;
    if (stream->phase == STREAM_WRITING)
        return offset + (off_t)stream->end;
    return offset - unread(stream);
}

off_t ftello(FILE *stream)
{
    __stream_lock(stream);
    off_t offset = tell(stream);
    __stream_unlock(stream);
    return offset;
}

long ftell(FILE *stream)
{
    return ftello(stream);
}

void rewind(FILE *stream)
{
    fseek(stream, 0, SEEK_SET);
    clearerr(stream);
}

int feof(FILE *stream)
{
    return stream->eof;
}

int ferror(FILE *stream)
{
    return stream->error;
}

void clearerr(FILE *stream)
{
    stream->eof = stream->error = false;
}

int fileno(FILE *stream)
{
    return stream->fd;
}

/* In the child the others' locks are nobody's; their streams are as they were left. */
void __stream_fork(enum fork_phase phase)
{
    if (phase == FORK_BEFORE) {
        __lock_acquire(&list_lock);
        return;
    }
    for (FILE *each = __streams; phase == FORK_CHILD && each != NULL; each = each->next) {
        if (each->owner != __thread_self()) {
            each->owner = NULL;
            each->lock = 0;
            each->depth = 0;
        }
    }
    __lock_release(&list_lock);
}
