/*
 * Pages, files and what is in them, for tests of memory. A pattern gives each offset of a file or
 * mapping a byte of its own, so that a page in the wrong place is noticed.
 */
#ifndef PAGES_H
#define PAGES_H

#include "test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PAGE        ((size_t)4096)
#define RW          (PROT_READ | PROT_WRITE)
#define ANON        (MAP_PRIVATE | MAP_ANONYMOUS)
#define ANON_SHARED (MAP_SHARED | MAP_ANONYMOUS)

/* A check without which nothing that follows makes sense: it ends the test's process. */
#define MUST(condition, ...)                \
    do {                                    \
        if (!CHECK(condition, __VA_ARGS__)) \
            give_up();                      \
    } while (0)

__attribute__((noreturn)) static inline void give_up(void)
{
    fflush(stdout);
    _exit(1);
}

static inline uint8_t pattern(size_t offset, unsigned seed)
{
    return (uint8_t)((offset * 167 >> 4) + (offset >> 12) * 31 + seed);
}

static inline void fill(void *at, size_t n, size_t offset, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)at)[i] = pattern(offset + i, seed);
}

static inline bool holds(const void *at, size_t n, size_t offset, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        if (((const uint8_t *)at)[i] != pattern(offset + i, seed))
            return false;
    return true;
}

static inline bool holds_only(const void *at, size_t n, uint8_t byte)
{
    for (size_t i = 0; i < n; i++)
        if (((const uint8_t *)at)[i] != byte)
            return false;
    return true;
}

static inline bool is_zero(const void *at, size_t n)
{
    return holds_only(at, n, 0);
}

/* Loads and stores that the compiler must not leave out. */
static inline uint8_t load(const void *at)
{
    return *(const volatile uint8_t *)at;
}

static inline void store(void *at, uint8_t byte)
{
    *(volatile uint8_t *)at = byte;
}

/* Writes a pattern to a file; for sizes that are no multiple of a page too. */
static inline void write_pattern(int fd, size_t size, unsigned seed)
{
    static uint8_t buffer[PAGE];
    for (size_t at = 0; at < size; at += PAGE) {
        size_t n = size - at < PAGE ? size - at : PAGE;
        fill(buffer, n, at, seed);
        MUST(pwrite(fd, buffer, n, (off_t)at) == (ssize_t)n, "write the pattern at %zu", at);
    }
}

/* A new file, open for reading and writing, with that pattern in it. */
static inline int make_file(const char *name, size_t size, unsigned seed)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    MUST(fd >= 0, "create %s", name);
    write_pattern(fd, size, seed);
    return fd;
}

/* Whether read(2) finds the pattern in [offset, offset + n) of a file. */
static inline bool file_holds(int fd, size_t n, size_t offset, unsigned seed)
{
    static uint8_t buffer[PAGE];
    for (size_t done = 0; done < n;) {
        size_t part = n - done < PAGE ? n - done : PAGE;
        if (pread(fd, buffer, part, (off_t)(offset + done)) != (ssize_t)part ||
            !holds(buffer, part, offset + done, seed))
            return false;
        done += part;
    }
    return true;
}

/* The byte that read(2) finds; -1 behind the end. */
static inline int file_byte(int fd, size_t offset)
{
    uint8_t byte;
    return pread(fd, &byte, 1, (off_t)offset) == 1 ? byte : -1;
}

static inline long file_size(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? (long)status.st_size : -1;
}

/* A mapping that must succeed. */
static inline uint8_t *map(size_t length, int prot, int flags, int fd, size_t offset)
{
    void *at = mmap(NULL, length, prot, flags, fd, (off_t)offset);
    MUST(at != MAP_FAILED, "map %zu bytes of %d at %zu", length, fd, offset);
    return at;
}

/* The same, in the place of whatever is at `at`. */
static inline uint8_t *map_over(void *at, size_t length, int flags, int fd)
{
    void *got = mmap(at, length, RW, flags | MAP_FIXED, fd, 0);
    MUST(got == at, "map %zu bytes at %p", length, at);
    return got;
}

/*
 * A range of addresses with nothing mapped in it, which no later mapping will be put into by
 * itself: it lies far from where kernels put mappings.
 */
static inline uint8_t *empty_range(size_t length)
{
    static uintptr_t next = 0x1000000000;
    uint8_t *at = (uint8_t *)next;
    next += (length / PAGE + 256) * PAGE;
    return at;
}

/* Whether the kernel can read the byte: write(2) to a pipe says EFAULT if it cannot. */
static inline bool is_readable(const void *at)
{
    static int ends[2] = {-1, -1};
    char byte;
    if (ends[0] < 0)
        MUST(pipe(ends) == 0, "a pipe for probes");
    ssize_t n = write(ends[1], at, 1);
    CHECK(n == 1 || errno == EFAULT, "a probe of %p ends in EFAULT or not at all", at);
    return n == 1 && read(ends[0], &byte, 1) == 1;
}

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

#endif
