/* Files of text: see text.h. */
#include "text.h"

#include <stdlib.h>

#include "tests.h"

static char *read_fd(int fd)
{
    size_t size = 1 << 14, used = 0;
    char *text = malloc(size);
    ssize_t n = 1;
    while (text != NULL && n > 0) {
        if (used + 4096 > size)
            text = realloc(text, size *= 2);
        n = text == NULL ? -1 : read(fd, text + used, size - used - 1);
        used += n > 0 ? (size_t)n : 0;
    }
    if (n < 0) {
        free(text);
        return NULL;
    }
    text[used] = '\0';
    return text;
}

char *read_text(const char *path)
{
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return NULL;
    char *text = read_fd(fd);
    int why = errno;
    close(fd);
    errno = why;
    return text;
}

long number_of(const char *text, const char *name)
{
    size_t length = strlen(name);
    while (text != NULL && *text != '\0') {
        if (strncmp(text, name, length) == 0 && strchr(": \t", text[length]) != NULL)
            return atol(text + length + 1);
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    return -1;
}

long number_in(const char *path, const char *name)
{
    char *text = read_text(path);
    long number = number_of(text, name);
    free(text);
    return number;
}

const char *proc_path(long pid, const char *name)
{
    static char paths[4][64];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "/proc/%ld/%s", pid, name);
    return path;
}

bool find_map_in(const char *maps, uintptr_t at, struct map_line *line)
{
    while (maps != NULL && *maps != '\0') {
        unsigned long start, end;
        line->name[0] = '\0';
        int fields = sscanf(maps, "%lx-%lx %4s %lx %x:%x %lu", &start, &end, line->rights,
                            &line->offset, &line->major, &line->minor, &line->ino);
        const char *behind = strchr(maps, '\n');
        if (fields == 7 && at >= start && at < end) {
            size_t length = behind == NULL ? strlen(maps) : (size_t)(behind - maps);
            size_t name = length > 73 ? length - 73 : 0;
            name = min_size(name, sizeof(line->name) - 1);
            memcpy(line->name, maps + 73, name);
            line->name[name] = '\0';
            line->start = start;
            line->end = end;
            return true;
        }
        maps = behind == NULL ? NULL : behind + 1;
    }
    return false;
}

bool find_map(const void *at, struct map_line *line)
{
    char *maps = read_text("/proc/self/maps");
    bool found = find_map_in(maps, (uintptr_t)at, line);
    free(maps);
    return found;
}

/* smaps has the lines of maps, with numbers behind each. */
long smaps_number(const void *at, const char *name)
{
    char *smaps = read_text("/proc/self/smaps");
    long number = -1;
    for (const char *line = smaps; line != NULL && *line != '\0' && number < 0;) {
        unsigned long start, end;
        const char *behind = strchr(line, '\n');
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2 && (uintptr_t)at >= start &&
            (uintptr_t)at < end)
            number = number_of(behind + 1, name);
        line = behind == NULL ? NULL : behind + 1;
    }
    free(smaps);
    return number;
}

uint64_t pagemap_of(const void *at)
{
    static int fd = -1;
    static pid_t owner;
    uint64_t entry = 0;
    if (owner != getpid()) {
        if (fd >= 0)
            close(fd);
        fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        owner = getpid();
    }
    off_t offset = (off_t)((uintptr_t)at / PAGE * sizeof(entry));
    CHECK(pread(fd, &entry, sizeof(entry), offset) == sizeof(entry), "an entry of pagemap");
    return entry;
}

bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return done;
}
