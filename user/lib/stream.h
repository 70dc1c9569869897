/*
 * Streams: what <stdio.h> calls a FILE. One buffer serves for reading or for writing, never both:
 *
 *   IDLE     the buffer is empty; the descriptor stands where the stream stands
 *   READING  buffer[at..end) has been read and not yet taken
 *   WRITING  buffer[0..end) has been put and not yet written; at is 0
 *
 * A stream goes from READING or WRITING back to IDLE by a flush (stream_sync), and to the other
 * only through IDLE. Pushed-back bytes are kept apart, since the buffer may be full or absent.
 *
 * A stream has a lock, which its owner may take again. The functions of <stdio.h> take it, those of
 * this file want it held. The list of streams has a lock too, which comes before theirs.
 */
#ifndef LIB_STREAM_H
#define LIB_STREAM_H

#include "futex.h"
#include "thread.h"

#include <stdbool.h>
#include <stdio.h>

enum stream_phase { STREAM_IDLE, STREAM_READING, STREAM_WRITING };

enum { STREAM_PUSHED_MAX = 8 };

struct stream {
    int fd;
    enum stream_phase phase;
    bool readable, writable, appending;
    bool eof, error;
    bool owns_buffer;   /* it came from malloc and is freed with the stream */
    bool owns_self;     /* so did the structure */
    bool mode_is_set;   /* by setvbuf, or when the first buffer was made */
    unsigned char mode; /* _IOFBF, _IOLBF or _IONBF */
    unsigned char pushed_count;
    unsigned char pushed[STREAM_PUSHED_MAX];
    unsigned char single[1]; /* the buffer of a stream without one: a byte read ahead */
    unsigned char *buffer;
    size_t size, at, end;
    struct stream *next; /* in the list of all streams */
    int lock;
    unsigned depth;       /* how often the owner has it, less one */
    struct thread *owner; /* NULL: nobody; the own name is there only if one holds the lock */
};

/* Every open stream, the three standard ones last. */
extern struct stream *__streams;

/* Takes the lock if the caller has it already. */
static inline bool __stream_lock_again(FILE *stream)
{
    if (__atomic_load_n(&stream->owner, __ATOMIC_RELAXED) != __thread_self())
        return false;
    stream->depth++;
    return true;
}

static inline void __stream_lock(FILE *stream)
{
    if (__stream_lock_again(stream))
        return;
    __lock_acquire(&stream->lock);
    __atomic_store_n(&stream->owner, __thread_self(), __ATOMIC_RELAXED);
}

static inline void __stream_unlock(FILE *stream)
{
    if (stream->depth > 0) {
        stream->depth--;
        return;
    }
    __atomic_store_n(&stream->owner, NULL, __ATOMIC_RELAXED);
    __lock_release(&stream->lock);
}

/* Writes out what was put, or gives back to the descriptor what was read too far. 0 or EOF. */
int __stream_sync(FILE *stream);

/* Ready to read or to write: from then on the stream has a buffer. 0, or EOF with errno. */
int __stream_start(FILE *stream, enum stream_phase phase);

/* Puts bytes by the rules of the stream's mode. Returns how many were taken; fewer is an error. */
size_t __stream_put(FILE *stream, const void *from, size_t n);

/* Fetches bytes into the empty buffer; 0, or EOF at the end of file or on an error. */
int __stream_fill(FILE *stream);

#endif
