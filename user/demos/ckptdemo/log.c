/* Writing checkpoints to a file, and reading them again. */
#include "log.h"

#include "../demo.h"

#define MAGIC 0x746e696f706b6863

struct header {
    uint64_t magic;
    uint64_t count; /* of entries that follow */
    uint64_t sum;   /* over them */
};

struct entry {
    uint64_t page;
    uint64_t words[PAGE / sizeof(uint64_t)];
};

static struct entry entry;

static uint64_t sum_entry(uint64_t sum)
{
    sum = mix(sum, entry.page);
    for (size_t i = 0; i < PAGE / sizeof(uint64_t); i++)
        sum = mix(sum, entry.words[i]);
    return sum;
}

/* The header goes last, into the room that is left for it. */
bool log_append(int fd, const char *at, size_t pages, const bool *dirty)
{
    struct header header = {0, 0, 0};
    off_t start = lseek(fd, 0, SEEK_END);
    bool good = write(fd, &header, sizeof(header)) == sizeof(header);
    for (size_t page = 0; page < pages && good; page++) {
        if (!dirty[page])
            continue;
        entry.page = page;
        memcpy(entry.words, at + page * PAGE, PAGE);
        header.count++;
        header.sum = sum_entry(header.sum);
        good = write(fd, &entry, sizeof(entry)) == sizeof(entry);
    }
    header.magic = MAGIC;
    return good && pwrite(fd, &header, sizeof(header), start) == sizeof(header) && fsync(fd) == 0;
}

/* Whether a whole record begins there. */
static bool is_whole(int fd, off_t at, const struct header *header, size_t pages)
{
    uint64_t sum = 0;
    if (header->magic != MAGIC)
        return false;
    for (uint64_t i = 0; i < header->count; i++, at += sizeof(entry)) {
        if (pread(fd, &entry, sizeof(entry), at) != sizeof(entry) || entry.page >= pages)
            return false;
        sum = sum_entry(sum);
    }
    return sum == header->sum;
}

/* Fills in the pages of a whole record. */
static bool apply(int fd, off_t at, const struct header *header, char *to)
{
    for (uint64_t i = 0; i < header->count; i++, at += sizeof(entry)) {
        if (pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
            return false;
        memcpy(to + entry.page * PAGE, entry.words, PAGE);
    }
    return true;
}

unsigned log_restore(int fd, char *at, size_t pages)
{
    struct header header;
    unsigned records = 0;
    off_t end = 0;
    while (pread(fd, &header, sizeof(header), end) == sizeof(header)) {
        off_t entries = end + (off_t)sizeof(header);
        if (!is_whole(fd, entries, &header, pages) || !apply(fd, entries, &header, at))
            break;
        end = entries + (off_t)(header.count * sizeof(entry));
        records++;
    }
    return ftruncate(fd, end) == 0 ? records : 0;
}
