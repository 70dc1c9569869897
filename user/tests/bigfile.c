/*
 * bigfile [percent]: writes and reads a file larger than the machine's memory (twice as large, or
 * so many percent), with read and write and through mappings of a quarter of the memory each. Each
 * word of the file says where it stands, and how often it was changed. `bigfile percent all` maps
 * all of the file at once.
 */
#include "test.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
    DEFAULT = 200,
    CHUNK = 65536,
    WORDS = CHUNK / 8,
    WORDS_PER_PAGE = 512,
    LINUX_RAM = 32 << 20
};

static const char name[] = "/tmp/bigfile.tmp";
static uint64_t buffer[WORDS];
static size_t chunks;
static int fd;

static uint64_t word(size_t index, unsigned version)
{
    return index * 0x9e3779b97f4a7c15 + version;
}

/* The bytes of RAM; where the kernel does not tell, a number that is no trouble to anybody. */
static size_t ram(void)
{
    size_t pages = 0;
#if TEST_HAS_QUIRE
    static struct quire_memory memory;
    if (quire(QUIRE_MEMORY, &memory, sizeof(memory)) == 0)
        for (int i = 0; i < PAGE_NSTATES; i++)
            pages += memory.pages[i];
#endif
    return pages != 0 ? pages * 4096 : LINUX_RAM;
}

static void write_all(void)
{
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        for (size_t i = 0; i < WORDS; i++)
            buffer[i] = word(chunk * WORDS + i, 0);
        if (!CHECK(write(fd, buffer, CHUNK) == CHUNK, "write chunk %zu", chunk))
            return;
    }
    CHECK(fsync(fd) == 0, "fsync");
}

/* Only the first word of each page has another version than 0. */
static bool chunk_is_right(size_t chunk, unsigned version)
{
    for (size_t i = 0; i < WORDS; i++)
        if (buffer[i] != word(chunk * WORDS + i, i % WORDS_PER_PAGE == 0 ? version : 0))
            return false;
    return true;
}

static void read_all(unsigned version)
{
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        ssize_t n = pread(fd, buffer, CHUNK, (off_t)(chunk * CHUNK));
        if (!CHECK(n == CHUNK && chunk_is_right(chunk, version), "read chunk %zu", chunk))
            return;
    }
    CHECK(lseek(fd, 0, SEEK_END) == (off_t)(chunks * CHUNK), "its size");
}

/* Looks at the last word of each page of a window and changes the first. */
static void change_window(size_t first, size_t size, unsigned version)
{
    size_t wrong = 0;
    uint64_t *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)first);
    if (!CHECK(at != MAP_FAILED, "map %zu bytes at %zu", size, first))
        return;
    for (size_t i = 0; i < size / 8; i += WORDS_PER_PAGE) {
        size_t index = first / 8 + i, last = WORDS_PER_PAGE - 1;
        wrong += at[i] != word(index, version - 1) || at[i + last] != word(index + last, 0);
        at[i] = word(index, version);
    }
    CHECK(wrong == 0, "%zu pages at %zu are wrong in the mapping", wrong, first);
    CHECK(munmap(at, size) == 0, "munmap");
}

/* Backwards, so that what was used last is used first. */
static void read_window(size_t first, size_t size, unsigned version)
{
    size_t wrong = 0;
    const uint64_t *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, (off_t)first);
    if (!CHECK(at != MAP_FAILED, "map %zu bytes at %zu", size, first))
        return;
    for (size_t i = size / 8; i > 0; i -= WORDS_PER_PAGE)
        wrong += at[i - WORDS_PER_PAGE] != word(first / 8 + i - WORDS_PER_PAGE, version);
    CHECK(wrong == 0, "%zu pages at %zu are wrong in the private mapping", wrong, first);
    CHECK(munmap((void *)at, size) == 0, "munmap");
}

static void all_windows(void (*use)(size_t, size_t, unsigned), size_t window, unsigned version)
{
    size_t end = chunks * CHUNK;
    for (size_t at = 0; at < end; at += window)
        use(at, window < end - at ? window : end - at, version);
}

int main(int argc, char **argv)
{
    int percent = argc > 1 ? atoi(argv[1]) : DEFAULT;
    chunks = ram() / 100 * (size_t)percent / CHUNK;
    fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    test_name = "bigfile";
    size_t window = argc > 2 ? chunks * CHUNK : ram() / 4 / CHUNK * CHUNK;
    if (CHECK(fd >= 0 && unlink(name) == 0, "create %s", name)) {
        write_all();
        read_all(0);
        all_windows(change_window, window, 1);
        read_all(1);
        all_windows(change_window, window, 2);
        all_windows(read_window, window, 2);
        close(fd);
    }
    printf("bigfile: %u passed, %u failed\n", test_counts.passed, test_counts.failed);
    return test_counts.failed != 0;
}
